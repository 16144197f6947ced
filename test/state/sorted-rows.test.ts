import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sortByTime } from '../../src/state/sort-by-time.ts'
import { SortedRows } from '../../src/state/sorted-rows.ts'
import { SortedRuns } from '../../src/state/sorted-runs.ts'
import { batchesOf } from '../operators/operator-harness.ts'
import { Checkpoints } from './structure-harness.ts'

const OPTIONS = {
  name: 'rows',
  slots: [{ name: 'v', type: 'any' }],
  keepsRaw: false,
  keys: [],
  ties: 'arrival',
} as const
const sortedRows = () => new SortedRows(OPTIONS)
const encodings = ['span'] as const

test('runs give what a stable sort gives, whatever comes between', () => {
  const anyStep = fc.oneof(
    fc.record({ add: fc.array(fc.nat(30), { maxLength: 60, size: 'max' }) }),
    fc.record({ until: fc.nat(35), most: fc.integer({ min: 1, max: 20 }) }),
  )
  const ties = fc.constantFrom(null, (a: number, b: number) => (a % 3) - (b % 3))
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 30, size: 'max' }), ties, (steps, order) => {
      const runs = new SortedRuns(order)
      let expected: { row: number; time: number }[] = []
      let next = 0
      for (const step of steps) {
        if ('add' in step) {
          for (const time of step.add) {
            runs.add(next, time)
            expected.push({ row: next, time })
            next += 1
          }
          continue
        }
        expected.sort((a, b) => a.time - b.time || (order?.(a.row, b.row) ?? 0) || a.row - b.row)
        const due = expected.filter(({ time }) => time <= step.until).slice(0, step.most)
        expected = expected.filter((one) => !due.includes(one))
        const into = new Int32Array(step.most)
        const count = runs.take(step.until, into, step.most)
        assert.deepEqual(
          [...into.subarray(0, count)],
          due.map(({ row }) => row),
        )
      }
    }),
    { numRuns: 150 },
  )
})

test('many rows sort as few do, whole times near to one another or not', () => {
  const times = [
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: -5000, max: 5000 }),
    fc.integer({ min: 1_714_557_600_000, max: 1_714_557_600_000 + 2 ** 22 - 1 }),
    fc.integer({ min: 0, max: 2 ** 33 }),
    fc.integer({ min: 0, max: 40 }).map((quarters) => quarters / 4),
  ]
  const many = fc.constantFrom(...times).chain((time) => fc.array(time, { minLength: 40, maxLength: 300 }))
  fc.assert(
    fc.property(many, (all) => {
      const rows = Int32Array.from(all, (_, row) => row)
      const sorted = { rows: new Int32Array(all.length), times: new Float64Array(all.length) }
      sortByTime({ rows, times: Float64Array.from(all) }, all.length, null, sorted)
      const expected = all.map((time, row) => ({ time, row })).sort((a, b) => a.time - b.time || a.row - b.row)
      assert.deepEqual(
        [...sorted.rows],
        expected.map(({ row }) => row),
      )
      assert.deepEqual(
        [...sorted.times],
        expected.map(({ time }) => time),
      )
    }),
    { numRuns: 200 },
  )
})

/** Takes all rows up to `until`; their values. */
function taken(rows: SortedRows, until: number): unknown[] {
  const into = new Int32Array(100_000)
  const count = rows.take(until, into, into.length)
  const values = [...into.subarray(0, count)].map((row) => rows.slab.columns[0]!.value(row))
  rows.releaseAll(into, count)
  return values
}

test('rows that were restored go on in the order in which they came', async () => {
  const checkpoints = new Checkpoints()
  let rows = sortedRows()
  const stream = Array.from({ length: 3000 }, (_, i) => ({ time: (i * 7919) % 50, values: [`r${i}`] }))
  const [batch] = batchesOf(stream, { size: 4096, encodings, delay: 0 })
  rows.addAll(batch!, 0, 2000, batch!.columns)
  const early = taken(rows, 20)
  await checkpoints.take(rows)
  rows = await checkpoints.restoreInto(sortedRows())
  rows.addAll(batch!, 2000, 3000, batch!.columns)
  const expected = [
    ...stream.slice(0, 2000).filter(({ time }) => time <= 20),
    ...stream.filter(({ time }, i) => i >= 2000 || time > 20),
  ]
  const of = (some: typeof stream) => some.sort((a, b) => a.time - b.time).map(({ values }) => values[0])
  assert.deepEqual(early, of(expected.slice(0, early.length)))
  assert.deepEqual(taken(rows, 50), of(expected.slice(early.length)))
  assert.equal(rows.entries, 0)
})

test('a checkpoint writes the pages that changed, and memory goes back when most rows have gone', async () => {
  const checkpoints = new Checkpoints()
  const rows = sortedRows()
  const stream = Array.from({ length: 40_000 }, (_, i) => ({ time: i, values: [i] }))
  const [batch] = batchesOf(stream, { size: 40_000, encodings: ['plain'], delay: 0 })
  rows.addAll(batch!, 0, 40_000, batch!.columns)
  assert.equal((await checkpoints.take(rows)).length, Math.ceil(40_000 / 256))
  taken(rows, 9)
  assert.equal((await checkpoints.take(rows)).length, 1)
  assert.equal((await checkpoints.take(rows)).length, 0)
  taken(rows, 39_000)
  rows.tidy()
  rows.tidy()
  assert.ok(rows.slab.capacity < 4000, `${rows.slab.capacity}`)
  await checkpoints.take(rows)
  assert.ok(checkpoints.store.size <= 5, `${checkpoints.store.size} pages for 999 rows`)
  const restored = await checkpoints.restoreInto(sortedRows())
  const rest = Array.from({ length: 999 }, (_, i) => 39_001 + i)
  assert.deepEqual(taken(restored, Infinity), rest)
  assert.deepEqual(taken(rows, Infinity), rest)
})
