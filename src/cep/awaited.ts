import { ANY, AT_DEADLINE, AT_NEXT_ROW, type Nfa, STRICT, type Way } from './nfa.ts'
import type { PartialMatch } from './partials.ts'
import type { Contiguity } from './pattern.ts'

/** One thing that lets a partial match go on. */
export interface Awaited {
  /** A row of a step; any row, which completes the match; or that nothing comes until the time is up, which completes it, too. */
  readonly kind: 'row' | 'next-row' | 'absence'
  /** null: it is not about the rows of one step. */
  readonly step: string | null
  readonly contiguity: Contiguity
  /** Labels of the conditions that end the wait as soon as a row meets one of them. */
  readonly unless: readonly string[]
  /** Event time at which the wait is over, ms, exclusive for rows; Infinity: never. */
  readonly until: number
}

const CONTIGUITIES = { [STRICT]: 'next', [ANY]: 'followed-by-any' } as const

/** When no way of a partial match is open any more, ms; Infinity: never. */
export function endOf(partial: PartialMatch, nfa: Nfa): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...openWays(partial, nfa).map((way) => dueOf(way, partial, nfa)))
}

/** What a partial match waits for, in the order of its ways; what is the same in words is told once. */
export function awaitedBy(partial: PartialMatch, nfa: Nfa): readonly Awaited[] {
  const all = new Map<string, Awaited>()
  for (const way of openWays(partial, nfa)) {
    const awaited = awaitedOn(way, partial, nfa)
    const text = JSON.stringify(awaited)
    if (!all.has(text)) all.set(text, awaited)
  }
  return [...all.values()]
}

const openWays = ({ position, open }: PartialMatch, nfa: Nfa): readonly Way[] =>
  nfa.ways[position]!.filter((_, way) => (open & (1 << way)) !== 0)

function awaitedOn(way: Way, partial: PartialMatch, nfa: Nfa): Awaited {
  const { target, contiguity, bans, nextBans, notTaken } = way
  const forbidden = [...bans, ...(partial.isFresh ? nextBans : []), ...(notTaken < 0 ? [] : [notTaken])]
  const step = target < 0 ? null : nfa.steps[nfa.stepOf[target]!]!
  return {
    kind: target === AT_NEXT_ROW ? 'next-row' : target === AT_DEADLINE ? 'absence' : 'row',
    step,
    contiguity: CONTIGUITIES[contiguity as keyof typeof CONTIGUITIES] ?? 'followed-by',
    unless: [...new Set(forbidden)].map((condition) => nfa.conditions[condition]!),
    until: dueOf(way, partial, nfa),
  }
}

/** When a way is closed by time. */
function dueOf({ gap }: Way, { position, isFresh, startTime, lastTime }: PartialMatch, nfa: Nfa): number {
  const stay = nfa.stays[position]!
  const stayed = stay !== null && (isFresh || !stay.isFreshOnly) ? stay.ms : Number.POSITIVE_INFINITY
  return Math.min(startTime + nfa.window, lastTime + gap, lastTime + stayed)
}
