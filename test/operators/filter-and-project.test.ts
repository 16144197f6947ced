import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RowError } from '../../src/base/errors.ts'
import type { Batch, Rows } from '../../src/data/batch.ts'
import { type Column, type Encoding, Tag } from '../../src/data/column.ts'
import type { Value } from '../../src/data/value.ts'
import { Filter } from '../../src/operators/filter.ts'
import type { OperatorContext } from '../../src/operators/operator.ts'
import { Project } from '../../src/operators/project.ts'
import {
  assertCountersAddUp,
  batchesOf,
  drive,
  type OutRow,
  type StreamRow,
  testContext,
  wholeRow,
} from './operator-harness.ts'

type OnError = (row: number, error: RowError) => void
type Sample = (value: Value) => Value

/** An evaluator over column 0 by a plain function; a value of 'bad' cannot be taken. */
const evaluatorOf = (compute: Sample) => ({
  column(rows: Rows, from: number, to: number, out: Column, onError: OnError): void {
    for (let i = from; i < to; i += 1) {
      const value = rows.columns[0]!.value(i)
      if (value === 'bad') onError(i, new RowError(`row ${i} is bad`))
      else out.set(i, compute(value))
    }
  },
  select(rows: Rows, from: number, to: number, selection: Int32Array, onError: OnError): number {
    let count = 0
    for (let i = from; i < to; i += 1) {
      const value = rows.columns[0]!.value(i)
      if (value === 'bad') onError(i, new RowError(`row ${i} is bad`))
      else if (compute(value) === true) selection[count++] = i
    }
    return count
  },
  value(rows: Rows, i: number): Value {
    return compute(rows.columns[0]!.value(i))
  },
})

/** True for numbers above 4; NULL for strings. */
const isLarge: Sample = (value) => (typeof value === 'number' ? value > 4 : null)
const doubled: Sample = (value) => (typeof value === 'number' ? value * 2 : value)

const anyRow = fc.record<StreamRow>({
  time: fc.integer({ min: 0, max: 50 }),
  values: fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat(9) },
      { weight: 1, arbitrary: fc.constantFrom('bad', 'x"é', null, undefined) },
    ),
    fc.constantFrom('p', 'q\n', 7, 2n ** 70n, undefined),
  ),
  kind: fc.constantFrom(0, 0, 0, 2),
})
const anyCut = fc.record({
  size: fc.constantFrom(1, 3, 1000),
  capacity: fc.constantFrom(1, 2, 5, 1000),
  encodings: fc.tuple(
    fc.constantFrom<Encoding>('interned', 'span', 'plain'),
    fc.constantFrom<Encoding>('interned', 'span', 'plain'),
  ),
})

const filterOf = (context: OperatorContext, capacity: number) =>
  new Filter({ where: evaluatorOf(isLarge), context, capacity })

test('filter lets the rows through for which the condition is true, each with its own watermark', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), anyCut, (rows, { size, capacity, encodings }) => {
      const batches = batchesOf(rows, { size, encodings, delay: 3 })
      const context = testContext()
      const out = drive(filterOf(context, capacity), batches)
      const numbers = rows.map((_, i) => i)
      const passed = numbers.filter((i) => isLarge(rows[i]!.values[0] ?? null) === true)
      assert.deepEqual(
        out,
        passed.map((i) => wholeRow(batches, i)),
      )
      const bad = numbers.filter((i) => rows[i]!.values[0] === 'bad')
      assert.deepEqual(
        context.badRows.map(({ sequence }) => sequence),
        bad,
      )
      assert.equal(context.counters.in, rows.length)
      assert.equal(context.counters.used, passed.length)
      assert.equal(context.counters.bad, bad.length)
      assertCountersAddUp(context)
    }),
    { numRuns: 300 },
  )
})

