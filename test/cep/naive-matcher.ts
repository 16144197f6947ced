import { type Pattern, windowOf } from '../../src/cep/pattern.ts'
import { type Letter, type Word, wordsOfPattern } from './naive-words.ts'

/**
 * The rules of patterns, read off the text and not off any automaton: every word that the pattern allows is written out, its letters are laid on the
 * events in every order-preserving way, and each layout is checked by looking at all events in between. Slow, and obviously right.
 */

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

/** A partial match whose last way was ended by time. */
export interface NaiveTimeout {
  readonly taken: readonly Taken[]
  readonly at: number
}

/** Moments: event i is at 2i + 1; the deadlines before it, and those behind the last event, shortly before 2i, in the order of their times (from 0 on). */
export interface NaiveResult {
  readonly matches: readonly NaiveMatch[]
  readonly open: readonly Open[]
  /** Where no match is skipped. */
  readonly timeouts: readonly NaiveTimeout[]
  /** Partial matches that no row ended, each with when its time is up; Infinity: never. */
  readonly lasting: readonly NaiveTimeout[]
}

/** How a way of a partial match ended. */
interface End {
  readonly time: number
  readonly cause: 'row' | 'time' | 'completion'
}

const momentOf = (event: number): number => 2 * event + 1
const FOREVER = Number.POSITIVE_INFINITY

/** Every match of the pattern in the events of one key, whatever the skip strategy. */
export const naiveMatches = (pattern: Pattern, events: readonly NaiveEvent[], meets: Meets): NaiveResult =>
  new Laying(pattern, events, meets).result()

class Laying {
  readonly #pattern: Pattern
  readonly #events: readonly NaiveEvent[]
  readonly #meets: Meets
  readonly #window: number
  /** By taken rows. */
  readonly #matches = new Map<string, NaiveMatch>()
  readonly #open = new Map<string, Open>()
  readonly #ends = new Map<string, { readonly taken: readonly Taken[]; readonly ends: End[] }>()

  constructor(pattern: Pattern, events: readonly NaiveEvent[], meets: Meets) {
    this.#pattern = pattern
    this.#events = events
    this.#meets = meets
    this.#window = windowOf(pattern) ?? FOREVER
  }

