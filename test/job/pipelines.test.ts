import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { ndjson, type Outcome, type RunOptions, run, Steps, surroundings } from './pipeline.ts'

const row = fc.record({
  ts: fc.integer({ min: 1000, max: 1200 }),
  k: fc.constantFrom('a', 'b', null, 1),
  v: fc.integer({ min: -5, max: 9 }),
})
const rows = fc.array(row, { maxLength: 30 })

interface Pipeline {
  readonly sources: readonly string[]
  build(steps: Steps): PlanNode
}

const PIPELINES: Readonly<Record<string, Pipeline>> = {
  'a chain of two windows': {
    sources: ['a'],
    build: (s) =>
      s.tumble(
        s.tumble(s.source('a', 10), 20, 'k', 'count(*) AS n, sum(v) AS total'),
        60,
        'k',
        'count(*) AS windows, sum(n) AS n, max(total) AS most',
      ),
  },
  'a window that corrects itself into a second one': {
    sources: ['a'],
    build: (s) =>
      s.tumble(
        s.tumble(s.source('a'), 20, 'k', 'sum(v) AS total', 40),
        60,
        '',
        'count(*) AS n, sum(total) AS total, min(total) AS least',
        20,
      ),
  },
  'a diamond: one source, two branches, union': {
    sources: ['a'],
    build: (s) => {
      const source = s.source('a', 5)
      const left = s.select(s.filter(source, 'v > 2'), 'k, v')
      const right = s.select(s.tumble(source, 30, 'k', 'sum(v) AS v'), 'k, v')
      return s.tumble(s.union(left, right), 40, 'k', 'count(*) AS n, first_value(v) AS first, last_value(v) AS last')
    },
  },
  'two sources': {
    sources: ['a', 'b'],
    build: (s) => {
      const left = s.dedup(s.source('a', 5), 'k', 25)
      const right = s.dedup(s.filter(s.source('b', 15), 'v <> 0'), 'k, v', 30, 'last')
      return s.hop(s.union(left, right), { size: 40, slide: 10 }, 'k', 'count(*) AS n, sum(v) AS total')
    },
  },
  'aggregates over changes': {
    sources: ['a'],
    build: (s) =>
      s.aggregate(
        s.aggregate(s.source('a'), 'k', 'sum(v) AS total', 'changes'),
        'total % 2 AS parity',
        'count(*) AS n, max(total) AS most',
        'changes',
      ),
  },
}

function outcome(pipeline: Pipeline, files: Record<string, string>, options?: RunOptions): Promise<Outcome> {
  return run(pipeline.build(new Steps()), files, options)
}

const filesOf = (pipeline: Pipeline) =>
  fc.record(Object.fromEntries(pipeline.sources.map((name) => [name, rows.map(ndjson)])))

for (const [name, pipeline] of Object.entries(PIPELINES)) {
  test(`${name} gives the same bytes at batch sizes 1, 7 and 1024, and wherever the input is cut`, () =>
    fc.assert(
      fc.asyncProperty(filesOf(pipeline), fc.array(fc.nat(1500)), async (files, cuts) => {
        const whole = await outcome(pipeline, files)
        const ways = [
          { batchRows: 1 },
          { batchRows: 7 },
          { batchRows: 1024 },
          { cuts: cuts.sort((a, b) => a - b) },
          { chunk: 1 },
        ]
        for (const way of ways) {
          const other = await outcome(pipeline, files, way)
          assert.deepEqual([other.rows, other.late], [whole.rows, whole.late], JSON.stringify(way))
        }
      }),
      { numRuns: 40 },
    ))

  test(`${name} gives the same bytes when it is killed at checkpoints and resumed`, () =>
    fc.assert(
      fc.asyncProperty(
        filesOf(pipeline),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
        async (files, crashes) => {
          const whole = await outcome(pipeline, files)
          let countdown = -1
          const store = new MemoryStore(() => {
            if (countdown-- === 0) throw new Error('crash')
          })
          const around = surroundings({ store, everyRounds: 1 })
          let last: Outcome | undefined
          for (const crash of [...crashes, -1]) {
            countdown = crash
            try {
              last = await run(pipeline.build(new Steps()), files, { chunk: 90 }, around)
              break
            } catch (error) {
              assert.equal((error as Error).message, 'crash')
            }
          }
          assert.deepEqual([last!.rows, last!.late], [whole.rows, whole.late])
          assert.deepEqual(last!.counters, whole.counters)
        },
      ),
      { numRuns: 40 },
    ))

  test(`${name}: every row is accounted for, and nothing is left in state at the end`, () =>
    fc.assert(
      fc.asyncProperty(filesOf(pipeline), async (files) => {
        const { counters, job } = await outcome(pipeline, files)
        for (const { read, passed, bad, refused } of Object.values(counters.sources))
          assert.equal(read, passed + bad + refused)
        for (const [id, c] of Object.entries(counters.steps))
          assert.equal(c.in, c.used + c.filtered + c.duplicate + c.late + c.bad + c.held, id)
        const kept = job.graph.operators.flatMap(({ id, operator }) =>
          operator.structures.map((structure) => [id, structure.name, structure.entries]),
        )
        const isEndless = name === 'aggregates over changes'
        if (!isEndless)
          assert.deepEqual(
            kept.filter(([, , entries]) => entries !== 0),
            [],
          )
      }),
      { numRuns: 40 },
    ))
}