test('the watermark moves past filtered rows whatever the cut', () => {
  const rows = [10, 20, 30, 25, 40].map((time): StreamRow => ({ time, values: [time === 25 ? 9 : 0] }))
  for (const size of [1, 2, 5]) {
    const batches = batchesOf(rows, { size, encodings: ['plain'], delay: 0, flush: false })
    const operator = filterOf(testContext(), 10)
    const out = operator.createOutput()
    const seen: OutRow[] = drive(operator, batches, out)
    assert.deepEqual(
      seen.map(({ watermark }) => watermark),
      [29],
    )
    assert.equal(out.watermarkAfter, 39)
  }
})

test('filter hands a batch on without a copy when all of its rows pass, and gathers the next', () => {
  const all = batchesOf(
    [9, 8, 7].map((n): StreamRow => ({ time: n, values: [n] })),
    {
      size: 3,
      encodings: ['plain'],
      delay: 0,
      flush: false,
    },
  )
  const some = batchesOf(
    [1, 8, 2].map((n): StreamRow => ({ time: n, values: [n] })),
    {
      size: 3,
      encodings: ['plain'],
      delay: 0,
      flush: false,
    },
  )
  const operator = filterOf(testContext(), 10)
  const out = operator.createOutput()
  operator.process(all[0]!, 0, 0, out)
  assert.equal(out.columns[0], all[0]!.columns[0])
  out.clear()
  operator.process(some[0]!, 0, 0, out)
  assert.deepEqual([out.length, out.columns[0]!.value(0)], [1, 8])
  assert.equal(all[0]!.columns[0]!.value(0), 9, 'the forwarded column was written to')
})

test('a bad row that ends the run comes after all rows before it have gone on', () => {
  const context = {
    ...testContext(),
    badRow: (_: Batch, row: number) => {
      throw new Error(`bad row ${row}`)
    },
  }
  const rows = [9, 1, 8, 'bad', 7, 'bad'].map((value): StreamRow => ({ time: 0, values: [value] }))
  const [batch] = batchesOf(rows, { size: 10, encodings: ['plain'], delay: 0 })
  const operator = filterOf(context, 10)
  const out = operator.createOutput()
  assert.throws(() => operator.process(batch!, 0, 0, out), /bad row 3/)
  assert.deepEqual([out.length, out.columns[0]!.value(1)], [2, 8])
})

test('project forwards columns and computes others; a row that cannot be computed is reported once', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), anyCut, (rows, { size, capacity, encodings }) => {
      const batches = batchesOf(rows, { size, encodings, delay: 3 })
      const context = testContext()
      const operator = new Project({
        columns: [
          { kind: 'compute', evaluator: evaluatorOf(doubled), type: 'any' },
          { kind: 'forward', slot: 1 },
          { kind: 'compute', evaluator: evaluatorOf(isLarge), type: 'boolean' },
        ],
        context,
        capacity,
      })
      const out = drive(operator, batches)
      const good = rows.map((_, i) => i).filter((i) => rows[i]!.values[0] !== 'bad')
      assert.deepEqual(
        out,
        good.map((i) => {
          const whole = wholeRow(batches, i)
          const value = rows[i]!.values[0] ?? null
          const expected = [doubled(value), isLarge(value)].map((made) => JSON.stringify(made))
          return { ...whole, values: [expected[0], whole.values[1], expected[1]] }
        }),
      )
      assert.equal(context.badRows.length, rows.length - good.length)
      assert.equal(context.counters.in, rows.length)
      assertCountersAddUp(context)
    }),
    { numRuns: 300 },
  )
})

test('project hands on a forwarded column itself', () => {
  const [batch] = batchesOf([{ time: 1, values: ['a', 'b'] }], { size: 1, encodings: ['span', 'interned'], delay: 0 })
  const operator = new Project({ columns: [{ kind: 'forward', slot: 1 }], context: testContext() })
  const out = operator.createOutput()
  operator.process(batch!, 0, 0, out)
  assert.equal(out.columns[0], batch!.columns[1])
  assert.equal(out.columns[0]!.tags[0], Tag.String)
})
