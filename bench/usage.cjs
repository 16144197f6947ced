// Loaded into a measured process with --require: at its end, writes what it cost to the file that BENCH_USAGE names.
const { readFileSync, writeFileSync } = require('node:fs')

/**
 * Greatest resident memory, KiB. Linux counts the process that forked this one into getrusage's ru_maxrss, so the figure of this
 * program's own memory is taken where there is one.
 */
function peakMemory(usage) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1])
  } catch {
    return usage.maxRSS
  }
}

/** CPU seconds of the main thread alone: first number of Linux's schedstat, in ns. Elsewhere those of all threads. */
function mainThread(cpu) {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e9
  } catch {
    return cpu
  }
}

const file = process.env.BENCH_USAGE
process.once('exit', () => {
  const usage = process.resourceUsage()
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / 1e6
  writeFileSync(file, JSON.stringify({ cpu, main: mainThread(cpu), rss: peakMemory(usage) / 1024 }))
})
