import { TidemarkError } from '../../src/base/errors.ts'
import { compilePattern } from '../../src/cep/compile.ts'
import { DependentConditions, isDependent } from '../../src/cep/dependent-conditions.ts'
import { Matcher } from '../../src/cep/matcher.ts'
import { canMatchEmpty, type Pattern, type PatternPart, stepsOf, windowOf } from '../../src/cep/pattern.ts'
import { References } from '../../src/cep/references.ts'
import { emptyBatch } from '../../src/data/batch.ts'
import type { Value } from '../../src/data/value.ts'
import type { BoundExpression, Field, Scope } from '../../src/expressions/bound.ts'
import { parseExpression } from '../../src/expressions/parse.ts'
import { isRowLate } from '../../src/time/watermark.ts'
import { truthsOf } from './letters.ts'

/** A pattern of the conformance cases; section 0 of their README. */
interface CasePart {
  readonly name?: string
  readonly cond?: string
  readonly group?: readonly CasePart[]
  readonly contiguity: 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy' | null
  readonly quantifier: {
    readonly min: number
    readonly max: number | null
    readonly optional: boolean
    readonly greedy: boolean
    readonly inner: 'relaxed' | 'strict' | 'combinations'
    readonly within_ms_between?: number | null
  }
  readonly until: string | null
  readonly within: { readonly ms: number; readonly kind: 'FIRST_AND_LAST' | 'PREVIOUS_AND_CURRENT' } | null
}

type CaseSkip =
  | 'NO_SKIP'
  | 'SKIP_TO_NEXT'
  | 'SKIP_PAST_LAST_EVENT'
  | { readonly SKIP_TO_FIRST?: string; readonly SKIP_TO_LAST?: string; readonly throw_on_miss?: boolean }

type Event = Readonly<Record<string, string | number | boolean | null>> & { readonly ts: number }
type Feed = { readonly event?: number; readonly watermark?: number | 'MAX'; readonly restart?: boolean }
type Names = Readonly<Record<string, readonly number[]>>

export interface FlinkCase {
  readonly id: string
  readonly kind?: 'error' | 'can_match_empty' | 'effective_window_ms' | 'effective_step_windows_ms'
  readonly value?: unknown
  readonly pattern: readonly CasePart[]
  readonly within_ms?: number | null
  readonly skip?: CaseSkip
  readonly events?: readonly Event[]
  readonly feed?: readonly Feed[]
  readonly key?: string
  readonly tie_break?: string
  readonly advance_to?: number
  readonly expected?: readonly (readonly number[] | Names)[]
  readonly expected_form?: 'lists' | 'maps'
  readonly engine_maps?: readonly Names[]
  readonly ordered?: boolean
  readonly expected_timeouts?: readonly { readonly match: Names; readonly timeout_ts: number }[]
  readonly expected_late?: readonly number[]
  readonly expected_match_ts?: readonly number[]
  readonly expected_open_partials?: number
  readonly expected_buffered_events?: number
}

const CONTIGUITY = {
  next: 'next',
  followedBy: 'followed-by',
  followedByAny: 'followed-by-any',
  notNext: 'not-next',
  notFollowedBy: 'not-followed-by',
} as const
const INNER = { relaxed: 'relaxed', strict: 'strict', combinations: 'any' } as const
const KINDS = { FIRST_AND_LAST: 'first-to-last', PREVIOUS_AND_CURRENT: 'previous-to-current' } as const

const untilOf = (part: CasePart, path: string): string => `until of ${part.name ?? path}`

function partOf(part: CasePart, path: string): PatternPart {
  const { quantifier, contiguity, within } = part
  const common = {
    contiguity: contiguity === null ? null : CONTIGUITY[contiguity],
    quantifier: {
      min: quantifier.min,
      max: quantifier.max,
      optional: quantifier.optional,
      greedy: quantifier.greedy,
      inner: INNER[quantifier.inner],
      gap: quantifier.within_ms_between ?? null,
    },
    until: part.until === null ? null : untilOf(part, path),
    within: within && { ms: within.ms, kind: KINDS[within.kind] },
  }
  if (part.group) return { kind: 'group', ...common, parts: part.group.map((one, i) => partOf(one, `${path}.${i}`)) }
  return { kind: 'step', name: part.name!, ...common }
}