  result(): NaiveResult {
    for (const word of wordsOfPattern(this.#pattern, this.#events.length + 1)) this.#lay(word, 0, [])
    return {
      matches: [...this.#matches.values()],
      open: [...this.#open.values()],
      timeouts: this.#timeouts(),
      lasting: this.#lasting(),
    }
  }

  /** When a way is over by time, ms. `gap`: since the last row taken. */
  #dueOf(taken: readonly Taken[], gap: number): number {
    if (taken.length === 0) return FOREVER
    return Math.min(this.#events[taken[0]!.event]!.time + this.#window, this.#events[taken.at(-1)!.event]!.time + gap)
  }

  /** The first moment at which a time is over. */
  #momentAt(time: number): number {
    if (time === FOREVER) return FOREVER
    const next = this.#events.findIndex((event) => event.time >= time)
    return 2 * (next < 0 ? this.#events.length : next) - 1 / (2 + time)
  }

  #noteMatch(taken: readonly Taken[], moment: number): void {
    const text = JSON.stringify(taken)
    const known = this.#matches.get(text)
    if (known === undefined || moment < known.moment) this.#matches.set(text, { taken, moment })
  }

  /** The partial match waits for something from the event behind its last one until event `to`, or until the time is over. */
  #noteOpen(taken: readonly Taken[], to: number, due: number, isAbsence = false): void {
    const start = taken[0]!.event
    const from = momentOf(taken.at(-1)!.event)
    const row = to < this.#events.length ? momentOf(to) : FOREVER
    const over = this.#momentAt(due)
    const end = Math.min(row, over)
    this.#open.set(`${start} ${from} ${end}`, { start, from, to: end })
    const text = JSON.stringify(taken)
    const known = this.#ends.get(text) ?? { taken, ends: [] }
    this.#ends.set(text, known)
    if (over < row) known.ends.push({ time: due, cause: isAbsence ? 'completion' : 'time' })
    else known.ends.push({ time: to < this.#events.length ? this.#events[to]!.time : FOREVER, cause: 'row' })
  }

  /** Is event x, behind the last one taken, one that ends the way to the letter? */
  #isBarred(letter: Pick<Letter, 'bans' | 'nextBans' | 'guards'>, x: number, taken: readonly Taken[]): boolean {
    const meets = this.#meets
    const next = taken.length === 0 ? x : taken.at(-1)!.event + 1
    const guards = letter.guards.filter(({ until }) => until === null || !meets(until, next, taken))
    if ([...letter.bans, ...guards.map(({ step }) => step)].some((one) => meets(one, x, taken))) return true
    return x === next && letter.nextBans.some((one) => meets(one, x, taken))
  }

  #lay(word: Word, at: number, taken: readonly Taken[]): void {
    const letter = word.letters[at]
    if (letter === undefined) {
      this.#finish(word, taken)
      return
    }
    const due = this.#dueOf(taken, letter.gap)
    const first = taken.length === 0 ? 0 : taken.at(-1)!.event + 1
    for (let x = first; ; x += 1) {
      const isOver = x >= this.#events.length || momentOf(x) > this.#momentAt(due)
      if (isOver || this.#isBarred(letter, x, taken)) {
        if (taken.length > 0) this.#noteOpen(taken, x, due)
        if (isOver || taken.length > 0) return
        continue
      }
      const fits = this.#meets(letter.step, x, taken)
      if (fits && !(letter.stop !== null && this.#meets(letter.stop, x, taken)))
        this.#lay(word, at + 1, [...taken, { step: letter.step, event: x }])
      if (taken.length === 0 || letter.kind === 'any' || (letter.kind === 'relaxed' && !fits)) continue
      this.#noteOpen(taken, x, due)
      return
    }
  }

  #finish(word: Word, taken: readonly Taken[]): void {
    const last = this.#pattern.parts.at(-1)!
    const event = taken.at(-1)!.event
    const asked = { ...word, guards: [] }
    if (last.contiguity === 'not-followed-by') {
      const due = this.#dueOf(taken, last.within?.kind === 'previous-to-current' ? last.within.ms : FOREVER)
      const over = this.#momentAt(due)
      let x = event + 1
      while (x < this.#events.length && momentOf(x) < over && !this.#isBarred(asked, x, taken)) x += 1
      this.#noteOpen(taken, x, due, true)
      if (x >= this.#events.length || momentOf(x) > over) this.#noteMatch(taken, over)
    } else if (word.nextBans.length > 0) {
      const due = this.#dueOf(taken, FOREVER)
      this.#noteOpen(taken, event + 1, due)
      const isInTime = event + 1 < this.#events.length && momentOf(event + 1) < this.#momentAt(due)
      if (isInTime && !this.#isBarred(asked, event + 1, taken)) this.#noteMatch(taken, momentOf(event + 1))
    } else this.#noteMatch(taken, momentOf(event))
  }

  #lasting(): NaiveTimeout[] {
    return [...this.#ends.values()].flatMap(({ taken, ends }) => {
      const left = ends.filter(({ cause, time }) => cause !== 'row' || time === FOREVER)
      return left.length === 0 ? [] : [{ taken, at: Math.max(...left.map(({ time }) => time)) }]
    })
  }

  /** Partial matches that had a way until the time was up, and were not completed by that. What is due at the time of a row is over before the row. */
  #timeouts(): NaiveTimeout[] {
    return [...this.#ends.values()].flatMap(({ taken, ends }) => {
      const at = Math.max(...ends.map(({ time }) => time))
      const lasting = ends.filter(({ time }) => time === at)
      return at < FOREVER && lasting.every(({ cause }) => cause === 'time') ? [{ taken, at }] : []
    })
  }
}

/** The matches that a skip strategy lets through, in order, each with the moment at which it is told. */
export function naiveSkip(pattern: Pattern, { matches, open }: NaiveResult): NaiveMatch[] {
  const { skip } = pattern
  const startOf = ({ taken }: NaiveMatch) => taken[0]!.event
  if (skip.kind === 'no-skip') return [...matches]
  const told: NaiveMatch[] = []
  let bound = Number.NEGATIVE_INFINITY
  let held: NaiveMatch[] = []
  const moments = [...matches.map(({ moment }) => moment), ...open.flatMap(({ from, to }) => [from, to])]
  for (const moment of [...new Set(moments)].filter(Number.isFinite).sort((a, b) => a - b)) {
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
