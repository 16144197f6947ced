import assert from 'node:assert/strict'
import { stepsOf } from '../../src/cep/pattern.ts'
import { parseExpression } from '../../src/expressions/parse.ts'
import { spanOfText } from '../../src/frontend/flags/lexed.ts'
import type { PlanNode } from '../../src/plan/nodes.ts'
import { type Meets, naiveMatches, naiveSkip, type Taken } from '../cep/naive-matcher.ts'
import {
  type Condition,
  type Conditions,
  type Drawn,
  eventsOf,
  hasTies,
  isMet,
  namesOf,
} from '../cep/random-patterns.ts'
import { type Outcome, Steps } from '../job/pipeline.ts'

export interface Row {
  readonly ts: number
  readonly k: string
  readonly v: number
  readonly id: number
}

const textOf = ({ values, over }: Condition): string => {
  const among = `v IN (${values.join(', ')})`
  return over === null ? among : `${among} AND (LAST(${over}.v) IS NULL OR v >= LAST(${over}.v))`
}

interface PlanOptions {
  readonly explained?: 'all' | null
  /** The rows of each match, and not the match as a whole. */
  readonly rows?: boolean
}

export function planOf(
  { pattern, conditions }: Drawn,
  delay: number,
  { explained = null, rows = false }: PlanOptions = {},
): PlanNode {
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
    rows,
    partials: { most: 1e6, whenFull: 'fail' as const },
    timeouts: null,
    explained,
  }
  return steps.builder.match(steps.source('a', delay), options, { verb: 'match', name: null, span })
}

/** Rows that are not late, per key in order of time. */
export function inTime(
  all: readonly Row[],
  delay: number,
): { readonly byKey: Map<string, Row[]>; readonly late: number } {
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

export function meetsOf(conditions: Conditions, events: readonly Row[]): Meets {
  return (label, event, taken) => {
    const condition = conditions.get(label)!
    const last = taken.findLast(({ step }) => step === condition.over)
    return isMet(condition, events[event]!.v, last && events[last.event]!.v)
  }
}

/** null: which of two matches comes first is not said. */
export function naive({ pattern, conditions }: Drawn, all: readonly Row[], delay: number) {
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

export function toldBy({ rows: lines, counters }: Outcome, { pattern }: Drawn) {
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

export const fileOf = (all: readonly Row[]) => ({ a: all.map((row) => `${JSON.stringify(row)}\n`).join('') })
