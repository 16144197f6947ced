// What checkpoints may cost: how long a barrier holds the loop up, how much slower a run is that takes one every second, how long a start takes to be
// where it was. The first and the last by bench/checkpoints.mjs, over the state structures; the middle by the binary.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFile } from './generate.mjs'

const BLOCKED = 20
const SHARE = 0.9
const RESTORE = 2000
const RUNS = 3
const bench = (name) => fileURLToPath(new URL(name, import.meta.url))
const TIDEMARK = bench('../bin/tidemark')
const WORDS = ['-q', '--time', 'ts', '--late', 'drop', 'tumble', '1m', '--by', 'user_id', '--agg', 'count(*) AS n']
const most = (numbers) => Math.max(...numbers)
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]

function secondsOf(words) {
  const began = performance.now()
  execFileSync(process.execPath, [TIDEMARK, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  return (performance.now() - began) / 1000
}

/** Throughput with a checkpoint every second as a share of that without, medians of interleaved runs over the same file. */
function* throughput(rows) {
  const data = dataFile('flat', rows)
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
  try {
    const [without, having] = [[], []]
    for (let run = 0; run < RUNS; run += 1) {
      without.push(secondsOf([...WORDS, data]))
      having.push(secondsOf([...WORDS, '--state', join(folder, `${run}`), '--checkpoint-interval', '1s', data]))
    }
    const share = median(without) / median(having)
    yield `throughput with a checkpoint every second: ${(100 * share).toFixed(0)} % of that without (${median(without).toFixed(1)} s); at least ${100 * SHARE}: ${share >= SHARE ? 'reached' : 'missed'}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function* checkpointLimits(rows) {
  const report = execFileSync(process.execPath, [bench('checkpoints.mjs')], { encoding: 'utf8' })
  const changed = report.split('\n').filter((line) => line.startsWith('100,000'))
  const figures = (name) => changed.map((line) => Number(new RegExp(`${name} ([\\d.]+) ms`).exec(line)[1]))
  const blocked = most([...figures('barrier'), ...figures('stall')])
  yield `100,000 changed groups hold the loop up for ${blocked.toFixed(1)} ms; at most ${BLOCKED}: ${blocked <= BLOCKED ? 'reached' : 'missed'}`
  const restore = Number(/^restore of \d+ keys: (\d+) ms/m.exec(report)[1])
  yield `restore of 1,000,000 keys: ${restore} ms; at most ${RESTORE}: ${restore <= RESTORE ? 'reached' : 'missed'}`
  yield* throughput(rows)
}
