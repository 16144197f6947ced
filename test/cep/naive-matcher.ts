import type { Pattern, PatternPart, Quantifier } from '../../src/cep/pattern.ts'

/**
 * The rules of patterns, read off the text and not off any automaton: every word that the pattern allows is written out, its letters are laid on the
 * events in every order-preserving way, and each layout is checked by looking at all events in between. Slow, and obviously right.
 */

/** One event to take, and what is asked of it and of the events skipped before it. */
interface Letter {
  readonly step: string
  readonly kind: 'strict' | 'relaxed' | 'any'
  /** An event that meets this is not taken. */
  readonly stop: string | null
  /** No event from the one taken before (exclusive) to this one (inclusive) may meet one of these. */
  readonly bans: readonly string[]
  /** Nor may the one right behind the one taken before meet these. */
  readonly nextBans: readonly string[]
  /** As bans, unless the event right behind the one taken before meets `until`. */
  readonly guards: readonly Guard[]
}

interface Guard {
  readonly step: string
  readonly until: string | null
}

interface Word {
  readonly letters: readonly Letter[]
  /** Of greedy steps since the last letter, for whatever follows. */
  readonly guards: readonly Guard[]
  /** What NOTs at the end forbid. */
  readonly bans: readonly string[]
  readonly nextBans: readonly string[]
}

const EMPTY: Word = { letters: [], guards: [], bans: [], nextBans: [] }
const KINDS = { next: 'strict', 'followed-by': 'relaxed', 'followed-by-any': 'any' } as const

type Kind = Letter['kind']

const kindOf = ({ contiguity }: PatternPart): Kind => KINDS[contiguity as keyof typeof KINDS] ?? 'strict'

function timesOf({ min, max, optional }: Quantifier, limit: number): number[] {
  const all = optional ? [0] : []
  for (let times = min; times <= Math.min(max ?? limit, limit); times += 1) all.push(times)
  return all
}

/** Words of at most `limit` letters. `outer`: the quantifier of the group that the sequence is the inside of. */
function wordsOf(parts: readonly PatternPart[], limit: number, outer: Quantifier | null): Word[] {
  let words: Word[] = [EMPTY]
  for (const [i, part] of parts.entries()) {
    if (part.contiguity === 'not-next' || part.contiguity === 'not-followed-by') {
      const where = part.contiguity === 'not-next' ? 'nextBans' : 'bans'
      const name = (part as { name: string }).name
      words = words.map((word) => ({ ...word, [where]: [...word[where], name] }))
      continue
    }
    const nots = notsBehind(parts, i)
    words = words.flatMap((word) =>
      partWords(part, limit - word.letters.length, { nots, outer: i === 0 ? outer : null }).map((next) =>
        join(word, next),
      ),
    )
  }
  return words
}

interface Nots {
  readonly bans: readonly string[]
  readonly nextBans: readonly string[]
}

function notsBehind(parts: readonly PatternPart[], from: number): Nots {
  const nots = { bans: [] as string[], nextBans: [] as string[] }
  for (const part of parts.slice(from + 1)) {
    if (part.contiguity === 'not-next') nots.nextBans.push((part as { name: string }).name)
    else if (part.contiguity === 'not-followed-by') nots.bans.push((part as { name: string }).name)
    else break
  }
  return nots
}

/** What one word asks of what follows it is asked of the first letter of the next. */
function join(word: Word, next: Word): Word {
  const [first, ...others] = next.letters
  if (first === undefined) return { ...word, guards: [...word.guards, ...next.guards] }
  const asked = {
    ...first,
    bans: [...first.bans, ...word.bans],
    nextBans: [...first.nextBans, ...word.nextBans],
    guards: [...first.guards, ...word.guards],
  }
  return { ...next, letters: [...word.letters, asked, ...others] }
}

interface Around {
  readonly nots: Nots
  readonly outer: Quantifier | null
}

function partWords(part: PatternPart, limit: number, around: Around): Word[] {
  return part.kind === 'step' ? stepWords(part, limit, around) : groupWords(part, limit)
}

