// Runs one program once, in a process of its own, and returns what it gave and what it cost.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Node's arguments of each program, given a query, the data file, and a file to write the counts to. */
export const PROGRAMS = {
  naive: ({ naive }, data, summary) => [at('naive.mjs'), JSON.stringify(naive), summary, data],
  tidemark: ({ tidemark }, data, summary) => [at('../bin/tidemark'), '--summary', summary, ...tidemark, data],
}

/** The counts that both programs tell. tidemark tells them for each step. */
function readCounts(file) {
  const summary = JSON.parse(readFileSync(file, 'utf8'))
  const steps = Object.values(summary.steps ?? { all: summary })
  const sum = (name) => steps.reduce((total, step) => total + (step[name] ?? 0), 0)
  const { read, out } = summary
  return { read, out, late: sum('late'), lateWindows: sum('lateWindows'), duplicate: sum('duplicate') }
}

/** Of the bytes of a file, without holding it. */
function digest(path) {
  const hash = createHash('sha256')
  const bytes = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path, 'r')
  for (let got = readSync(file, bytes); got > 0; got = readSync(file, bytes)) hash.update(bytes.subarray(0, got))
  closeSync(file)
  return hash.digest('hex')
}

/**
 * Seconds from the start of the process to its end (`wall`), its CPU seconds, user and system (`cpu`), its greatest resident memory in
 * MiB (`rss`), the counts it told and a digest of its rows, which are left in `rows`. Throws if it fails or writes to stderr.
 */
export async function measure(program, { query, data, folder }) {
  const rows = join(folder, `${program}.ndjson`)
  const summary = join(folder, `${program}.summary.json`)
  const usage = join(folder, `${program}.usage.json`)
  const stdout = openSync(rows, 'w')
  const command = ['--require', at('usage.cjs'), ...PROGRAMS[program](query, data, summary)]
  const started = performance.now()
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', stdout, 'pipe'],
    env: { ...process.env, BENCH_USAGE: usage },
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text
  })
  const [status, wall] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    let wall = 0
    child.once('exit', () => {
      wall = (performance.now() - started) / 1000
    })
    child.once('close', (code, signal) => resolve([signal ?? code, wall]))
  })
  closeSync(stdout)
  if (status !== 0 || complaint !== '')
    throw new Error(`${program} ended with ${status} in ${query.name}\n${complaint}`)
  return { wall, ...JSON.parse(readFileSync(usage, 'utf8')), counts: readCounts(summary), digest: digest(rows), rows }
}
