import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAmbiguous, stepsOf, windowOf } from '../../src/cep/pattern.ts'
import { parseExpression } from '../../src/expressions/parse.ts'
import { spanOfText } from '../../src/frontend/flags/lexed.ts'
import type { PartialsReport } from '../../src/operators/partials-report.ts'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { MemoryStore } from '../../src/state/memory-store.ts'
import { type Meets, naiveMatches, naiveSkip, type Taken } from '../cep/naive-matcher.ts'
import {
  type Condition,
  type Conditions,
  compiles,
  type Drawn,
  drawn,
  eventsOf,
  hasTies,
  isMet,
  namesOf,
} from '../cep/random-patterns.ts'
import { type Outcome, run, Steps, surroundings } from '../job/pipeline.ts'
import { randomWay } from './random-rows.ts'

interface Row {
  readonly ts: number
  readonly k: string
  readonly v: number
  readonly id: number
}

const rows = fc
  .array(
    fc.record({ ts: fc.integer({ min: 0, max: 12 }), k: fc.constantFrom('x', 'y'), v: fc.integer({ min: 0, max: 3 }) }),
    {
      maxLength: 12,
    },
  )
  .map((all) => all.map((row, id): Row => ({ ...row, id })))

const textOf = ({ values, over }: Condition): string => {
  const among = `v IN (${values.join(', ')})`
  return over === null ? among : `${among} AND (LAST(${over}.v) IS NULL OR v >= LAST(${over}.v))`
}

function planOf({ pattern, conditions }: Drawn, delay: number, explained: 'all' | null = null): PlanNode {
  const steps = new Steps()
  const labels = [...stepsOf(pattern.parts)].map(({ name }) => name)
  const span = spanOfText('--pattern', '')
  const untils = [...conditions.keys()].filter((label) => !labels.includes(label))
  const definitions = [...conditions].map(([name, condition]) => ({
    name,
    nameSpan: span,
    expression: parseExpression(textOf(condition), '--define'),
  }))
  const keys = [{ kind: 'expression' as const, expression: parseExpression('k', '--by'), alias: null, span }]
  const options = {
    keys,
    pattern,
    untils: untils.map((label) => ({ label, span })),
    definitions,
    measures: null,
    rows: false,
    partials: { most: 1e6, whenFull: 'fail' as const },
    timeouts: null,
    explained,
  }
  return steps.builder.match(steps.source('a', delay), options, { verb: 'match', name: null, span })
}

/** Rows that are not late, per key in order of time. */
function inTime(all: readonly Row[], delay: number): { readonly byKey: Map<string, Row[]>; readonly late: number } {
  const byKey = new Map<string, Row[]>()
  let seen = Number.NEGATIVE_INFINITY
  let late = 0
  for (const row of all) {
    if (row.ts <= seen - delay - 1) late += 1
    else byKey.set(row.k, [...(byKey.get(row.k) ?? []), row])
    seen = Math.max(seen, row.ts)
  }
  for (const one of byKey.values()) one.sort((a, b) => a.ts - b.ts || a.id - b.id)
  return { byKey, late }
}

function meetsOf(conditions: Conditions, events: readonly Row[]): Meets {
  return (label, event, taken) => {
    const condition = conditions.get(label)!
    const last = taken.findLast(({ step }) => step === condition.over)
    return isMet(condition, events[event]!.v, last && events[last.event]!.v)
  }
}

/** null: which of two matches comes first is not said. */
function naive({ pattern, conditions }: Drawn, all: readonly Row[], delay: number) {
  const { byKey, late } = inTime(all, delay)
  const told: string[] = []
  for (const [key, events] of byKey) {
    const times = events.map(({ ts }) => ({ time: ts }))
    const found = naiveMatches(pattern, times, meetsOf(conditions, events))
    if ('name' in pattern.skip && hasTies(found.matches)) return null
    for (const { taken } of naiveSkip(pattern, found)) {
      told.push(
        `${key} ${printed(
          taken.map(({ step, event }) => ({ step, event: events[event]!.id })),
          pattern.skip.kind,
        )}`,
      )
    }
  }
  return { told: told.sort(), late }
}

const printed = (taken: readonly Taken[], skip: string): string =>
  skip === 'no-skip' ? namesOf(taken) : eventsOf([...taken].sort((a, b) => a.event - b.event))

function toldBy({ rows: lines, counters }: Outcome, { pattern }: Drawn) {
  const told = lines.map((line) => {
    const { k, match } = JSON.parse(line) as { k: string; match: Record<string, readonly Row[]> }
    const taken = Object.entries(match).flatMap(([step, named]) => named.map(({ id, ts }) => ({ step, event: id, ts })))
    // names come in the order of the pattern: within a group that repeats that is not the order of the rows
    const inOrder = taken.sort((a, b) => a.ts - b.ts || a.event - b.event)
    return `${k} ${printed(inOrder, pattern.skip.kind)}`
  })
  const counts = counters.steps['match']!
  assert.equal(counts.in, counts.used + counts.late + counts.bad + counts.held)
  return { told: told.sort(), late: counts.late }
}

const both = fc.record({ one: drawn, all: rows, delay: fc.constantFrom(0, 2, 6, 20) })
const fileOf = (all: readonly Row[]) => ({ a: all.map((row) => `${JSON.stringify(row)}\n`).join('') })

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
      await run(planOf(drawn, delay, 'all'), fileOf(all), way, around)
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
      let countdown = -1
      const store = new MemoryStore(() => {
        if (countdown-- === 0) throw new Error('crash')
      })
      const around = surroundings({ store, everyRounds: 1 })
      for (const [i, crash] of [...crashes, -1].entries()) {
        countdown = crash
        try {
          const scanner = i % 2 === 0 ? 'kernel' : 'reference'
          const outcome = await run(planOf(one, delay), fileOf(all), { ...way, scanner }, around)
          assert.deepEqual(toldBy(outcome, one), wanted)
          return
        } catch (error) {
          if ((error as Error).message !== 'crash') throw error
        }
      }
    }),
    { numRuns: 150 },
  ))
