import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS } from '../../src/data/batch.ts'
import { ndjson, run, Steps } from '../job/pipeline.ts'
import { runThroughCrashes } from './agreement.ts'

/** More rows than two batches hold, all of one time, and one that ends their window. */
const COUNT = 2 * BATCH_ROWS + 100
const NUMBERS = Array.from({ length: COUNT }, (_, i) => i)
const file = ndjson([...NUMBERS.map((i) => ({ ts: 1, i })), { ts: 50, i: -1 }])

/** A diamond of which one branch gives half of the rows that the window frees at once. */
function diamond() {
  const s = new Steps()
  const windows = s.tumble(s.source('a'), 10, 'i', 'count(*) AS n')
  const left = s.select(s.filter(windows, 'i % 2 = 0'), 'i')
  return s.union(left, s.select(windows, 'i + 0.5 AS i'))
}

const numbersOf = (rows: readonly string[]) => rows.map((row) => (JSON.parse(row) as { i: number }).i)
const ofDiamond = [
  ...NUMBERS.filter((i) => i % 2 === 0),
  ...NUMBERS.map((i) => i + 0.5),
  -0.5, // the window of the last row, at the end
]

test('what a window frees at once goes through both branches of a diamond, one after the other', async () => {
  for (const batchRows of [100, BATCH_ROWS])
    assert.deepEqual(numbersOf((await run(diamond(), { a: file }, { batchRows })).rows), ofDiamond)
})

test('the same when it is killed and goes on', async () => {
  const way = { batchRows: 1000, chunk: 1 << 16, crashes: [9, 20, 14] }
  assert.deepEqual(numbersOf((await runThroughCrashes(diamond, { a: file }, way)).rows), ofDiamond)
})

test('more rows than a batch holds come out of dedup --keep last, of a late correction and of an aggregate', async () => {
  const s = new Steps()
  const last = await run(s.dedup(s.source('a'), 'i', 5, 'last'), { a: file + file })
  const lines = file.split('\n').slice(0, -1)
  assert.deepEqual([last.rows, last.late.length], [lines, COUNT])
  const other = new Steps()
  const windows = other.tumble(other.source('a'), 10, 'i', 'count(*) AS n', 100)
  const corrected = await run(other.aggregate(windows, 'i', 'sum(n) AS n'), { a: file + file })
  assert.deepEqual(
    corrected.rows,
    ndjson([...NUMBERS, -1].map((i) => ({ i, n: 2 })))
      .split('\n')
      .slice(0, -1),
  )
})
