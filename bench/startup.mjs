// node bench/startup.mjs [RUNS]: what a start costs beside a bare `node -e 0`, one line a command. Interleaved runs, medians.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const ROWS = Array.from({ length: 10 }, (_, i) => ({
  ts: 1714557600000 + i * 20_000,
  user: `u${i % 3}`,
  amount: i * 7.5,
}))
const TIDEMARK = at('../bin/tidemark')

/** `most`: ms that a command may take beyond bare node, wall and CPU. `rows` is a file of ten rows. */
const COMMANDS = [
  { name: 'bare node', words: () => ['-e', '0'], most: 0 },
  { name: '--version', words: () => [TIDEMARK, '--version'], most: 10 },
  { name: 'filter, 10 rows', words: (rows) => [TIDEMARK, 'filter', 'amount > 20', rows], most: 25 },
  {
    name: 'tumble, 10 rows',
    words: (rows) => [TIDEMARK, '--time', 'ts', 'tumble', '1m', '--agg', 'count(*) AS n, sum(amount) AS total', rows],
    most: 25,
  },
]

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** ms of one start: `wall` seen from outside, `cpu` user and system until the process ends. Both with the cost of usage.cjs. */
function start(words, usage) {
  const env = { ...process.env, BENCH_USAGE: usage }
  const began = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['--require', at('usage.cjs'), ...words], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const wall = performance.now() - began
  if (status !== 0 || stderr !== '') throw new Error(`${words.join(' ')} ended with ${status}\n${stderr}`)
  return { wall, cpu: JSON.parse(readFileSync(usage, 'utf8')).cpu * 1e3 }
}

/** Starts every command `runs` times in turn. For each its name, its bound, and its figures, the first being bare node's. */
export function measureStartup(runs) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-startup-'))
  try {
    const rows = join(folder, 'rows.ndjson')
    writeFileSync(rows, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const starts = COMMANDS.map(() => [])
    for (let run = 0; run < runs; run += 1) {
      for (const [i, { words }] of COMMANDS.entries()) starts[i].push(start(words(rows), join(folder, 'usage.json')))
    }
    return COMMANDS.map(({ name, most }, i) => {
      const figures = (what) => starts[i].map((run) => run[what])
      const [wall, cpu] = [median(figures('wall')), median(figures('cpu'))]
      return { name, most, wall, cpu, leastCpu: Math.min(...figures('cpu')) }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The measured starts as a table. */
export function startupTable(measured) {
  const [bare] = measured
  const ms = (value, sign = '') => `${sign}${value.toFixed(1)}`.padStart(8)
  const beyond = (value) => ms(value, value < 0 ? '' : '+')
  const lines = measured.map(
    ({ name, most, wall, cpu }) =>
      `${name.padEnd(16)} | ${ms(wall)} ${beyond(wall - bare.wall)} | ${ms(cpu)} ${beyond(cpu - bare.cpu)} | ${`${most}`.padStart(5)}`,
  )
  return ['start            | wall ms  beyond  |  CPU ms  beyond  | at most', ...lines]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const runs = Number(process.argv[2] ?? 21)
  for (const line of startupTable(measureStartup(runs))) process.stdout.write(`${line}\n`)
}