function stepWords(part: PatternPart & { kind: 'step' }, limit: number, { nots, outer }: Around): Word[] {
  const { quantifier, until, name } = part
  const isGreedy = quantifier.greedy && (quantifier.max === null || quantifier.min < quantifier.max)
  const guards = isGreedy ? [{ step: name, until }] : []
  const inner = { strict: 'strict', relaxed: 'relaxed', any: 'any' } as const
  const none = { step: name, stop: null, bans: [], nextBans: [], guards: [] }
  return timesOf(quantifier, limit).map((times) => {
    const letters = Array.from({ length: times }, (_, i): Letter => {
      if (i === 0) return { ...none, kind: kindOf(part), stop: until }
      const isPastMin = i >= quantifier.min
      return {
        ...none,
        kind: inner[(outer ?? quantifier).inner],
        bans: [...(until === null ? [] : [until]), ...nots.bans],
        nextBans: isPastMin ? nots.nextBans : [],
      }
    })
    return { ...EMPTY, letters, guards }
  })
}

function groupWords(group: PatternPart & { kind: 'group' }, limit: number): Word[] {
  const { quantifier, until } = group
  const head = group.parts[0] as PatternPart & { kind: 'step' }
  const entered = (words: readonly Word[], kind: Kind) =>
    words.map((word) => {
      const [first, ...others] = word.letters
      return first?.step === head.name ? { ...word, letters: [{ ...first, kind }, ...others] } : word
    })
  const once = wordsOf(group.parts, limit, quantifier)
  const all: Word[] = []
  let words: Word[] = [EMPTY]
  const times = timesOf(quantifier, Math.max(limit, quantifier.min))
  for (let i = 0; i <= Math.max(...times); i += 1) {
    if (times.includes(i)) all.push(...words)
    const next = entered(once, i === 0 ? kindOf(group) : quantifier.inner)
    words = words.flatMap((word) => next.map((one) => join(word, one))).filter(({ letters }) => letters.length <= limit)
  }
  if (until === null) return all
  return all.map((word) => ({ ...word, letters: word.letters.map((one) => ({ ...one, bans: [...one.bans, until] })) }))
}

export interface NaiveEvent {
  readonly time: number
}

/** Does an event meet a condition, after these were taken? */
export type Meets = (condition: string, event: number, taken: readonly Taken[]) => boolean

export interface Taken {
  readonly step: string
  readonly event: number
}

export interface NaiveMatch {
  readonly taken: readonly Taken[]
  /** The moment at which it is complete. */
  readonly moment: number
}

/** From one moment to before another, a partial match that began with `start` has a way to go on. */
interface Open {
  readonly start: number
  readonly from: number
  readonly to: number
}

/** Moments: event i is at 2i + 1; the deadlines before it, and those behind the last event, at 2i. */
export interface NaiveResult {
  readonly matches: readonly NaiveMatch[]
  readonly open: readonly Open[]
}

const momentOf = (event: number): number => 2 * event + 1

