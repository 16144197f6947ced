import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { compilePattern } from '../../src/cep/compile.ts'
import { ONCE, type Pattern, type PatternPart, stepsOf } from '../../src/cep/pattern.ts'
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

const oneIn = (many: number) => fc.integer({ min: 1, max: many }).map((n) => n === 1)

/** ms; the one from first to last is for the whole pattern. */
const within = fc.oneof(
  { weight: 7, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ ms: fc.integer({ min: 1, max: 4 }), kind: fc.constant('previous-to-current') }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.integer({ min: 3, max: 8 }), kind: fc.constant('first-to-last') }) },
)

interface Sketched {
  readonly contiguity: string
  readonly quantifier: unknown
  readonly hasUntil: boolean
  readonly within: unknown
  readonly inside?: readonly Sketched[]
  /** Of a group that begins a group: entered as that is. */
  readonly inherits?: boolean
}

const simpleStep: fc.Arbitrary<Sketched> = fc.record({ contiguity, quantifier, hasUntil: oneIn(4), within })
const not: fc.Arbitrary<Sketched> = fc.record({
  contiguity: notContiguity,
  quantifier: fc.constant(ONCE),
  hasUntil: fc.constant(false),
  within,
})
const groupOf = (inside: fc.Arbitrary<Sketched[]>): fc.Arbitrary<Sketched> =>
  fc.record({ contiguity, quantifier, hasUntil: oneIn(6), within: fc.constant(null), inside, inherits: fc.boolean() })
const stepOrNot = fc.oneof({ weight: 4, arbitrary: simpleStep }, { weight: 1, arbitrary: not })
const inner = groupOf(fc.array(stepOrNot, { minLength: 1, maxLength: 2 }))
const outer = groupOf(
  fc.array(fc.oneof({ weight: 6, arbitrary: stepOrNot }, { weight: 1, arbitrary: inner }), {
    minLength: 1,
    maxLength: 2,
  }),
)
const part = fc.oneof(
  { weight: 6, arbitrary: simpleStep },
  { weight: 2, arbitrary: not },
  { weight: 2, arbitrary: outer },
)

/** Gives names to the steps of a drawn pattern. */
function named(sketched: readonly Sketched[], isInside: boolean, next: () => string): PatternPart[] {
  return sketched.map((one, i) => {
    const name = next()
    const first = isInside && one.inside && one.inherits ? 'inherit' : null
    const common = {
      contiguity: i === 0 ? first : one.contiguity,
      quantifier: one.quantifier,
      until: one.hasUntil ? `until ${name}` : null,
      within: one.within,
    }
    if (one.inside) return { kind: 'group', ...common, parts: named(one.inside, true, next) }
    return { kind: 'step', name, ...common }
  }) as PatternPart[]
}

export const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    skip: fc.constantFrom('no-skip', 'no-skip', 'to-next', 'past-last', 'to-first', 'to-last'),
    to: fc.nat(),
    window: fc.option(fc.integer({ min: 1, max: 8 })),
    conditions: fc.array(condition, { minLength: 20, maxLength: 20 }),
    over: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 20, maxLength: 20 }),
    gaps: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 }),
  })
  .map(({ parts, skip, to, window, conditions, over, gaps }) => {
    let count = 0
    const next = () => String.fromCharCode(97 + count++)
    const made = named(parts, false, next)
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
    const strategy =
      skip === 'to-first' || skip === 'to-last' ? { kind: skip, name: names[to % names.length]! } : { kind: skip }
    let time = 0
    const rows = gaps.map(([gap, value]) => {
      time += gap
      return { time, value }
    })
    return { pattern: { parts: made, skip: strategy, within: window } as Pattern, conditions: all, rows }
  })

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
