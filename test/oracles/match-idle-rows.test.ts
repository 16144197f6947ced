import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import { stepsOf, windowOf } from '../../src/cep/pattern.ts'
import { compiles, type Drawn, drawn } from '../cep/random-patterns.ts'
import { type Outcome, type RunOptions, run, surroundings } from '../job/pipeline.ts'
import { runThroughCrashes } from './agreement.ts'
import { fileOf, inTime, naive, planOf, type Row, toldBy } from './naive-match.ts'
import { randomWay } from './random-rows.ts'

/** A value that no condition takes: most rows begin nothing and their keys have nothing open, so `match` neither sorts nor keeps them. */
const NOBODYS = 9

/** Patterns in which a row says plainly whether it begins something, and whose later rows begin nothing. */
const PATTERNS = [
  'A B',
  'A -> B',
  'A ->> B within 6ms',
  'A B? C',
  'A{2}[relaxed] B',
  'A+?[relaxed] -> B within 8ms',
  'A !B C',
  'A -> !B -> C',
  'A -> !B within 4ms',
  'A -> B[within 3ms] C',
]

const SKIPS = ['no-skip', 'past-last', 'to-next'] as const

const plain: fc.Arbitrary<Drawn> = fc
  .record({ text: fc.constantFrom(...PATTERNS), skip: fc.constantFrom(...SKIPS) })
  .map(({ text, skip }) => {
    const { parts, within } = parsePattern({ source: '--pattern', text })
    const names = [...stepsOf(parts)].map(({ name }) => name)
    const conditions = new Map(names.map((name, i) => [name, { values: [i], over: null }]))
    return { pattern: { parts, within, skip: { kind: skip } }, conditions, rows: [] }
  })

const value = fc.oneof(
  { weight: 2, arbitrary: fc.constant(NOBODYS) },
  { weight: 3, arbitrary: fc.constantFrom(0, 0, 1, 1, 2, 3) },
)

/** Rows of several keys: time goes on slowly, with ties, and now and then back, by more than the watermark delay, too. */
const rows = fc
  .array(
    fc.record({ by: fc.constantFrom(0, 1, 1, 1, 2, 2, -1, -4), k: fc.constantFrom('r', 's', 't', 'u'), v: value }),
    { minLength: 10, maxLength: 36, size: 'max' },
  )
  .map((all) => {
    let time = 5
    return all.map(({ by, k, v }, id): Row => {
      time = Math.max(0, time + by)
      return { ts: time, k, v, id }
    })
  })

const sparse = fc.record({
  one: fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: drawn }),
  all: rows,
  delay: fc.constantFrom(0, 1, 3),
})

/** Batches of a few rows: what one row opens, rows of the next batch may close that the watermark frees with it. */
const anyWay = fc.oneof(
  randomWay,
  fc.record({
    scanner: fc.constantFrom('kernel' as const, 'reference' as const),
    batchRows: fc.constantFrom(2, 3, 4, 5, 8, 12),
  }),
)

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
      fc.asyncProperty(sparse, anyWay, async ({ one, all, delay }, way) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const outcome = await run(planOf(one, delay), fileOf(all), way)
        assert.deepEqual(toldBy(outcome, one), wanted)
        const late = outcome.late.map((line) => (JSON.parse(line) as Row).id)
        assert.deepEqual(late, lateIds(all, delay))
        isEmptyAtTheEnd(outcome, one)
      }),
      { numRuns: 90 },
    ))

  test('match finds the same where late rows are counted and no more', () =>
    fc.assert(
      fc.asyncProperty(sparse, anyWay, async ({ one, all, delay }, way) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const kept = await run(planOf(one, delay), fileOf(all), way)
        const counted = await run(planOf(one, delay), fileOf(all), { ...way, late: { kind: 'drop', wasWritten: true } })
        assert.deepEqual(toldBy(counted, one), wanted)
        assert.deepEqual(counted.rows, kept.rows)
        assert.deepEqual(counted.counters.steps, kept.counters.steps)
        isEmptyAtTheEnd(counted, one)
      }),
      { numRuns: 60 },
    ))

  test('what a late row that ends the run lets through does not depend on the batches', () =>
    fc.assert(
      fc.asyncProperty(sparse, anyWay, async ({ one, all, delay }, way) => {
        if (!compiles(one.pattern)) return
        const told = await untilLate(one, { all, delay }, way)
        assert.deepEqual(told, await untilLate(one, { all, delay }, { batchRows: 1, scanner: 'reference' }))
      }),
      { numRuns: 60 },
    ))

  test('match finds the same when it is killed and goes on, whether late rows are kept or counted', () =>
    fc.assert(
      fc.asyncProperty(sparse, anyWay, deaths, async ({ one, all, delay }, way, { crashes, isCounted }) => {
        const wanted = wantedOf(one, all, delay)
        if (wanted === null) return
        const late = isCounted ? ({ kind: 'drop', wasWritten: true } as const) : ({ kind: 'file' } as const)
        const outcome = await runThroughCrashes(() => planOf(one, delay), fileOf(all), { ...way, late, crashes })
        assert.deepEqual(toldBy(outcome, one), wanted)
        if (!isCounted)
          assert.deepEqual(
            outcome.late.map((line) => (JSON.parse(line) as Row).id),
            lateIds(all, delay),
          )
        isEmptyAtTheEnd(outcome, one)
      }),
      { numRuns: 40 },
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
    await run(planOf(one, delay), fileOf(all), { ...way, late: { kind: 'fail' }, closesOnError: true }, around)
  } catch (error) {
    if ((error as { code?: string }).code !== 'E_LATE') throw error
  }
  return around.rows.lines
}

const deaths = fc.record({
  crashes: fc.array(fc.nat(80), { minLength: 1, maxLength: 3 }),
  isCounted: fc.boolean(),
})
