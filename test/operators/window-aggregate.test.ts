import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { TextDictionary } from '../../src/data/dictionary.ts'
import { RowKind } from '../../src/data/row-kind.ts'
import { jsonOf, keyTextOf, type Value } from '../../src/data/value.ts'
import type { Accumulator } from '../../src/functions/aggregate-function.ts'
import { windowAggregate } from '../../src/operators/window-aggregate.ts'
import type { KeyTable } from '../../src/state/key-table.ts'
import type { StateStructure } from '../../src/state/structure.ts'
import { hop } from '../../src/windows/hop.ts'
import { tumble } from '../../src/windows/tumble.ts'
import { type WindowAssigner, windowsOf } from '../../src/windows/window.ts'
import {
  AGGREGATE_SLOTS,
  batchOf,
  drive,
  type InputRow,
  isBig,
  keyReader,
  lateText,
  newOutput,
  type Output,
  POISON,
  rowText,
  testAggregates,
  withWatermarks,
} from './aggregate-driver.ts'

interface Job {
  readonly windows: WindowAssigner
  readonly allowedLateness: number
  readonly retractable: boolean
  readonly rows: readonly InputRow[]
  readonly end: number
}

const create =
  ({ windows, allowedLateness, retractable }: Job, capacity: number) =>
  ({ context }: Output) =>
    windowAggregate({
      windows,
      keys: keyReader,
      aggregates: testAggregates(retractable),
      allowedLateness,
      emit: 'final',
      retractable,
      context,
      slots: [
        { name: 'window_start', type: 'timestamp' },
        { name: 'window_end', type: 'timestamp' },
        { name: 'key', type: 'any' },
        ...AGGREGATE_SLOTS,
      ],
      capacity,
    })

interface Group {
  readonly key: Value
  values: Value[]
}

/** The naive recount: every window keeps the values of every key. Integers only, so that the order of a sum does not matter. */
function recount({ windows, allowedLateness, rows, end }: Job): Output {
  const output = newOutput()
  const { counters } = output.context
  const kept = new Map<number, Map<string, Group>>()
  let watermark = -Infinity
  const tell = (kind: number, [end, group]: readonly [number, Group], values: readonly Value[], sequence: number) => {
    const header = [windows.windowStart(end), end, group.key]
    const row = {
      kind,
      values: [...header, ...results(values)],
      time: end - 1,
      watermark: watermark - allowedLateness,
      sequence,
    }
    output.rows.push(rowText(row))
    counters.out += 1
  }
  const advance = (to: number, sequence: number) => {
    if (to <= watermark) return
    for (const end of [...kept.keys()].sort((a, b) => a - b)) {
      if (end - 1 > to || end - 1 <= watermark) continue
      for (const group of kept.get(end)!.values())
        if (group.values.length > 0) tell(RowKind.Insert, [end, group], group.values, sequence)
    }
    watermark = to
    for (const end of kept.keys()) if (end - 1 + allowedLateness <= to) kept.delete(end)
  }
  rows.forEach((row, sequence) => {
    advance(row.watermark, sequence)
    counters.in += 1
    const own = windowsOf(windows, row.time)
    const open = own.filter((window) => window.end - 1 + allowedLateness > watermark)
    if (open.length === 0) {
      const last = own.at(-1)!
      const lateBy = watermark - (last.end - 1 + allowedLateness) + 1
      output.late.push(lateText(sequence, { lateBy, windowStart: last.start, windowEnd: last.end, watermark }))
      counters.late += 1
      return
    }
    if (typeof row.value === 'string' || row.key === POISON) {
      output.bad.push(sequence)
      counters.bad += 1
      return
    }
    counters.used += 1
    counters.lateWindows += own.length - open.length
    for (const { end } of open) {
      const groups = kept.get(end) ?? new Map<string, Group>()
      kept.set(end, groups)
      const text = keyTextOf(row.key)
      const group = groups.get(text) ?? { key: row.key, values: [] }
      const before = group.values
      if ((row.kind ?? 0) & 1) group.values = without(before, row.value)
      else {
        groups.set(text, group)
        group.values = [...before, row.value]
      }
      if (end - 1 > watermark) continue
      const same = jsonText(results(before)) === jsonText(results(group.values))
      if (before.length === 0 && group.values.length > 0) tell(RowKind.Insert, [end, group], group.values, sequence)
      else if (before.length > 0 && group.values.length === 0) tell(RowKind.Delete, [end, group], before, sequence)
      else if (!same) {
        tell(RowKind.UpdateBefore, [end, group], before, sequence)
        tell(RowKind.UpdateAfter, [end, group], group.values, sequence)
      }
    }
  })
  advance(end, rows.length)
  return output
}

