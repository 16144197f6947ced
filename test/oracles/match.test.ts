import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAmbiguous, windowOf } from '../../src/cep/pattern.ts'
import type { PartialsReport } from '../../src/operators/partials-report.ts'
import { naiveMatches } from '../cep/naive-matcher.ts'
import { compiles, type Drawn, drawn, namesOf } from '../cep/random-patterns.ts'
import { run, surroundings } from '../job/pipeline.ts'
import { runThroughCrashes } from './agreement.ts'
import { fileOf, inTime, meetsOf, naive, planOf, type Row, toldBy } from './naive-match.ts'
import { randomWay } from './random-rows.ts'

const rows = fc
  .array(
    fc.record({ ts: fc.integer({ min: 0, max: 12 }), k: fc.constantFrom('x', 'y'), v: fc.integer({ min: 0, max: 3 }) }),
    {
      maxLength: 12,
    },
  )
  .map((all) => all.map((row, id): Row => ({ ...row, id })))

const both = fc.record({ one: drawn, all: rows, delay: fc.constantFrom(0, 2, 6, 20) })

test('match finds what a naive reading of the rules finds, whatever the order of arrival within the watermark delay', () =>
  fc.assert(
    fc.asyncProperty(both, randomWay, async ({ one, all, delay }, way) => {
      if (!compiles(one.pattern)) return
      const wanted = naive(one, all, delay)
      if (wanted === null) return
      const outcome = await run(planOf(one, delay), fileOf(all), way)
      assert.deepEqual(toldBy(outcome, one), wanted)
      if (windowOf(one.pattern) === null) return
      for (const { operator } of outcome.job.graph.operators)
        for (const { name, entries } of operator.structures) assert.equal(entries, 0, `${name} at the end`)
    }),
    { numRuns: 250 },
  ))

/** Keys, and the rows of their partial matches, that are open when all rows were taken. */
function naiveOpen({ pattern, conditions }: Drawn, all: readonly Row[], delay: number): readonly string[] {
  const last = Math.max(...all.map(({ ts }) => ts))
  return [...inTime(all, delay).byKey].flatMap(([key, events]) => {
    const times = events.map(({ ts }) => ({ time: ts }))
    const { lasting } = naiveMatches(pattern, times, meetsOf(conditions, events))
    const open = lasting.filter(({ at }) => at > last)
    return open.map(
      ({ taken }) => `${key} ${namesOf(taken.map(({ step, event }) => ({ step, event: events[event]!.id })))}`,
    )
  })
}

const openIn = ({ keys }: PartialsReport): readonly string[] =>
  keys.flatMap(({ key, partials }) =>
    partials.map(({ first, last }) => {
      const taken = [...first, ...last].map(({ step, row }) => ({ step, event: (JSON.parse(row) as Row).id }))
      return `${String(key[0])} ${namesOf(taken)}`
    }),
  )

test('match tells the partial matches that a naive reading of the rules leaves open, however the input is cut', () =>
  fc.assert(
    fc.asyncProperty(both, randomWay, async ({ one, all, delay }, way) => {
      const drawn: Drawn = { ...one, pattern: { ...one.pattern, skip: { kind: 'no-skip' } } }
      if (!compiles(drawn.pattern) || isAmbiguous(drawn.pattern.parts)) return
      const wanted = naiveOpen(drawn, all, delay)
      if (wanted.length > 10 || all.length === 0) return
      const reports: PartialsReport[] = []
      const around = { ...surroundings(), tellPartials: (report: PartialsReport) => void reports.push(report) }
      await run(planOf(drawn, delay, { explained: 'all' }), fileOf(all), way, around)
      assert.deepEqual(reports.flatMap(openIn).sort(), [...wanted].sort())
      assert.equal(reports.length, 1)
    }),
    { numRuns: 150 },
  ))

const deaths = fc.array(fc.nat(60), { minLength: 1, maxLength: 3 })

test('match finds the same when it is killed and goes on, each time under the other scanner', () =>
  fc.assert(
    fc.asyncProperty(both, randomWay, deaths, async ({ one, all, delay }, way, crashes) => {
      if (!compiles(one.pattern)) return
      const wanted = naive(one, all, delay)
      if (wanted === null) return
      const outcome = await runThroughCrashes(() => planOf(one, delay), fileOf(all), { ...way, crashes })
      assert.deepEqual(toldBy(outcome, one), wanted)
    }),
    { numRuns: 150 },
  ))
