import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Batch, emptyBatch } from '../../src/data/batch.ts'
import { Graph, type OperatorNode, type SourceNode } from '../../src/job/graph.ts'
import { isFull, type Operator } from '../../src/operators/operator.ts'

const SLOTS = [{ name: 'v', type: 'number' as const }]

/** Hands on the rows for which `copies` is not 0, each as often as that; a small output shows that it is resumed rightly. */
class Copier implements Operator {
  readonly structures = []
  readonly #copies: (v: number) => number
  readonly #capacity: number
  #done = 0

  constructor(copies: (v: number) => number, capacity = 3) {
    this.#copies = copies
    this.#capacity = capacity
  }

  createOutput(): Batch {
    return emptyBatch(SLOTS, this.#capacity)
  }

  process(batch: Batch, _port: number, from: number, out: Batch, to = batch.length): number {
    let i = from
    for (; i < to; i += 1) {
      const v = batch.columns[0]!.value(i) as number
      for (; this.#done < this.#copies(v); this.#done += 1) {
        if (isFull(out)) return this.#stop(out, batch, i)
        const at = out.length
        out.columns[0]!.set(at, v * 10 + this.#done)
        out.time[at] = batch.time[i]!
        out.watermark[at] = batch.watermark[i]!
        out.sequence[at] = batch.sequence[i]!
        out.length += 1
      }
      this.#done = 0
    }
    return this.#stop(out, batch, to < batch.length ? i : batch.length + 1)
  }

  #stop(out: Batch, batch: Batch, next: number): number {
    out.watermarkAfter = next < batch.length ? batch.watermark[next]! : batch.watermarkAfter
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}

interface Row {
  readonly source: number
  readonly v: number
  readonly time: number
}

/** Runs rows through a graph in rounds of at most `size` rows and tells what came out, with the watermark before each row. */
function outputOf(
  rows: readonly Row[],
  size: number,
  build: (graph: Graph) => OperatorNode,
  sourceCount: number,
): string[] {
  const graph = new Graph()
  const seen: string[] = []
  graph.connect([
    build(graph),
    {
      take(batch, from) {
        seen.push(`${batch.columns[0]!.value(from)}@${batch.watermark[from]}`)
        return from + 1
      },
    },
  ])
  const watermarks = new Array<number>(sourceCount).fill(-Infinity)
  for (let from = 0; from < rows.length; from += size) {
    graph.begin(graph.sources.map((_, s) => batchOf(rows.slice(from, from + size), from, s, watermarks)))
    while (graph.step());
  }
  graph.begin(graph.sources.map(() => Object.assign(emptyBatch(SLOTS, 1), { watermarkAfter: Infinity })))
  while (graph.step());
  return seen
}

function batchOf(rows: readonly Row[], first: number, source: number, watermarks: number[]): Batch {
  const batch = emptyBatch(SLOTS, Math.max(1, rows.length))
  rows.forEach((row, k) => {
    if (row.source !== source) return
    const i = batch.length
    batch.columns[0]!.set(i, row.v)
    batch.time[i] = row.time
    batch.watermark[i] = watermarks[source]!
    batch.sequence[i] = first + k
    watermarks[source] = Math.max(watermarks[source]!, row.time - 1)
    batch.length += 1
  })
  batch.watermarkAfter = watermarks[source]!
  batch.sequenceAfter = first + rows.length
  return batch
}

const rowsFrom = (sources: number) =>
  fc.array(fc.record({ source: fc.nat(sources - 1), v: fc.nat(9), time: fc.nat(30) }), { maxLength: 40 })

const diamond = (graph: Graph): OperatorNode => {
  const source: SourceNode = graph.addSource()
  const top = graph.add('top', new Copier((v) => v % 4), [source])
  const left = graph.add('left', new Copier((v) => (v % 3 === 0 ? 2 : 0)), [top])
  const right = graph.add('right', new Copier((v) => (v % 2 === 0 ? 0 : 1), 2), [top])
  return graph.add('union', new Copier(() => 1), [left, right])
}

const twoSources = (graph: Graph): OperatorNode => {
  const [a, b] = [graph.addSource(), graph.addSource()]
  const left = graph.add('left', new Copier((v) => v % 3), [a])
  const union = graph.add('union', new Copier(() => 1), [left, b])
  return graph.add('after', new Copier((v) => v % 2), [union])
}

for (const [name, build, sources] of [
  ['a diamond', diamond, 1],
  ['two sources', twoSources, 2],
] as const) {
  test(`${name} gives the same rows with the same watermarks in rounds of 1, 7 and 1024 rows`, () => {
    fc.assert(
      fc.property(rowsFrom(sources), (rows) => {
        const whole = outputOf(rows, 1024, build, sources)
        assert.deepEqual(outputOf(rows, 1, build, sources), whole)
        assert.deepEqual(outputOf(rows, 7, build, sources), whole)
      }),
    )
  })
}

test('a merging operator never sees a watermark go back', () => {
  fc.assert(
    fc.property(rowsFrom(2), (rows) => {
      const watermarks = outputOf(rows, 5, twoSources, 2).map((text) => Number(text.split('@')[1]))
      assert.deepEqual(
        watermarks,
        [...watermarks].sort((a, b) => a - b),
      )
    }),
  )
})

test('an operator that frees far more than it can hand over at once is resumed until it is done', () => {
  const rows = Array.from({ length: 5 }, (_, i) => ({ source: 0, v: 9, time: i }))
  const build = (graph: Graph) => graph.add('many', new Copier(() => 1000), [graph.addSource()])
  assert.equal(outputOf(rows, 1024, build, 1).length, 5000)
})

/** Two exits of one graph: rows of both branches merged by sequence, each told by its own consumer. */
function mergedExit(rows: readonly Row[], size: number, room: () => boolean): string[] {
  const graph = new Graph()
  const seen: string[] = []
  const source = graph.addSource()
  const left = graph.add('left', new Copier((v) => v % 3), [source])
  const right = graph.add('right', new Copier((v) => v % 2, 2), [source])
  const consumer = (name: string) => ({
    take(batch: Batch, from: number, to: number) {
      let next = from
      while (next < to && room()) seen.push(`${name} ${batch.sequence[next++]}`)
      return next
    },
  })
  graph.connect([left, consumer('left')], [right, consumer('right')])
  const watermarks = [-Infinity]
  for (let from = 0; from < rows.length; from += size) {
    graph.begin([batchOf(rows.slice(from, from + size), from, 0, watermarks)])
    while (graph.step());
  }
  return seen
}

test('rows of two branches leave in the order of their sequence, ties by port, however full the sink', () => {
  fc.assert(
    fc.property(rowsFrom(1), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), (rows, size, every) => {
      const expected = rows.flatMap(({ v }, i) => [
        ...new Array<string>(v % 3).fill(`left ${i}`),
        ...new Array<string>(v % 2).fill(`right ${i}`),
      ])
      let asked = 0
      const room = () => ++asked % (every + 1) !== 0
      assert.deepEqual(mergedExit(rows, size, room), expected)
    }),
  )
})