/** Every match of the pattern in the events of one key, whatever the skip strategy. The window is `pattern.within`. */
export function naiveMatches(pattern: Pattern, events: readonly NaiveEvent[], meets: Meets): NaiveResult {
  const matches = new Map<string, NaiveMatch>()
  const open = new Map<string, Open>()
  const words = wordsOf(pattern.parts, events.length + 1, null).filter(({ letters }) => letters.length > 0)
  const isPending = pattern.parts.at(-1)!.contiguity === 'not-followed-by'
  /** The first moment at which the window of a match that began with `start` is over. */
  const deadlineOf = (start: number) => {
    if (pattern.within === null) return Number.POSITIVE_INFINITY
    const at = events[start]!.time + pattern.within
    const next = events.findIndex(({ time }) => time >= at)
    return 2 * (next < 0 ? events.length : next)
  }
  const noteMatch = (taken: readonly Taken[], moment: number) => {
    const text = JSON.stringify(taken)
    const known = matches.get(text)
    if (known === undefined || moment < known.moment) matches.set(text, { taken, moment })
  }
  /** The partial match waits for something from the event behind its last one until event `to`, or to the deadline. */
  const noteOpen = (taken: readonly Taken[], to: number) => {
    const start = taken[0]!.event
    const from = momentOf(taken.at(-1)!.event)
    const end = Math.min(to < events.length ? momentOf(to) : Number.POSITIVE_INFINITY, deadlineOf(start))
    open.set(`${start} ${from} ${end}`, { start, from, to: end })
  }
  /** Is event x, behind the last one taken, one that ends the way to the letter? */
  const isBarred = (letter: Pick<Letter, 'bans' | 'nextBans' | 'guards'>, x: number, taken: readonly Taken[]) => {
    const next = taken.length === 0 ? x : taken.at(-1)!.event + 1
    const guards = letter.guards.filter(({ until }) => until === null || !meets(until, next, taken))
    if ([...letter.bans, ...guards.map(({ step }) => step)].some((one) => meets(one, x, taken))) return true
    return x === next && letter.nextBans.some((one) => meets(one, x, taken))
  }
  const lay = (word: Word, at: number, taken: readonly Taken[]): void => {
    const letter = word.letters[at]
    if (letter === undefined) {
      finish(word, taken)
      return
    }
    const first = taken.length === 0 ? 0 : taken.at(-1)!.event + 1
    for (let x = first; ; x += 1) {
      const isOver = x >= events.length || (taken.length > 0 && momentOf(x) > deadlineOf(taken[0]!.event))
      if (isOver || isBarred(letter, x, taken)) {
        if (taken.length > 0) noteOpen(taken, x)
        if (isOver || taken.length > 0) return
        continue
      }
      const fits = meets(letter.step, x, taken)
      if (fits && !(letter.stop !== null && meets(letter.stop, x, taken)))
        lay(word, at + 1, [...taken, { step: letter.step, event: x }])
      if (taken.length === 0 || letter.kind === 'any' || (letter.kind === 'relaxed' && !fits)) continue
      noteOpen(taken, x)
      return
    }
  }
  const finish = (word: Word, taken: readonly Taken[]): void => {
    const last = taken.at(-1)!.event
    const asked = { ...word, guards: [] }
    if (isPending && word.bans.length > 0) {
      let x = last + 1
      while (x < events.length && momentOf(x) < deadlineOf(taken[0]!.event) && !isBarred(asked, x, taken)) x += 1
      noteOpen(taken, x)
      if (x >= events.length || momentOf(x) > deadlineOf(taken[0]!.event)) noteMatch(taken, deadlineOf(taken[0]!.event))
    } else if (word.nextBans.length > 0) {
      noteOpen(taken, last + 1)
      const isInTime = last + 1 < events.length && momentOf(last + 1) < deadlineOf(taken[0]!.event)
      if (isInTime && !isBarred(asked, last + 1, taken)) noteMatch(taken, momentOf(last + 1))
    } else noteMatch(taken, momentOf(last))
  }
  for (const word of words) lay(word, 0, [])
  return { matches: [...matches.values()], open: [...open.values()] }
}

/** The matches that a skip strategy lets through, in order, each with the moment at which it is told. */
export function naiveSkip(pattern: Pattern, { matches, open }: NaiveResult, events: number): NaiveMatch[] {
  const { skip } = pattern
  const startOf = ({ taken }: NaiveMatch) => taken[0]!.event
  if (skip.kind === 'no-skip') return [...matches]
  const told: NaiveMatch[] = []
  let bound = Number.NEGATIVE_INFINITY
  let held: NaiveMatch[] = []
  for (let moment = 0; moment <= 2 * events; moment += 1) {
    const complete = matches.filter((match) => match.moment === moment && startOf(match) >= bound)
    held = [...held, ...complete.sort(byEvents)].sort((a, b) => startOf(a) - startOf(b))
    for (;;) {
      held = held.filter((match) => startOf(match) >= bound)
      const starts = open.filter(({ from, to }) => from <= moment && moment < to).map(({ start }) => start)
      const earliest = Math.min(...starts.filter((start) => start >= bound))
      if (held.length === 0 || earliest < startOf(held[0]!)) break
      const match = held.shift()!
      told.push({ ...match, moment })
      bound = Math.max(bound, boundOf(pattern, match))
    }
  }
  return told
}

/** Earlier events first; of equal ones the longer match. */
function byEvents({ taken: a }: NaiveMatch, { taken: b }: NaiveMatch): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = a[i]!.event - b[i]!.event
    if (difference !== 0) return difference
  }
  return b.length - a.length
}

/** What began before this event goes. */
function boundOf({ skip }: Pattern, { taken }: NaiveMatch): number {
  if (!('name' in skip)) return skip.kind === 'to-next' ? taken[0]!.event + 1 : taken.at(-1)!.event + 1
  const named = taken.filter(({ step }) => step === skip.name)
  const found = skip.kind === 'to-first' ? named[0] : named.at(-1)
  return found?.event ?? Number.NEGATIVE_INFINITY
}
