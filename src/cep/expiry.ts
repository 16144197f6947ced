import { Deadlines } from './deadlines.ts'
import type { Matcher, MatcherHost } from './matcher.ts'
import { AT_DEADLINE, type Nfa } from './nfa.ts'
import type { PartialMatch } from './partials.ts'
import type { WayTable } from './way-table.ts'

/** Ends partial matches that run out of time, and completes those that a NOT at the end has waited for. */
export class Expiry {
  readonly #matcher: Matcher
  readonly #host: Pick<MatcherHost, 'timeout' | 'changed'>
  readonly #ways: WayTable
  readonly #deadlines: Deadlines
  /** By position: which deadlines its row sets. */
  readonly #spansOf: readonly (readonly number[])[]
  readonly #hasWindow: boolean
  /** By position: does anything but the window of the whole pattern end a stay there? */
  readonly #hasSpans: readonly boolean[]
  /** Does nothing but the window of the whole pattern end a stay anywhere? */
  readonly #hasNoSpans: boolean

  constructor(matcher: Matcher, host: Pick<MatcherHost, 'timeout' | 'changed'>, ways: WayTable) {
    const { all, byPosition } = spansOf(matcher.nfa)
    this.#matcher = matcher
    this.#host = host
    this.#ways = ways
    this.#deadlines = new Deadlines(all, matcher.partials)
    this.#spansOf = byPosition
    this.#hasSpans = byPosition.map(({ length }) => length > 0)
    this.#hasNoSpans = !this.#hasSpans.includes(true)
    this.#hasWindow = matcher.nfa.window !== Number.POSITIVE_INFINITY
  }

  get next(): number {
    return this.#deadlines.next
  }

  /** A match has begun. */
  begun(time: number, key: number): void {
    if (this.#hasWindow) this.#deadlines.push(0, time, key)
  }

  /** A partial match has come to a position. */
  arrived(position: number, time: number, key: number): void {
    if (this.#hasNoSpans) return
    for (const span of this.#spansOf[position]!) this.#deadlines.push(span, time, key)
  }

  /** What is out of time at `time` ends, what was out of it earlier first. */
  advance(time: number): void {
    const { finished } = this.#matcher
    while (this.#deadlines.next <= time && this.#deadlines.next !== Number.POSITIVE_INFINITY) {
      const at = this.#deadlines.next
      const key = this.#deadlines.pop()
      if (!this.#isDue(key, at)) continue
      if (this.#hasNoSpans) this.#endFirst(key, at)
      else this.#matcher.keep(key, (partial) => this.#survives(partial, key, at))
      if (finished.isHolding) finished.settle(key, at)
      this.#host.changed(key, this.#matcher.isIdle(key))
    }
  }

  /** Most deadlines are those of partial matches that have gone. The first one of a key began first: if it has time left, so have the others. */
  #isDue(key: number, at: number): boolean {
    const { partials, nfa } = this.#matcher
    const first = partials.headOf(key)
    return first >= 0 && (!this.#hasNoSpans || partials.startTimeOf(first) + nfa.window <= at)
  }

  /** The window ends the first partial matches of a key, as long as they are out of it; all their ways at once. */
  #endFirst(key: number, at: number): void {
    const { partials, buffer, nfa } = this.#matcher
    let partial = partials.headOf(key)
    while (partial >= 0 && partials.startTimeOf(partial) + nfa.window <= at) {
      const next = partials.nextOf(partial)
      this.#survives(partial, key, at)
      partials.leave(partial)
      buffer.release(partial)
      partial = next
    }
    partials.setHead(key, partial)
  }

  /** Closes the ways of a partial match that are out of time. False: none is left. */
  #survives(partial: number, key: number, at: number): boolean {
    const { partials, buffer, nfa, finished } = this.#matcher
    const startTime = partials.startTimeOf(partial)
    const position = buffer.positionOf(partial)
    if (startTime + nfa.window > at && !this.#hasSpans[position]) return true
    const { entry, startOrdinal, lastTime, isFresh, open } = partials.read(partial)
    const stay = nfa.stays[position]!
    const isStuck = stay !== null && (isFresh || !stay.isFreshOnly) && lastTime + stay.ms <= at
    let end = startTime + nfa.window <= at ? startTime + nfa.window : isStuck ? lastTime + stay.ms : Number.NaN
    const isOver = !Number.isNaN(end)
    let left = 0
    let isComplete = false
    for (let bits = open; bits !== 0; bits &= bits - 1) {
      const way = this.#ways.first[position]! + 31 - Math.clz32(bits & -bits)
      const due = lastTime + this.#ways.gap[way]!
      if (!isOver && due > at) left |= bits & -bits
      else if (this.#ways.target[way] === AT_DEADLINE) isComplete = true
      else if (!isOver) end = due
    }
    if (left === open) return true
    partials.narrow(partial, left)
    if (isComplete) finished.complete({ entry, key, startOrdinal, at })
    else if (left === 0) this.#host.timeout(entry, key, { at: end, ways: isFresh ? 1 : bitsIn(open) })
    return left !== 0
  }

  /** Sets the deadlines of what was restored: all partial matches of these keys. */
  restore(keys: Iterable<number>): void {
    const { partials, buffer } = this.#matcher
    const all: (PartialMatch & { readonly key: number })[] = []
    for (const key of keys) {
      for (let partial = partials.headOf(key); partial >= 0; partial = partials.nextOf(partial))
        all.push({ ...partials.read(partial), key })
    }
    all.sort((a, b) => a.startOrdinal - b.startOrdinal)
    for (const { startTime, key } of all) this.begun(startTime, key)
    all.sort((a, b) => buffer.ordinalOf(a.entry) - buffer.ordinalOf(b.entry))
    for (const { position, lastTime, key } of all) this.arrived(position, lastTime, key)
  }
}

function bitsIn(mask: number): number {
  let count = 0
  for (let bits = mask; bits !== 0; bits &= bits - 1) count += 1
  return count
}

/** The lengths of time there are, that of the whole pattern first, and which of them begin at a position. */
function spansOf({ window, ways, stays }: Nfa) {
  const all = [window]
  const byPosition = stays.map((stay, position) => {
    const own = ways[position]!.map(({ gap }) => gap).filter((gap) => gap !== Number.POSITIVE_INFINITY)
    const spans = new Set([...own, ...(stay ? [stay.ms] : [])])
    return [...spans].map((span) => {
      const known = all.indexOf(span, 1)
      return known >= 0 ? known : all.push(span) - 1
    })
  })
  return { all, byPosition }
}
