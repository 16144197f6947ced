import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { RowKind } from '../../src/data/row-kind.ts'
import { jsonOf, keyTextOf, type Value } from '../../src/data/value.ts'
import { groupAggregate } from '../../src/operators/group-aggregate.ts'
import {
  AGGREGATE_SLOTS,
  drive,
  type InputRow,
  isBig,
  keyReader,
  newOutput,
  type Output,
  POISON,
  rowText,
  testAggregates,
} from './aggregate-driver.ts'

interface Job {
  readonly emit: 'final' | 'changes'
  readonly retractable: boolean
  readonly rows: readonly InputRow[]
  readonly end: number
}

const create =
  ({ emit, retractable }: Job, capacity: number) =>
  ({ context }: Output) =>
    groupAggregate({
      keys: keyReader,
      aggregates: testAggregates(retractable),
      emit,
      stateTtl: null,
      retractable,
      context,
      slots: [{ name: 'key', type: 'any' }, ...AGGREGATE_SLOTS],
      capacity,
    })

/** The naive recount: a Map of all values, groups in the order in which they began. */
function recount({ emit, rows, end }: Job): Output {
  const output = newOutput()
  const { counters } = output.context
  const groups = new Map<string, { readonly key: Value; readonly values: readonly Value[] }>()
  let watermark = -Infinity
  const tell = (kind: number, values: readonly Value[], sequence: number) => {
    output.rows.push(rowText({ kind, values, time: Number.NaN, watermark, sequence }))
    counters.out += 1
  }
  rows.forEach((row, sequence) => {
    watermark = row.watermark
    counters.in += 1
    if (typeof row.value === 'string' || row.key === POISON) {
      output.bad.push(sequence)
      counters.bad += 1
      return
    }
    counters.used += 1
    const text = keyTextOf(row.key)
    const before = groups.get(text)?.values ?? []
    const after = row.kind === RowKind.Delete ? without(before, row.value) : [...before, row.value]
    if (after.length === 0) groups.delete(text)
    else groups.set(text, { key: row.key, values: after })
    if (emit === 'final') return
    const [was, is] = [
      [row.key, ...results(before)],
      [row.key, ...results(after)],
    ]
    if (before.length === 0 && after.length > 0) tell(RowKind.Insert, is, sequence)
    else if (before.length > 0 && after.length === 0) tell(RowKind.Delete, was, sequence)
    else if (was.map(jsonOf).join() !== is.map(jsonOf).join()) {
      tell(RowKind.UpdateBefore, was, sequence)
      tell(RowKind.UpdateAfter, is, sequence)
    }
  })
  if (emit === 'final' && end === Infinity)
    for (const { key, values } of groups.values()) tell(RowKind.Insert, [key, ...results(values)], rows.length)
  return output
}

function without(values: readonly Value[], value: Value): Value[] {
  const at = values.indexOf(value)
  return at < 0 ? [...values] : values.toSpliced(at, 1)
}

function results(values: readonly Value[]): Value[] {
  const numbers = values.filter((value) => typeof value === 'number')
  const none = numbers.length === 0
  const total = none ? null : numbers.reduce((a, b) => a + b, 0)
  return [values.length, total, numbers.filter(isBig).length, none ? null : Math.max(...numbers)]
}

const KEYS: readonly Value[] = ['a', 'b', null, 1, true, '1', POISON]
const VALUES: readonly Value[] = [0, 1, 2, 3, 5, null, 'x']

const jobs = fc
  .record({
    emit: fc.constantFrom('final' as const, 'changes' as const),
    retractable: fc.boolean(),
    steps: fc.array(
      fc.record({
        key: fc.constantFrom(...KEYS),
        value: fc.constantFrom(...VALUES),
        takesBack: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 50 },
    ),
    isFlushed: fc.boolean(),
  })
  .map(({ steps, isFlushed, ...job }): Job => {
    const standing: InputRow[] = []
    const rows = steps.map(({ key, value, takesBack }, i): InputRow => {
      const taken = job.retractable && takesBack === 0 ? standing.splice(standing.length >> 1, 1)[0] : undefined
      if (taken) return { ...taken, kind: RowKind.Delete, watermark: i }
      const row = { time: i, key, value, watermark: i }
      standing.push(row)
      return row
    })
    return { ...job, rows, end: isFlushed ? Infinity : rows.length }
  })

describe('aggregates without a window', () => {
  test('equal a naive recount, wherever batches, output batches and restarts fall', () => {
    fc.assert(
      fc.property(
        jobs,
        fc.constantFrom(1, 3, 1000),
        fc.integer({ min: 1, max: 5 }),
        fc.integer(),
        (job, batchSize, capacity, seed) => {
          const expected = recount(job)
          const restoreAfter = (n: number) => ((seed >>> (n % 29)) & 1) === 1
          const actual = drive({ create: create(job, capacity), ...job, batchSize, restoreAfter })
          assert.deepEqual(actual.rows, expected.rows)
          assert.deepEqual(actual.bad, expected.bad)
          assert.deepEqual(actual.context.counters, expected.context.counters)
          if (job.end === Infinity && job.emit === 'final')
            for (const pages of actual.pages.values()) assert.equal(pages.size, 0)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a row taken back from a group that never was is passed over', () => {
    const rows = [{ time: 1, key: 'a', value: 1, kind: RowKind.Delete, watermark: 0 }]
    const job: Job = { emit: 'changes', retractable: true, rows, end: 1 }
    const output = drive({ create: create(job, 4), ...job, batchSize: 1 })
    assert.deepEqual(output.rows, [])
    assert.equal(output.context.counters.used, 1)
  })

  test('keys that are taken back leave nothing behind', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      time: i,
      key: `k${i >> 1}`,
      value: 1,
      kind: i & 1 ? RowKind.Delete : RowKind.Insert,
      watermark: i,
    }))
    const job: Job = { emit: 'changes', retractable: true, rows, end: 3000 }
    const output = drive({ create: create(job, 64), ...job, batchSize: 100, restoreAfter: (n) => n % 7 === 0 })
    assert.equal(output.rows.length, 3000)
    for (const pages of output.pages.values()) assert.equal(pages.size, 0)
  })
})
