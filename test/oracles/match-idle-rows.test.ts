import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { windowOf } from '../../src/cep/pattern.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { compiles, type Drawn, drawn } from '../cep/random-patterns.ts'
import { type Outcome, type RunOptions, run, surroundings } from '../job/pipeline.ts'
import { fileOf, inTime, naive, planOf, type Row, toldBy } from './naive-match.ts'
import { randomWay } from './random-rows.ts'

/** A value that no condition takes: most rows begin nothing and their keys have nothing open, so `match` neither sorts nor keeps them. */
const NOBODYS = 9

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NOBODYS) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
)

/** Rows of many keys: time goes on slowly, with ties, and now and then back by more than the watermark delay. */
const rows = fc
  .array(
    fc.record({
      by: fc.constantFrom(0, 0, 0, 1, 1, 2, -1, -4),
      k: fc.constantFrom('r', 's', 't', 'u', 'v', 'w'),
      v: value,
    }),
    { minLength: 10, maxLength: 50, size: 'max' },
  )
  .map((all) => {
    let time = 5
    return all.map(({ by, k, v }, id): Row => {
      time = Math.max(0, time + by)
      return { ts: time, k, v, id }
    })
  })

const sparse = fc.record({ one: drawn, all: rows, delay: fc.constantFrom(0, 1, 3) })

/** null: the pattern means nothing, or which of two matches comes first is not said. */
const wantedOf = (one: Drawn, all: readonly Row[], delay: number) =>
  compiles(one.pattern) ? naive(one, all, delay) : null

function isEmptyAtTheEnd({ job }: Outcome, { pattern }: Drawn): void {
  if (windowOf(pattern) === null) return
  for (const { operator } of job.graph.operators)
    for (const { name, entries } of operator.structures) assert.equal(entries, 0, `${name} at the end`)
}

const lateIds = (all: readonly Row[], delay: number): readonly number[] => {
  const taken = new Set([...inTime(all, delay).byKey.values()].flat().map(({ id }) => id))
  return all.filter(({ id }) => !taken.has(id)).map(({ id }) => id)
}

describe('where most rows begin nothing', () => {
  test('match finds what a naive reading of the rules finds, and tells each late row as it is', () =>
    fc.assert(
      fc.asyncProperty(sparse, randomWay, async ({ one, all, delay }, way) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const outcome = await run(planOf(one, delay), fileOf(all), way)
        assert.deepEqual(toldBy(outcome, one), wanted)
        const late = outcome.late.map((line) => (JSON.parse(line) as Row).id)
        assert.deepEqual(late, lateIds(all, delay))
        isEmptyAtTheEnd(outcome, one)
      }),
      { numRuns: 100 },
    ))

  test('match finds the same where late rows are counted and no more', () =>
    fc.assert(
      fc.asyncProperty(sparse, randomWay, async ({ one, all, delay }, way) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const kept = await run(planOf(one, delay), fileOf(all), way)
        const counted = await run(planOf(one, delay), fileOf(all), { ...way, late: { kind: 'drop', wasWritten: true } })
        assert.deepEqual(toldBy(counted, one), wanted)
        assert.deepEqual(counted.rows, kept.rows)
        assert.deepEqual(counted.counters.steps, kept.counters.steps)
        isEmptyAtTheEnd(counted, one)
      }),
      { numRuns: 80 },
    ))

  test('what a late row that ends the run lets through does not depend on the batches', () =>
    fc.assert(
      fc.asyncProperty(sparse, randomWay, async ({ one, all, delay }, way) => {
        if (!compiles(one.pattern)) return
        const told = await untilLate(one, { all, delay }, way)
        assert.deepEqual(told, await untilLate(one, { all, delay }, { batchRows: 1, scanner: 'reference' }))
      }),
      { numRuns: 80 },
    ))

  test('match finds the same when it is killed and goes on, whether late rows are kept or counted', () =>
    fc.assert(
      fc.asyncProperty(sparse, randomWay, deaths, async ({ one, all, delay }, way, { crashes, isCounted }) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const late = isCounted ? ({ kind: 'drop', wasWritten: true } as const) : ({ kind: 'file' } as const)
        const outcome = await runKilled(one, { all, delay }, { ...way, late, crashes })
        assert.deepEqual(toldBy(outcome, one), wanted)
        if (!isCounted)
          assert.deepEqual(
            outcome.late.map((line) => (JSON.parse(line) as Row).id),
            lateIds(all, delay),
          )
        isEmptyAtTheEnd(outcome, one)
      }),
      { numRuns: 50 },
    ))
})

interface Input {
  readonly all: readonly Row[]
  readonly delay: number
}

/** The results before the first late row ends the run; those of the whole input where there is none. */
async function untilLate(one: Drawn, { all, delay }: Input, way: RunOptions): Promise<readonly string[]> {
  const around = surroundings()
  try {
    await run(planOf(one, delay), fileOf(all), { ...way, late: { kind: 'fail' } }, around)
  } catch (error) {
    if ((error as { code?: string }).code !== 'E_LATE') throw error
  }
  return around.rows.lines
}

const deaths = fc.record({
  crashes: fc.array(fc.nat(80), { minLength: 1, maxLength: 3 }),
  isCounted: fc.boolean(),
})

/** Each run dies at a write to the store and the next one goes on, under the other scanner; the last one ends. */
async function runKilled(
  one: Drawn,
  { all, delay }: Input,
  { crashes, ...way }: RunOptions & { readonly crashes: readonly number[] },
): Promise<Outcome> {
  let countdown = -1
  const store = new MemoryStore(() => {
    if (countdown-- === 0) throw new Error('crash')
  })
  const around = surroundings({ store, everyRounds: 1 })
  for (const [i, crash] of crashes.entries()) {
    countdown = crash
    try {
      const scanner = i % 2 === 0 ? 'kernel' : 'reference'
      return await run(planOf(one, delay), fileOf(all), { ...way, scanner }, around)
    } catch (error) {
      if ((error as Error).message !== 'crash') throw error
    }
  }
  countdown = -1
  return run(planOf(one, delay), fileOf(all), way, around)
}