const jsonText = (values: readonly Value[]) => values.map(jsonOf).join()

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

const KEYS: readonly Value[] = ['a', 'b', 'c,"d', null, 1, true, '1', POISON]
const VALUES: readonly Value[] = [0, 1, 2, 3, 5, 8, -4, null, 'x']

const windowsOfSizes = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((size) => tumble({ size })),
  fc
    .record({ slide: fc.integer({ min: 1, max: 6 }), more: fc.integer({ min: 0, max: 14 }) })
    .map(({ slide, more }) => hop({ size: slide + more, slide })),
)

const rowsIn = fc.array(
  fc.record({
    step: fc.integer({ min: -9, max: 7 }),
    key: fc.constantFrom(...KEYS),
    value: fc.constantFrom(...VALUES),
    takesBack: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 60 },
)

const jobs = fc
  .record({
    windows: windowsOfSizes,
    allowedLateness: fc.constantFrom(0, 0, 3, 9, 40),
    retractable: fc.boolean(),
    steps: rowsIn,
    delay: fc.constantFrom(0, 2, 6),
    isFlushed: fc.boolean(),
  })
  .map(({ steps, delay, isFlushed, ...job }): Job => {
    let time = -5
    const plain: Omit<InputRow, 'watermark'>[] = []
    const standing: Omit<InputRow, 'watermark'>[] = []
    for (const { step, key, value, takesBack } of steps) {
      time += step
      const taken = job.retractable && takesBack === 0 ? standing.splice(standing.length >> 1, 1)[0] : undefined
      if (taken) plain.push({ ...taken, kind: RowKind.Delete })
      else {
        plain.push({ time, key, value })
        standing.push(plain.at(-1)!)
      }
    }
    const rows = withWatermarks(plain, delay)
    return { ...job, rows, end: isFlushed ? Infinity : (rows.at(-1)?.watermark ?? -Infinity) }
  })

describe('window aggregates', () => {
  test('equal a naive recount, wherever batches, output batches and restarts fall', () => {
    fc.assert(
      fc.property(
        jobs,
        fc.constantFrom(1, 3, 1000),
        fc.integer({ min: 1, max: 7 }),
        fc.integer(),
        (job, batchSize, capacity, seed) => {
          const expected = recount(job)
          const restoreAfter = (n: number) => ((seed >>> (n % 29)) & 1) === 1
          const actual = drive({ create: create(job, capacity), ...job, batchSize, restoreAfter })
          assert.deepEqual(actual.rows, expected.rows)
          assert.deepEqual(actual.late, expected.late)
          assert.deepEqual(actual.bad, expected.bad)
          assert.deepEqual(actual.context.counters, expected.context.counters)
          if (job.end === Infinity) for (const pages of actual.pages.values()) assert.equal(pages.size, 0)
        },
      ),
      { numRuns: 400 },
    )
  })

  const plainJob = (windows: WindowAssigner, rows: readonly InputRow[]): Job => ({
    windows,
    allowedLateness: 0,
    retractable: false,
    rows,
    end: Infinity,
  })

  test('double sums are added in arrival order within a slice, slices ascending', () => {
    const values = [0.1, 0.2, 0.3, 1e16, -1e16, 0.7]
    const times = [0, 12, 3, 11, 2, 14]
    const rows = withWatermarks(
      values.map((value, i) => ({ time: times[i]!, key: 'a', value })),
      20,
    )
    const output = drive({
      create: create(plainJob(hop({ size: 20, slide: 10 }), rows), 10),
      rows,
      end: Infinity,
      batchSize: 2,
    })
    const early = 0.1 + 0.3 + -1e16
    const late = 0.2 + 1e16 + 0.7
    assert.deepEqual(
      output.rows.map((row) => Number(row.split(' ')[5])),
      [early, early + late, late],
    )
  })

  test('a group that lost its last row starts anew, without what it left in its accumulators', () => {
    const adds: Accumulator = {
      numberCount: 1,
      objectCount: 0,
      type: 'number',
      add(rows, at, targets, _args, from, to) {
        for (let i = from; i < to; i += 1)
          if (targets[i]! >= 0) rows.numbers[targets[i]! * rows.stride + at.number]! += 1
      },
      retract() {},
      merge(rows, at, to, source, row) {
        rows.numbers[to * rows.stride + at.number]! += source.numbers[row * source.stride + at.number]!
      },
      result: (rows, at, row) => rows.numbers[row * rows.stride + at.number]!,
    }
    const kinds = [0, 0, RowKind.Delete, RowKind.Delete, 0]
    const rows = kinds.map((kind, time) => ({ time, key: 'a', value: 1, kind, watermark: -Infinity }))
    const operator = ({ context }: Output) =>
      windowAggregate({
        windows: tumble({ size: 10 }),
        keys: keyReader,
        aggregates: [{ accumulator: adds, args: null, filter: null }],
        allowedLateness: 0,
        emit: 'final',
        retractable: true,
        context,
        slots: ['start', 'end', 'key', 'adds'].map((name) => ({ name, type: 'any' })),
      })
    const output = drive({ create: operator, rows, end: Infinity, batchSize: 5 })
    assert.deepEqual(output.rows, ['+I 0 10 "a" 1 @9 w-Infinity #5'])
  })

  test('state of several pages per window survives a restart, and its pages go with the window', () => {
    const rows = withWatermarks(
      Array.from({ length: 6000 }, (_, i) => ({ time: i, key: `k${i % 1500}`, value: i % 7 })),
      0,
    )
    const job = plainJob(hop({ size: 4000, slide: 2000 }), rows)
    const options = { create: create(job, 4096), rows, end: Infinity }
    const whole = drive({ ...options, batchSize: 6000 })
    const restarted = drive({ ...options, batchSize: 700, restoreAfter: () => true })
    assert.equal(whole.rows.length, 6000)
    assert.deepEqual(restarted.rows, whole.rows)
    for (const pages of restarted.pages.values()) assert.equal(pages.size, 0)
  })

  test('a checkpoint writes what changed, not what is kept', () => {
    const output = newOutput()
    const rows = Array.from({ length: 5000 }, (_, i) => ({ time: 1, key: `k${i}`, value: 1, watermark: -Infinity }))
    const operator = create(plainJob(tumble({ size: 10 }), rows), 10)(output)
    const dictionary = new TextDictionary()
    const feed = (some: readonly InputRow[], from: number) => {
      const out = operator.createOutput()
      operator.process(batchOf(some, { from, after: -Infinity, dictionary }), 0, 0, out)
    }
    const dirtyPages = () => {
      let count = 0
      for (const structure of operator.structures) structure.writeDirty(() => (count += 1))
      return count
    }
    feed(rows, 0)
    assert.equal(dirtyPages(), 20)
    feed(rows.slice(1024, 1030), 5000)
    assert.equal(dirtyPages(), 1)
  })

  test('keys that come and go leave nothing behind', () => {
    const windows = tumble({ size: 10 })
    const output = newOutput()
    const operator = create(plainJob(windows, []), 4096)(output)
    const dictionary = new TextDictionary()
    const [keys, panes] = operator.structures as readonly [KeyTable, StateStructure]
    let most = 0
    for (let n = 0; n < 200; n += 1) {
      const rows = Array.from({ length: 1000 }, (_, i) => ({
        time: n * 10,
        key: `${n}/${i}`,
        value: 1,
        watermark: n * 10 - 1,
      }))
      const batch = batchOf(rows, { from: 0, after: n * 10 - 1, dictionary })
      const out = operator.createOutput()
      for (let from = 0; from <= rows.length; out.clear()) from = operator.process(batch, 0, from, out)
      most = Math.max(most, keys.capacity, panes.entries)
      dictionary.clear()
    }
    assert.equal(output.context.counters.out, 199_000)
    assert.equal(panes.entries, 1000)
    assert.equal(keys.entries, 1000)
    assert.ok(most <= 1 << 15, `${most} places for 1000 live keys and those that are spared`)
  })
})