/** The conditions of a pattern, by label. */
function conditionsOf(parts: readonly CasePart[], path = '', all = new Map<string, string>()): Map<string, string> {
  for (const [i, part] of parts.entries()) {
    const here = path === '' ? `${i}` : `${path}.${i}`
    if (part.until !== null) all.set(untilOf(part, here), part.until)
    if (part.group) conditionsOf(part.group, here, all)
    else all.set(part.name!, part.cond!)
  }
  return all
}

function skipOf(skip: CaseSkip | undefined): Pattern['skip'] {
  if (skip === undefined || skip === 'NO_SKIP') return { kind: 'no-skip' }
  if (skip === 'SKIP_TO_NEXT') return { kind: 'to-next' }
  if (skip === 'SKIP_PAST_LAST_EVENT') return { kind: 'past-last' }
  const throwOnMiss = skip.throw_on_miss ?? false
  if (skip.SKIP_TO_FIRST !== undefined) return { kind: 'to-first', name: skip.SKIP_TO_FIRST, throwOnMiss }
  return { kind: 'to-last', name: skip.SKIP_TO_LAST!, throwOnMiss }
}

export const patternOf = ({ pattern, skip, within_ms: within = null }: FlinkCase): Pattern => ({
  parts: pattern.map((part, i) => partOf(part, `${i}`)),
  skip: skipOf(skip),
  within,
})

/** What a run of a case found. */
export interface Found {
  readonly matches: { readonly rows: Names; readonly at: number; readonly key: string }[]
  readonly timeouts: { readonly match: Names; readonly timeout_ts: number }[]
  readonly late: number[]
  partials: number
  buffered: number
}

/** A field in a condition may be named as a step that is no identifier: it is quoted for the parser. */
function quoted(condition: string, steps: readonly string[]): string {
  let text = condition
  for (const step of steps) if (!/^[A-Za-z_]\w*$/.test(step)) text = text.replaceAll(`${step}.`, `"${step}".`)
  return text
}

/** Runs the events of a case through the matcher, without the operator around it. */
export function runCase(testCase: FlinkCase): Found {
  return new CaseRun(testCase).run()
}

class CaseRun {
  readonly #case: FlinkCase
  readonly #events: readonly Event[]
  readonly #matcher: Matcher
  readonly #conditions: DependentConditions
  readonly #independent: (readonly number[] | null)[]
  readonly #rows
  readonly #keys: string[] = []
  readonly #found: Found = { matches: [], timeouts: [], late: [], partials: 0, buffered: 0 }
  readonly #held = new Set<number>()
  #event = 0

