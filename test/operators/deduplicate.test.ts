import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RowError } from '../../src/base/errors.ts'
import type { Encoding } from '../../src/data/column.ts'
import { JsonText, keyTextOf, type Value } from '../../src/data/value.ts'
import { type DeduplicateLastOptions, deduplicate } from '../../src/operators/deduplicate.ts'
import type { KeyReader } from '../../src/operators/key-reader.ts'
import type { OperatorContext } from '../../src/operators/operator.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import {
  assertCountersAddUp,
  batchesOf,
  drive,
  handOverState,
  type OutRow,
  type StreamRow,
  testContext,
  wholeRow,
} from './operator-harness.ts'

const SLOTS = [
  { name: 'key', type: 'any' },
  { name: 'part', type: 'any' },
  { name: 'value', type: 'any' },
] as const

/** Keys on the first two columns; the value 'bad' in the first cannot be computed. */
const KEYS: KeyReader = {
  columns(batch, from, to, onError) {
    for (let i = from; i < to; i += 1) {
      if (batch.columns[0]!.value(i) === 'bad') onError(i, new RowError('no such key'))
    }
    return batch.columns.slice(0, 2)
  },
}

interface Setting {
  readonly keep: 'first' | 'last'
  readonly within: number | null
  readonly allowedLateness: number
  readonly delay: number
}

const isBad = (row: StreamRow) => row.values[0] === 'bad'
const keyOf = (row: StreamRow) => `${keyTextOf(row.values[0] ?? null)},${keyTextOf(row.values[1] ?? null)}`

interface Verdicts {
  /** Emitted rows in order: number, and the output watermark they carry. */
  readonly emitted: { readonly row: number; readonly watermark: number }[]
  readonly late: number[]
  readonly duplicates: number
}

/** Before each row, after the last one, and at the end of the input. */
function watermarksOf(rows: readonly StreamRow[], delay: number): number[] {
  const times = rows.map(({ time }) => time)
  const before = (i: number) => Math.max(-Infinity, ...times.slice(0, i)) - delay - 1
  return [...rows.map((_, i) => before(i)), before(rows.length), Infinity]
}

/** The rule of DESIGN 4.8, forgetting nothing. */
function naiveFirst(rows: readonly StreamRow[], { within, allowedLateness, delay }: Setting): Verdicts {
  const watermarks = watermarksOf(rows, delay)
  const verdicts: Verdicts & { duplicates: number } = { emitted: [], late: [], duplicates: 0 }
  rows.forEach((row, i) => {
    if (isBad(row)) return
    const watermark = watermarks[i]!
    if (within !== null && row.time + allowedLateness <= watermark) verdicts.late.push(i)
    else if (
      verdicts.emitted.some(
        ({ row: kept }) =>
          keyOf(rows[kept]!) === keyOf(row) && (within === null || Math.abs(row.time - rows[kept]!.time) < within),
      )
    )
      verdicts.duplicates += 1
    else verdicts.emitted.push({ row: i, watermark })
  })
  return verdicts
}

function naiveLast(rows: readonly StreamRow[], { within, allowedLateness, delay }: Setting): Verdicts {
  const verdicts: Verdicts & { duplicates: number } = { emitted: [], late: [], duplicates: 0 }
  const groups: { key: string; first: number; due: number; last: number; isEmitted: boolean }[] = []
  const held = within ?? Number.MAX_VALUE
  let before = -Infinity
  const emit = (watermark: number) => {
    const due = groups.filter((group) => !group.isEmitted && group.due <= watermark)
    for (const group of due.sort((a, b) => (a.due === b.due ? 0 : a.due - b.due))) {
      group.isEmitted = true
      verdicts.emitted.push({ row: group.last, watermark: before })
    }
  }
  watermarksOf(rows, delay).forEach((watermark, i) => {
    emit(watermark)
    before = Math.max(before, watermark - held)
    const row = rows[i]
    if (row === undefined || isBad(row)) return
    if (within !== null && row.time + allowedLateness <= watermark) {
      verdicts.late.push(i)
      return
    }
    const group = groups.find(
      ({ key, first }) => key === keyOf(row) && (within === null || Math.abs(row.time - first) < within),
    )
    if (group === undefined) {
      const due = within === null ? Infinity : row.time + within
      groups.push({ key: keyOf(row), first: row.time, due, last: i, isEmitted: false })
      emit(watermark)
    } else {
      verdicts.duplicates += 1
      if (!group.isEmitted && row.time >= rows[group.last]!.time) group.last = i
    }
  })
  return verdicts
}

const anyKey = fc.constantFrom<Value | undefined>(
  ...[null, undefined, 1, 2, '1', 'a', 'b"\\\n', true, 9007199254740993n, 'bad'],
  ...[new JsonText('{"a":1,"b":[2]}'), new JsonText('{ "b":[2], "a":1.0 }')],
)
/** Half of the rows have one key, so that their times meet. */
const anyRow = fc.record({
  time: fc.oneof(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 0, max: 15 })),
  values: fc.oneof(
    fc.tuple(fc.constant('a'), fc.constant(0), fc.nat(9)),
    fc.tuple(anyKey, fc.constantFrom(0, -0, null), fc.nat(9)),
  ),
})
const anySetting = fc.record<Setting>({
  keep: fc.constantFrom('first', 'last'),
  within: fc.constantFrom(null, 1, 2, 5, 10, 40),
  allowedLateness: fc.constantFrom(0, 0, 3, 30),
  delay: fc.constantFrom(0, 4, 25),
})
const anyEncodings = fc.tuple(
  fc.constantFrom<Encoding>('interned', 'span', 'plain'),
  fc.constantFrom<Encoding>('interned', 'span', 'plain'),
  fc.constant<Encoding>('plain'),
)

