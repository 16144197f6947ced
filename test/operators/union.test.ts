import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Batch, type Rows } from '../../src/data/batch.ts'
import type { Encoding } from '../../src/data/column.ts'
import { Graph } from '../../src/job/graph.ts'
import { Filter } from '../../src/operators/filter.ts'
import { Union } from '../../src/operators/union.ts'
import { assertCountersAddUp, batchesOf, type OutRow, outRow, type StreamRow, testContext } from './operator-harness.ts'

/** A condition on the number in column 0. */
const where = (test: (n: number) => boolean) => ({
  column() {},
  select(rows: Rows, from: number, to: number, selection: Int32Array): number {
    let count = 0
    for (let i = from; i < to; i += 1) if (test(rows.columns[0]!.value(i) as number)) selection[count++] = i
    return count
  },
  value: () => null,
})

const unionOf = (capacity: number, slots: readonly (readonly number[])[] = [[0], [0]]) => {
  const context = testContext()
  return { union: new Union({ slots, context, capacity }), context }
}

/** Takes rounds through a graph and records what comes out of its last operator, row by row. */
function record(graph: Graph, rounds: readonly (readonly (Batch | null)[])[]): OutRow[] {
  const seen: OutRow[] = []
  const take = (batch: Batch, from: number) => {
    for (let i = from; i < batch.length; i += 1) seen.push(outRow(batch, i))
    return batch.length
  }
  graph.connect([graph.operators.at(-1)!, { take }])
  for (const round of rounds) {
    graph.begin(round)
    while (graph.step());
  }
  return seen
}

const rowsOf = (numbers: readonly (readonly [n: number, time: number])[]): StreamRow[] =>
  numbers.map(([n, time]) => ({ time, values: [n] }))

const anyNumbers = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 0, max: 50 })), { maxLength: 25 })

test('a branched stream comes together again with the same watermark before each row, whatever the cut', () => {
  fc.assert(
    fc.property(anyNumbers, fc.constantFrom(1, 3, 100), fc.constantFrom(1, 2, 100), (numbers, size, capacity) => {
      const diamond = (rowsPerBatch: number, outRows: number) => {
        const graph = new Graph()
        const source = graph.addSource()
        const context = testContext()
        const even = graph.add('even', new Filter({ where: where((n) => n % 2 === 0), context, capacity: outRows }), [
          source,
        ])
        const large = graph.add('large', new Filter({ where: where((n) => n > 3), context, capacity: outRows }), [
          source,
        ])
        graph.add('union', unionOf(outRows).union, [even, large])
        const batches = batchesOf(rowsOf(numbers), { size: rowsPerBatch, encodings: ['plain'], delay: 5 })
        return record(
          graph,
          batches.map((batch) => [batch]),
        )
      }
      assert.deepEqual(diamond(size, capacity), diamond(1000, 1000))
      const order = numbers.flatMap(([n], i) => [...(n % 2 === 0 ? [i] : []), ...(n > 3 ? [i] : [])])
      assert.deepEqual(
        diamond(size, capacity).map(({ sequence }) => sequence),
        order,
      )
    }),
    { numRuns: 150 },
  )
})

test('two sources of unlike encodings come together by sequence, under the least of their watermarks', () => {
  const anyTwo = fc.array(fc.tuple(fc.boolean(), fc.constantFrom('a', 'b"', null), fc.nat(50)), { maxLength: 25 })
  const encodings: readonly Encoding[] = ['interned', 'span']
  fc.assert(
    fc.property(anyTwo, fc.constantFrom(1, 4, 100), fc.constantFrom(1, 3, 100), (items, size, capacity) => {
      const graph = new Graph()
      const sources = [graph.addSource(), graph.addSource()]
      const { union, context } = unionOf(capacity, [[0], [1]])
      graph.add('union', union, sources)
      const seen = record(graph, twoSourceRounds(items, size, encodings))
      assert.deepEqual(
        seen.map(({ sequence, values, time }) => [sequence, values[0], time]),
        items.map(([, text, time], i) => [i, JSON.stringify(text), time]),
      )
      assert.deepEqual(
        seen.map(({ watermark }) => watermark),
        items.map((_, i) => Math.min(...[true, false].map((first) => watermarkBefore(items, i, first)))),
      )
      assert.equal(context.counters.in, items.length)
      assertCountersAddUp(context)
    }),
    { numRuns: 150 },
  )
})

type Item = readonly [isFirst: boolean, text: string | null, time: number]

const watermarkBefore = (items: readonly Item[], i: number, isFirst: boolean): number =>
  Math.max(-Infinity, ...items.slice(0, i).flatMap(([first, , time]) => (first === isFirst ? [time - 1] : [])))

/** Rounds of `size` rows over both sources; the second has another column in front. */
function twoSourceRounds(items: readonly Item[], size: number, encodings: readonly Encoding[]): (Batch | null)[][] {
  const rounds: (Batch | null)[][] = []
  for (let from = 0; from < items.length; from += size) {
    rounds.push(
      [true, false].map((isFirst, s) => {
        const some = items.map((item, i) => ({ item, i })).slice(from, from + size)
        const mine = some.filter(({ item }) => item[0] === isFirst)
        if (mine.length === 0) return null
        const values = (text: string | null) => (isFirst ? [text] : ['x', text])
        const [batch] = batchesOf(
          mine.map(({ item }) => ({ time: item[2], values: values(item[1]) })),
          { size: 1000, encodings: isFirst ? [encodings[s]!] : ['plain', encodings[s]!], delay: 0, flush: false },
        )
        mine.forEach(({ i }, k) => {
          batch!.sequence[k] = i
          batch!.watermark[k] = watermarkBefore(items, i, isFirst)
        })
        batch!.watermarkAfter = watermarkBefore(items, from + size, isFirst)
        return batch!
      }),
    )
  }
  return rounds
}

test('what comes after a union can read its output before it had rows', () => {
  const end = new Batch([], 0)
  end.watermarkAfter = Infinity
  const { union } = unionOf(100)
  const out = union.createOutput()
  assert.equal(union.process(end, 0, 0, out), 1)
  assert.deepEqual([out.columns.length, out.length, out.watermarkAfter], [1, 0, Infinity])
})

test('union stops before the row it is told to, and leaves the watermark behind the rows for later', () => {
  const [batch] = batchesOf(
    rowsOf([
      [1, 10],
      [2, 20],
      [3, 30],
    ]),
    { size: 10, encodings: ['plain'], delay: 0, flush: false },
  )
  const { union } = unionOf(100)
  const out = union.createOutput()
  assert.equal(union.process(batch!, 1, 0, out, 2), 2)
  assert.deepEqual([out.length, out.watermarkAfter], [2, 9])
  out.clear()
  assert.equal(union.process(batch!, 1, 2, out, 3), 3)
  assert.deepEqual([out.length, out.watermarkAfter], [1, 19])
  out.clear()
  assert.equal(union.process(batch!, 1, 3, out), 4)
  assert.deepEqual([out.length, out.watermarkAfter], [0, 29])
})