  constructor(testCase: FlinkCase) {
    this.#case = testCase
    this.#events = testCase.events ?? []
    const pattern = patternOf(testCase)
    const nfa = compilePattern(pattern)
    const names = [...new Set(this.#events.flatMap((event) => Object.keys(event)))]
    const fields = new Map(names.map((name): [string, Field] => [name, { name, type: 'any' }]))
    const missing: Field = { name: 'missing', type: 'any' }
    const slots = [...fields.values(), missing].map(({ name, type }) => ({ name, type }))
    this.#rows = emptyBatch(slots, Math.max(1, this.#events.length))
    for (const [i, event] of this.#events.entries()) {
      this.#rows.time[i] = event.ts
      for (const [c, name] of names.entries()) this.#rows.columns[c]!.set(i, (event[name] ?? null) as Value)
    }
    const scope: Scope = {
      resolve: (path) => ({ field: fields.get(path[0]!) ?? missing, rest: path.slice(1) }),
      names: () => names,
      hasTime: true,
      parameters: new Map(),
      zone: 'UTC',
    }
    const slotOf = (field: Field) => (field === missing ? names.length : names.indexOf(field.name))
    const steps = [...stepsOf(pattern.parts)].map(({ name }) => name)
    const references = new References(scope, { steps, bare: 'at-hand', isOpen: false })
    const texts = conditionsOf(testCase.pattern)
    const bound = nfa.conditions.map((label) =>
      references.bind(parseExpression(quoted(texts.get(label)!, steps), label)),
    )
    const dependent = new Map<number, BoundExpression>()
    for (const [i, one] of bound.entries()) if (isDependent(one, references.all)) dependent.set(i, one)
    const limits = { maxPartials: 1e6, maxEntries: 1e6 }
    const dependentOnes = new Set(dependent.keys())
    this.#matcher = new Matcher(nfa, this.#host(), { skip: pattern.skip, dependent: dependentOnes, ...limits })
    const options = { nfa, buffer: this.#matcher.buffer, rows: this.#rows, slotOf }
    this.#conditions = new DependentConditions(dependent, references.all, options)
    const alone = new Map(bound.entries())
    const each = new DependentConditions(alone, references.all, options)
    this.#independent = bound.map((_, i) => (dependent.has(i) ? null : this.#truths(each, i)))
  }

  #truths(conditions: DependentConditions, condition: number): readonly number[] {
    return this.#events.map((_, row) => {
      conditions.setRow(this.#rows, row)
      return conditions.holds(condition, -1, fail) ? 1 : 0
    })
  }

  #host() {
    return {
      holds: (condition: number, entry: number) => {
        this.#conditions.setRow(this.#rows, this.#event)
        return this.#conditions.holds(condition, entry, fail)
      },
      keepRow: () => {
        this.#held.add(this.#event)
        return this.#event
      },
      releaseRow: (row: number) => void this.#held.delete(row),
      match: (entry: number, key: number, at: number) =>
        void this.#found.matches.push({ rows: this.#named(entry), at, key: this.#keys[key]! }),
      timeout: (entry: number, _key: number, { at, ways }: { at: number; ways: number }) => {
        for (let way = 0; way < ways; way += 1) this.#found.timeouts.push({ match: this.#named(entry), timeout_ts: at })
      },
      changed: () => {},
      refusePartial: () => {
        throw new Error('too many partial matches')
      },
    }
  }

