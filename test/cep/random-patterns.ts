import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { compilePattern } from '../../src/cep/compile.ts'
import { isNot, ONCE, type Pattern, type PatternPart, stepsOf } from '../../src/cep/pattern.ts'
import type { Taken } from './naive-matcher.ts'

/** A row: a number from 0 to 3, so that conditions overlap. */
export interface Row {
  readonly time: number
  readonly value: number
}

/** A condition: the values that meet it; with `over`, more than the last value taken for that step, too. */
export interface Condition {
  readonly values: readonly number[]
  readonly over: string | null
}

export type Conditions = ReadonlyMap<string, Condition>

export interface Drawn {
  readonly pattern: Pattern
  readonly conditions: Conditions
  readonly rows: readonly Row[]
}

export const isMet = ({ values, over }: Condition, value: number, last: number | undefined): boolean =>
  values.includes(value) && (over === null || last === undefined || value >= last)

const condition: fc.Arbitrary<readonly number[]> = fc.subarray([0, 1, 2, 3], { minLength: 1 })

const quantifier = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ONCE) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        min: fc.integer({ min: 1, max: 2 }),
        more: fc.constantFrom(0, 1, null),
        optional: fc.boolean(),
        greedy: fc.boolean(),
        inner: fc.constantFrom('strict', 'relaxed', 'any'),
      })
      .map(({ min, more, ...others }) => ({ ...others, min, max: more === null ? null : min + more, gap: null })),
  },
  { weight: 1, arbitrary: fc.constant({ ...ONCE, optional: true }) },
)

const contiguity = fc.constantFrom('next', 'followed-by', 'followed-by-any')
const notContiguity = fc.constantFrom('not-next', 'not-followed-by')

const simpleStep = fc.record({ contiguity, quantifier, hasUntil: fc.integer({ min: 0, max: 3 }).map((n) => n === 0) })
const not = fc.record({ contiguity: notContiguity, quantifier: fc.constant(ONCE), hasUntil: fc.constant(false) })
const group = fc.record({
  contiguity,
  quantifier,
  hasUntil: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  inside: fc.array(simpleStep, { minLength: 1, maxLength: 2 }),
})

type Sketched = (typeof simpleStep extends fc.Arbitrary<infer S> ? S : never) & { readonly inside?: readonly unknown[] }

/** Gives names to the steps of a drawn pattern. */
function named(sketched: readonly Sketched[], next: () => string): PatternPart[] {
  return sketched.map((part, i) => {
    const name = next()
    const common = {
      contiguity: i === 0 ? null : part.contiguity,
      quantifier: part.quantifier,
      until: part.hasUntil ? `until ${name}` : null,
      within: null,
    } as const
    if (part.inside) return { kind: 'group', ...common, parts: named(part.inside as Sketched[], next) }
    return { kind: 'step', name, ...common }
  }) as PatternPart[]
}

export const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    parts: fc.array(
      fc.oneof({ weight: 6, arbitrary: simpleStep }, { weight: 2, arbitrary: not }, { weight: 1, arbitrary: group }),
      { minLength: 1, maxLength: 4 },
    ),
    skip: fc.constantFrom('no-skip', 'no-skip', 'to-next', 'past-last', 'to-first', 'to-last'),
    within: fc.option(fc.integer({ min: 1, max: 8 })),
    conditions: fc.array(condition, { minLength: 20, maxLength: 20 }),
    over: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 20, maxLength: 20 }),
    gaps: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 }),
  })
  .map(({ parts, skip, within, conditions, over, gaps }) => {
    let count = 0
    const next = () => String.fromCharCode(97 + count++)
    const made = named(parts as Sketched[], next)
    const names = [...stepsOf(made)].map(({ name }) => name)
    const labels = [
      ...names,
      ...names.map((name) => `until ${name}`),
      ...Array.from({ length: count }, (_, i) => `until ${String.fromCharCode(97 + i)}`),
    ]
    const all = new Map<string, Condition>()
    for (const [i, label] of labels.entries()) {
      const about = over[i % 20]! === 0 ? names[i % names.length]! : null
      all.set(label, { values: conditions[i % 20]!, over: about })
    }
    const strategy = skip === 'to-first' || skip === 'to-last' ? { kind: skip, name: names[0]! } : { kind: skip }
    let time = 0
    const rows = gaps.map(([gap, value]) => {
      time += gap
      return { time, value }
    })
    return { pattern: { parts: made, skip: strategy, within } as Pattern, conditions: all, rows }
  })

/** NOTs behind groups are guarded in more places than the words of the naive matcher tell. */
export const hasNotBehindGroup = ({ parts }: Pattern): boolean =>
  parts.some((part, i) => isNot(part) && parts.slice(0, i).some(({ kind }) => kind === 'group'))

export function compiles(pattern: Pattern): boolean {
  try {
    compilePattern(pattern)
    return true
  } catch (error) {
    if (error instanceof TidemarkError) return false
    throw error
  }
}

export const hasTies = (matches: readonly { readonly taken: readonly Taken[]; readonly moment: number }[]): boolean =>
  new Set(matches.map(({ taken, moment }) => `${taken[0]!.event} ${moment}`)).size < matches.length

export const eventsOf = (taken: readonly Taken[]) => taken.map(({ event }) => event).join(' ')
export const namesOf = (taken: readonly Taken[]) => taken.map(({ step, event }) => `${step}${event}`).join(' ')
