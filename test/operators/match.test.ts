import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RowError } from '../../src/base/errors.ts'
import { compilePattern } from '../../src/cep/compile.ts'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import { Batch } from '../../src/data/batch.ts'
import type { Evaluator, OnError } from '../../src/expressions/compile.ts'
import { Match } from '../../src/operators/match.ts'
import type { CompleteMatch, MatchWriter } from '../../src/operators/match-writer.ts'
import type { OperatorContext } from '../../src/operators/operator.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { batchesOf, handOverState, testContext } from './operator-harness.ts'

type Letters = readonly (readonly [time: number, letter: string])[]

interface Told {
  /** Matches by number, late rows by their time, bad rows by their place, in the order in which they were told. */
  readonly events: readonly string[]
  /** Of each match: its time, and the watermark that the operator had promised before. */
  readonly times: readonly (readonly [time: number, promised: number])[]
}

/** A step takes the rows of its letter; `!` cannot be judged. */
function takesOnly(letter: string): Evaluator {
  const select = (
    { columns }: Pick<Batch, 'columns'>,
    [from, to]: readonly [number, number],
    into: Int32Array,
    onError: OnError,
  ) => {
    let count = 0
    for (let i = from; i < to; i += 1) {
      if (columns[0]!.value(i) === '!') onError(i, new RowError('it cannot be judged'))
      else if (columns[0]!.value(i) === letter) into[count++] = i
    }
    return count
  }
  const evaluator = {
    select: (rows: Batch, from: number, to: number, into: Int32Array, onError: OnError) =>
      select(rows, [from, to], into, onError),
  }
  return evaluator as unknown as Evaluator // nothing else is asked of it
}

/** An operator that notes what it tells, with room for `capacity` matches at a time. */
function matchOf(pattern: string, { countsLate, capacity = 100 }: { countsLate: boolean; capacity?: number }) {
  const events: string[] = []
  const times: [number, number][] = []
  const promise = { watermark: Number.NEGATIVE_INFINITY }
  const context: OperatorContext = {
    ...testContext(),
    countsLate,
    late: (batch, row) => void events.push(`late ${batch.time[row]}`),
    badRow: (batch, row) => void events.push(`bad ${batch.time[row]}`),
  }
  const writer: MatchWriter = {
    createOutput: (size) => new Batch([], size),
    rowsOf: () => 1,
    write: (out, { number, time }: CompleteMatch) => {
      out.length += 1
      events.push(`match ${number}`)
      times.push([time, promise.watermark])
    },
    textOf: () => '',
  }
  const { parts, within } = parsePattern({ source: '', text: pattern })
  const nfa = compilePattern({ parts, within, skip: { kind: 'no-skip' } })
  const operator = new Match({
    nfa,
    skip: { kind: 'no-skip' },
    keys: { columns: () => [] },
    keyTypes: [],
    conditions: nfa.conditions.map((label) => ({ kind: 'row', evaluator: takesOnly(label.toLowerCase()) })),
    references: [],
    slotOf: () => 0,
    rowSlots: [{ name: 'letter', type: 'any' }],
    keepsRaw: false,
    maxPartials: 1e6,
    maxEntries: 1e6,
    onFull: () => assert.fail(),
    writer: () => writer,
    onTimeout: null,
    question: null,
    context,
    capacity,
  })
  const take = (batch: Batch) => {
    const out = operator.createOutput()
    for (let from = 0; from <= batch.length; ) {
      from = operator.process(batch, 0, from, out)
      promise.watermark = out.watermarkAfter
      out.length = 0
    }
  }
  return { operator, context, take, told: { events, times } as Told }
}

const batchesIn = (all: Letters, size: number, delay: number) =>
  batchesOf(
    all.map(([time, letter]) => ({ time, values: [letter] })),
    { size, encodings: ['plain'], delay },
  )

/** Runs the operator over letters in one batch of all of them. */
function tell(pattern: string, all: Letters, options: { countsLate: boolean; capacity?: number }): Told {
  const { context, take, told } = matchOf(pattern, options)
  for (const batch of batchesIn(all, 1000, 0)) take(batch)
  const { counters } = context
  assert.equal(counters.in, all.length)
  assert.equal(counters.in, counters.used + counters.late + counters.bad)
  assert.equal(counters.held, 0)
  return told
}

const LETTERS: Letters = [
  [1, 'a'],
  [2, 'b'],
  [3, 'x'],
  [1, 'b'],
  [4, 'a'],
  [5, 'b'],
  [6, 'x'],
  [2, 'a'],
  [7, 'x'],
]

describe('late rows of match', () => {
  test('are told behind the matches that the watermark has freed by then', () => {
    const wanted = ['match 1', 'late 1', 'match 2', 'late 2']
    for (const capacity of [1, 100])
      assert.deepEqual(tell('A B', LETTERS, { countsLate: false, capacity }).events, wanted)
  })

  test('are told at once where they are counted and no more: the rows of a batch are taken all at once', () => {
    const wanted = ['late 1', 'late 2', 'match 1', 'match 2']
    for (const capacity of [1, 100])
      assert.deepEqual(tell('A B', LETTERS, { countsLate: true, capacity }).events, wanted)
  })

  test('are counted once, however often the output is full', () => {
    const many = Array.from({ length: 30 }, (_, i): readonly [number, string] => [i, 'a'])
    const letters: Letters = [...many, [31, 'b'], [32, 'x'], [3, 'a'], [4, 'b'], [33, 'x']]
    for (const countsLate of [false, true]) {
      const { events } = tell('A -> B', letters, { countsLate, capacity: 1 })
      assert.equal(events.filter((event) => event.startsWith('match')).length, 30)
      assert.deepEqual(
        events.filter((event) => event.startsWith('late')),
        ['late 3', 'late 4'],
      )
    }
  })

  test('a row that cannot be judged comes behind the matches before it, also where late rows are counted and no more', () => {
    const letters: Letters = [
      [1, 'a'],
      [2, 'b'],
      [3, 'x'],
      [4, '!'],
      [1, 'b'],
      [5, 'a'],
      [6, 'b'],
      [7, 'x'],
    ]
    const { events } = tell('A B', letters, { countsLate: true })
    assert.deepEqual(events, ['match 1', 'bad 4', 'late 1', 'match 2'])
  })
})

test('no match is told of a time that the output watermark has passed, also where a deadline falls on it', () => {
  const letters: Letters = [
    [1, 'a'],
    [6, 'x'],
    [6, 'a'],
    [7, 'x'],
    [12, 'x'],
  ]
  for (const pattern of ['A -> !B within 4ms', 'A -> !B within 5ms', 'A -> !B within 6ms']) {
    const { times } = tell(pattern, letters, { countsLate: true })
    assert.equal(times.length, 2)
    for (const [time, promised] of times) assert.ok(time > promised, `${pattern}: ${time} behind ${promised}`)
  }
})

test('an operator that takes over knows how far the first one came, and what waits', async () => {
  const store = new MemoryStore()
  const batches = batchesIn(LETTERS, 3, 2)
  let one = matchOf('A B', { countsLate: true })
  for (const [i, batch] of batches.entries()) {
    one.take(batch)
    const other = matchOf('A B', { countsLate: true })
    await handOverState(one.operator, other.operator, store, i + 1)
    assert.deepEqual(other.operator.facts(), one.operator.facts())
    assert.equal(other.context.counters.held, one.context.counters.held)
    one = other
  }
  assert.deepEqual(one.operator.facts(), { watermark: 'after all', rows: 4, matches: 2 })
})