  #named(entry: number): Names {
    const { buffer, nfa } = this.#matcher
    const named: Record<string, number[]> = {}
    for (const one of buffer.chain(entry)) {
      const name = nfa.steps[nfa.stepOf[buffer.positionOf(one)]!]!
      named[name] = [...(named[name] ?? []), buffer.rowOf(one)]
    }
    return named
  }

  #keyOf(event: number): number {
    const { key } = this.#case
    const text = key === undefined ? '' : String(this.#events[event]![key])
    const known = this.#keys.indexOf(text)
    return known >= 0 ? known : this.#keys.push(text) - 1
  }

  #take(event: number): void {
    this.#event = event
    const { ts } = this.#events[event]!
    const truths = truthsOf(1, this.#matcher.nfa.conditions, (_, __, c) => this.#independent[c]?.[event] === 1)
    const keys = Int32Array.of(this.#keyOf(event))
    this.#matcher.takeRows({ keys, times: Float64Array.of(ts), truths }, 0, 1)
  }

  run(): Found {
    const { feed, advance_to: end } = this.#case
    if (feed === undefined) {
      for (const event of this.#events.keys()) this.#take(event)
      if (end !== undefined) this.#matcher.advance(end)
    } else this.#feed(feed)
    this.#found.partials = this.#matcher.partials.size
    this.#found.buffered = this.#held.size
    return this.#found
  }

  #feed(feed: readonly Feed[]): void {
    let watermark = Number.NEGATIVE_INFINITY
    let waiting: number[] = []
    for (const { event, watermark: next } of feed) {
      if (event !== undefined) {
        if (isRowLate(this.#events[event]!.ts, 0, watermark)) this.#found.late.push(event)
        else waiting.push(event)
      }
      if (next === undefined) continue
      watermark = next === 'MAX' ? Number.POSITIVE_INFINITY : next
      const free = waiting.filter((one) => this.#events[one]!.ts <= watermark).sort((a, b) => this.#compare(a, b))
      waiting = waiting.filter((one) => this.#events[one]!.ts > watermark)
      for (const one of free) this.#take(one)
      this.#matcher.advance(watermark)
    }
  }

  #compare(a: number, b: number): number {
    const [first, second] = [this.#events[a]!, this.#events[b]!]
    const tie = this.#case.tie_break
    return first.ts - second.ts || (tie === undefined ? 0 : Number(first[tie]) - Number(second[tie]))
  }
}

function fail(_row: number, error: Error): never {
  throw error
}

const listOf = (names: Names): string =>
  JSON.stringify(
    Object.values(names)
      .flat()
      .sort((a, b) => a - b),
  )
const textOf = (names: Names): string => JSON.stringify(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What is wrong with what a case gave, in words; undefined: nothing. */
export function faultOf(testCase: FlinkCase): string | undefined {
  if (testCase.kind !== undefined) return faultOfFact(testCase)
  const found = runCase(testCase)
  const differs = (what: string, got: unknown, wanted: unknown) =>
    JSON.stringify(got) === JSON.stringify(wanted)
      ? undefined
      : `${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`
  const sorted = (texts: readonly string[]) => [...texts].sort()
  const got = found.matches.map(({ rows }) => rows)
  const expected = testCase.expected!
  const isMaps = testCase.expected_form === 'maps'
  const names = isMaps ? (expected as readonly Names[]) : testCase.engine_maps
  const faults = [
    testCase.ordered && isMaps
      ? differs('order', got.map(textOf), (expected as readonly Names[]).map(textOf))
      : undefined,
    isMaps ? undefined : differs('lists', sorted(got.map(listOf)), sorted(expected.map((one) => JSON.stringify(one)))),
    names && differs('names', sorted(got.map(textOf)), sorted(names.map(textOf))),
    testCase.expected_timeouts &&
      differs(
        'timeouts',
        sorted(found.timeouts.map(({ match, timeout_ts }) => `${textOf(match)} ${timeout_ts}`)),
        sorted(testCase.expected_timeouts.map(({ match, timeout_ts }) => `${textOf(match)} ${timeout_ts}`)),
      ),
    testCase.expected_late && differs('late', found.late, testCase.expected_late),
    testCase.expected_match_ts &&
      differs(
        'times',
        found.matches.map(({ at }) => at),
        testCase.expected_match_ts,
      ),
    testCase.expected_open_partials === undefined
      ? undefined
      : differs('open partial matches', found.partials, testCase.expected_open_partials),
    testCase.expected_buffered_events === undefined
      ? undefined
      : differs('rows kept', found.buffered, testCase.expected_buffered_events),
  ]
  const wrong = faults.filter((fault) => fault !== undefined)
  return wrong.length === 0 ? undefined : wrong.join('\n')
}

/** A pattern that is refused, or a property of it. */
function faultOfFact(testCase: FlinkCase): string | undefined {
  const { kind, value } = testCase
  const pattern = patternOf(testCase)
  if (kind === 'can_match_empty')
    return canMatchEmpty(pattern.parts) === value ? undefined : `it ${value ? 'cannot' : 'can'} match nothing`
  if (kind === 'effective_window_ms') {
    compilePattern(pattern)
    return windowOf(pattern) === value ? undefined : `the window is ${windowOf(pattern)}, not ${value}`
  }
  if (kind === 'effective_step_windows_ms') {
    const { ways, stepOf, steps } = compilePattern(pattern)
    const windows: Record<string, number> = {}
    for (const { target, gap } of ways.flat()) if (Number.isFinite(gap)) windows[steps[stepOf[target]!]!] = gap
    return JSON.stringify(windows) === JSON.stringify(value) ? undefined : `the windows are ${JSON.stringify(windows)}`
  }
  try {
    runCase(testCase)
  } catch (error) {
    if (error instanceof TidemarkError && error.details.hint !== undefined) return undefined
    throw error
  }
  return 'it is not refused'
}
