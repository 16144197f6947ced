// Loaded into a measured process with --import and `?out=FILE&after=MS`: at its end, writes to that file for how many ms the program held up its
// event loop at most. It watches from so many ms on: the input is kept waiting until then, so that loading the program does not count.
//
// A timer of 1 ms looks at the clock. Time during which the thread was ready and another process had its processor is not a stall of ours;
// Linux tells it (perf_hooks.monitorEventLoopDelay does not). Elsewhere it is counted in.
import { openSync, readSync, writeFileSync } from 'node:fs'

const RESOLUTION = 1
const { searchParams } = new URL(import.meta.url)

/** ms that the main thread has waited for a processor so far: second number of Linux's schedstat, in ns. */
function waitedReader() {
  let file
  try {
    file = openSync('/proc/self/schedstat', 'r')
  } catch {
    return () => 0
  }
  const bytes = Buffer.alloc(128)
  return () => Number(bytes.latin1Slice(0, readSync(file, bytes, 0, bytes.length, 0)).split(' ')[1]) / 1e6
}

const waited = waitedReader()
let most = -1
let turned = 0

function look() {
  const now = performance.now() - waited()
  if (turned > 0) most = Math.max(most, now - turned - RESOLUTION, 0)
  turned = now
}

setTimeout(() => setInterval(look, RESOLUTION).unref(), Number(searchParams.get('after'))).unref()

process.once('exit', () => {
  // the last stall may end with the process
  look()
  if (most < 0) throw new Error('stall: the run ended before it was watched')
  writeFileSync(searchParams.get('out'), JSON.stringify({ stall: most }))
})