const operatorOf = ({ keep, within, allowedLateness }: Setting, context: OperatorContext, capacity: number) => {
  const options: DeduplicateLastOptions = {
    keys: KEYS,
    keyParts: 2,
    within,
    allowedLateness,
    stateTtl: null,
    context,
    slots: SLOTS,
    keepsRaw: true,
    capacity,
  }
  return deduplicate(keep, options)
}

test('dedup equals a naive recount, whatever the batches, the output size, the encodings and the restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, { maxLength: 40 }),
      anySetting,
      anyEncodings,
      fc.record({
        size: fc.constantFrom(1, 3, 1000),
        capacity: fc.integer({ min: 1, max: 5 }),
        restarts: fc.array(fc.boolean(), { minLength: 41, maxLength: 41 }),
      }),
      async (rows, setting, encodings, { size, capacity, restarts }) => {
        const expected = setting.keep === 'first' ? naiveFirst(rows, setting) : naiveLast(rows, setting)
        const batches = batchesOf(rows, { size, encodings, delay: setting.delay })
        const store = new MemoryStore()
        let context = testContext()
        let operator = operatorOf(setting, context, capacity)
        const out: OutRow[] = []
        const late: number[] = []
        for (const [b, batch] of batches.entries()) {
          out.push(...drive(operator, [batch]))
          late.push(...context.lateRows.map(({ sequence }) => sequence))
          assertCountersAddUp(context)
          context.lateRows.length = 0
          if (!restarts[b]) continue
          const next = testContext()
          Object.assign(next.counters, context.counters, { held: 0 })
          context = next
          const fresh = operatorOf(setting, context, capacity)
          await handOverState(operator, fresh, store, b)
          operator = fresh
          assertCountersAddUp(context)
        }
        assert.deepEqual(
          out.map(({ sequence: _, ...row }) => row),
          expected.emitted.map(({ row, watermark }) => {
            const { sequence: _, ...whole } = wholeRow(batches, row)
            return { ...whole, watermark }
          }),
        )
        const atOnce = batchesOf(rows, { size: 1000, encodings, delay: setting.delay })
        assert.deepEqual(out, drive(operatorOf(setting, testContext(), 1000), atOnce))
        assert.deepEqual(late, expected.late)
        const { counters } = context
        assert.equal(counters.late, expected.late.length)
        assert.equal(counters.duplicate, expected.duplicates)
        assert.equal(counters.bad, rows.filter(isBad).length)
        assert.equal(counters.out, out.length)
        assert.equal(counters.held, 0)
        for (const structure of operator.structures) assert.equal(structure.entries, 0)
        await handOverState(operator, operatorOf(setting, testContext(), capacity), store, 1000)
        assert.equal(store.size, 0, 'pages are left in the store')
      },
    ),
    { numRuns: 1000 },
  )
})

const stream = (...times: readonly (readonly [time: number, key: string])[]): StreamRow[] =>
  times.map(([time, key], i) => ({ time, values: [key, null, i] }))

function run(setting: Setting, rows: readonly StreamRow[], size = 1000) {
  const context = testContext()
  const operator = operatorOf(setting, context, 100)
  const batches = batchesOf(rows, { size, encodings: ['plain', 'plain', 'plain'], delay: setting.delay })
  return { out: drive(operator, batches), context }
}

test('a duplicate does not extend the time of the row that was let through', () => {
  const setting: Setting = { keep: 'first', within: 10, allowedLateness: 0, delay: 0 }
  const { out } = run(setting, stream([0, 'a'], [9, 'a'], [10, 'a'], [19, 'a'], [20, 'a']))
  assert.deepEqual(
    out.map(({ time }) => time),
    [0, 10, 20],
  )
})

test('a late row tells by how much the watermark delay was too short', () => {
  const setting: Setting = { keep: 'first', within: 10, allowedLateness: 2, delay: 3 }
  const { context } = run(setting, stream([100, 'a'], [94, 'b'], [93, 'c']))
  assert.deepEqual(context.lateRows, [
    { sequence: 1, late: { lateBy: 1, watermark: 96 } },
    { sequence: 2, late: { lateBy: 2, watermark: 96 } },
  ])
})

test('without --within rows need no time and none is late', () => {
  for (const keep of ['first', 'last'] as const) {
    const setting: Setting = { keep, within: null, allowedLateness: 0, delay: 0 }
    const { out, context } = run(setting, stream([Number.NaN, 'a'], [Number.NaN, 'b'], [Number.NaN, 'a']), 1)
    assert.deepEqual(
      out.map(({ values }) => values[2]),
      keep === 'first' ? ['0', '1'] : ['2', '1'],
    )
    assert.equal(context.counters.duplicate, 1)
  }
})

test('a row that keep last emits is not late further down', () => {
  const setting: Setting = { keep: 'last', within: 10, allowedLateness: 0, delay: 5 }
  const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.constantFrom('a', 'b')), { maxLength: 30 })
  fc.assert(
    fc.property(times, (rows) => {
      for (const { time, watermark } of run(setting, stream(...rows), 4).out) assert.ok(time > watermark)
    }),
  )
})

test('rows before a late one have gone on when --late fail ends the run', () => {
  const context = {
    ...testContext(),
    late: () => {
      throw new Error('late')
    },
  }
  const operator = operatorOf({ keep: 'first', within: 10, allowedLateness: 0, delay: 0 }, context, 100)
  const [batch] = batchesOf(stream([50, 'a'], [60, 'b'], [1, 'c']), {
    size: 9,
    encodings: ['plain', 'plain', 'plain'],
    delay: 0,
  })
  const out = operator.createOutput()
  assert.throws(() => operator.process(batch!, 0, 0, out), /late/)
  assert.equal(out.length, 2)
})
