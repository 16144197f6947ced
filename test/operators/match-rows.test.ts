import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilePattern } from '../../src/cep/compile.ts'
import { Matcher } from '../../src/cep/matcher.ts'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import type { Batch } from '../../src/data/batch.ts'
import { RowSlab } from '../../src/data/row-slab.ts'
import type { Evaluator } from '../../src/expressions/compile.ts'
import { MatchRows } from '../../src/operators/match-rows.ts'
import { RowTruths } from '../../src/operators/row-truths.ts'
import { KeyTable } from '../../src/state/key-table.ts'
import { batchesOf } from './operator-harness.ts'

/** Of rows with a time, a key and a letter: `a` begins a match, `b` ends it. */
type Letters = readonly (readonly [time: number, key: string, letter: string])[]

/** Takes rows through `MatchRows` as the operator does; what was neither sorted nor kept in each batch, and what is left in the end. */
function take(all: Letters, size: number, delay: number) {
  const keys = new KeyTable(['any'])
  const slots = ['key', 'letter'].map((name) => ({ name, type: 'any' as const }))
  const slab = new RowSlab({ slots, keepsRaw: false })
  const isLetter = (letter: string) => ({ kind: 'row', evaluator: selecting(letter) }) as const
  const truths = new RowTruths([isLetter('a'), isLetter('b')])
  const rows: MatchRows = new MatchRows({ slab, keys, truths })
  const matches: string[] = []
  const letterOf = (row: number) => slab.columns[1]!.value(row) as string
  const matcher: Matcher = new Matcher(
    compilePattern({ ...parsePattern({ source: '', text: 'A -> B' }), skip: { kind: 'no-skip' } }),
    {
      holds: () => false,
      keepRow: (n) => rows.take(n),
      releaseRow: (row) => slab.release(row),
      match: (entry) => {
        const { buffer } = matcher
        matches.push(
          buffer
            .chain(entry)
            .map((one) => `${letterOf(buffer.rowOf(one))}${slab.time[buffer.rowOf(one)]}`)
            .join(' '),
        )
      },
      timeout: () => {},
      changed: () => {},
      refusePartial: () => assert.fail(),
    },
    { skip: { kind: 'no-skip' }, dependent: new Set(), maxPartials: 1e6, maxEntries: 1e6 },
  )
  const skipped: number[] = []
  const stream = all.map(([time, key, letter]) => ({ time, values: [key, letter] }))
  for (const batch of batchesOf(stream, { size, encodings: ['plain', 'plain'], delay })) {
    rows.begin(batch)
    rows.tidy(matcher.buffer)
    truths.load(batch, () => assert.fail())
    keys.slotsOf(batch.columns.slice(0, 1), 0, batch.length, rows.slots)
    rows.noteBeginners(matcher)
    skipped.push(rows.addAll(0, batch.length, matcher))
    while (rows.free(batch.watermarkAfter, matcher))
      for (; rows.next < rows.end; rows.next = matcher.at + 1) matcher.takeRows(rows, rows.next, rows.end)
    rows.finish()
  }
  return { skipped, matches, open: matcher.partials.size, waiting: rows.size, kept: slab.size }
}

function selecting(letter: string): Evaluator {
  const select = ({ columns }: Pick<Batch, 'columns'>, from: number, to: number, selection: Int32Array) => {
    let count = 0
    for (let i = from; i < to; i += 1) if (columns[1]!.value(i) === letter) selection[count++] = i
    return count
  }
  return { select } as unknown as Evaluator // nothing else is asked of it
}

describe('rows that cannot matter', () => {
  test('are neither sorted nor kept: they begin nothing, and nothing is open or waits for their key', () => {
    // the last row of a batch is not freed with it
    const rows = ['k', 'k', 'l', 'k', 'k', 'm'].map((key, i) => [i, key, 'x'] as const)
    assert.deepEqual(take(rows, 3, 0).skipped, [2, 2, 0])
    assert.equal(take(rows, 3, 0).kept, 0)
  })

  test('are not those of a key with a row in the batch that begins something, before or behind them', () => {
    const rows = [
      [1, 'k', 'b'],
      [2, 'k', 'a'],
      [3, 'k', 'b'],
      [3, 'l', 'b'],
      [9, 'm', 'x'],
    ] as const
    const { skipped, matches } = take(rows, 5, 0)
    assert.deepEqual(skipped, [1, 0])
    assert.deepEqual(matches, ['a2 b3'])
  })

  test('are not those of a key that has a match open', () => {
    const rows = [
      [1, 'k', 'a'],
      [2, 'l', 'x'],
      [3, 'k', 'b'],
      [4, 'l', 'b'],
      [9, 'l', 'x'],
    ] as const
    const { skipped, matches } = take(rows, 2, 0)
    assert.deepEqual(skipped, [0, 0, 0, 0])
    assert.deepEqual(matches, ['a1 b3'])
  })

  test('are those of a key whose match has ended', () => {
    const rows = [
      [1, 'k', 'a'],
      [2, 'k', 'b'],
      [3, 'l', 'x'],
      [4, 'k', 'b'],
      [5, 'k', 'b'],
      [9, 'l', 'x'],
    ] as const
    const { skipped, kept } = take(rows, 3, 0)
    assert.deepEqual(skipped, [0, 2, 0])
    assert.equal(kept, 0)
  })

  test('are not those of a key of which a row of an earlier batch waits', () => {
    const rows = [
      [5, 'k', 'a'],
      [5, 'l', 'x'],
      [6, 'k', 'b'],
      [9, 'l', 'x'],
    ] as const
    const { skipped, matches } = take(rows, 2, 0)
    assert.deepEqual(skipped, [0, 0, 0])
    assert.deepEqual(matches, ['a5 b6'])
  })

  test('are not those that the watermark does not free with their batch: one that begins something may still come before them', () => {
    const rows = [
      [5, 'k', 'b'],
      [6, 'l', 'x'],
      [4, 'k', 'a'],
      [9, 'l', 'x'],
    ] as const
    const { skipped, matches } = take(rows, 2, 3)
    assert.deepEqual(skipped, [0, 0, 0])
    assert.deepEqual(matches, ['a4 b5'])
  })

  test('leave the rows between them what they are, those that begin something and those that end it', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, i % 3 === 0 ? 'l' : 'k', 'xaxxbax'[i % 7]!] as const)
    const wanted = take(rows, 1, 0).matches
    for (const size of [2, 5, 40]) assert.deepEqual(take(rows, size, 0).matches, wanted)
    assert.ok(wanted.length > 5)
  })
})

describe('rows that wait or that matches hold', () => {
  test('are found when the memory of those that are gone is given back, and all are gone in the end', () => {
    const key = (i: number) => `k${i}`
    const noise = Array.from({ length: 4000 }, (_, i) => [100 + (i % 90), key(i), i % 40 === 0 ? 'a' : 'x'] as const)
    const waiting = Array.from({ length: 60 }, (_, i) => [5000, `w${i}`, i % 2 === 0 ? 'a' : 'x'] as const)
    const open = noise.filter(([, , letter]) => letter === 'a').map(([, k]) => [6000, k, 'b'] as const)
    const closing = Array.from({ length: 60 }, (_, i) => [6001, `w${i}`, 'b'] as const)
    // of the batches between them the first frees the noise, and the next one begins with moves
    const between = Array.from({ length: 240 }, () => [5001, 'l', 'x'] as const)
    const all = [...noise, ...waiting, ...between, ...open, ...closing, [9000, 'l', 'x'] as const]
    const { matches, kept, waiting: left } = take(all, 100, 2500)
    assert.equal(matches.length, 100 + 30)
    assert.deepEqual({ kept, left }, { kept: 0, left: 0 })
  })
})
