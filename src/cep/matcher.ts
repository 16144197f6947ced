import { Expiry } from './expiry.ts'
import { Finished } from './finished.ts'
import { MatchBuffer } from './match-buffer.ts'
import { AT_NEXT_ROW, type Nfa } from './nfa.ts'
import { type PartialMatch, PartialTable } from './partials.ts'
import type { SkipStrategy } from './pattern.ts'
import { type Holds, RowJudge } from './row-judge.ts'
import { WayTable } from './way-table.ts'

/** Who owns the rows that a matcher is about. Keys and rows are its numbers. */
export interface MatcherHost {
  /** Asked for dependent conditions only. */
  readonly holds: Holds
  /** Row n of those at hand is taken for the first time: its number, which stays until `releaseRow`. */
  keepRow(n: number): number
  releaseRow(row: number): void
  /** A match that ends with `entry`. `at`: the time of the row, or the deadline, that completed or freed it. */
  match(entry: number, key: number, at: number): void
  /** A partial match ran out of time at `at` with `ways` ways still open. */
  timeout(entry: number, key: number, timeout: { readonly at: number; readonly ways: number }): void
  /** What is open for a key may have changed; `isIdle`: nothing is, the key can be forgotten. */
  changed(key: number, isIdle: boolean): void
  /** There is as much as may be of this: a further partial match is not followed, or a held match not told, unless this throws. */
  refusePartial(limit: Limit): void
}

/** What partial matches are bounded by: their number, or that of the entries that they keep. */
export type Limit = 'partials' | 'entries'

export interface MatcherOptions {
  readonly skip: SkipStrategy
  /** Numbers of the conditions that look at rows taken before. */
  readonly dependent: ReadonlySet<number>
  /** Open partial matches of all keys together. */
  readonly maxPartials: number
  /** Entries of the match buffer, those of held matches too: a loop can take many rows for each of few partial matches. */
  readonly maxEntries: number
}

/** Rows in order of time, which go by their places here. */
export interface RowsInOrder {
  readonly keys: Int32Array
  readonly times: Float64Array
  /** Which of the conditions that look at their row alone row n meets: bit c % 32 of word n * `words` + c / 32. */
  readonly truths: Int32Array
}

/**
 * Finds the matches of a pattern in the rows of many keys, which come in order of time. Dependent conditions
 * are asked for when they matter. Costs a row what its key has open.
 */
export class Matcher {
  readonly nfa: Nfa
  readonly buffer: MatchBuffer
  readonly partials: PartialTable
  readonly finished: Finished
  readonly #ways: WayTable
  readonly #judge: RowJudge
  readonly #host: MatcherHost
  readonly #maxPartials: number
  readonly #maxEntries: number
  readonly #expiry: Expiry
  #ordinal = 0
  #at = 0
  #row = -1
  #time = 0
  #key = 0
  /** The list of the key while it is made anew. */
  #head = -1
  #tail = -1

  constructor(nfa: Nfa, host: MatcherHost, { skip, maxPartials, maxEntries, dependent }: MatcherOptions) {
    this.nfa = nfa
    this.#host = host
    this.#maxPartials = maxPartials
    this.#maxEntries = maxEntries
    this.#ways = new WayTable(nfa, dependent)
    this.#judge = new RowJudge(nfa, this.#ways, dependent, host.holds)
    this.buffer = new MatchBuffer((row) => host.releaseRow(row))
    this.partials = new PartialTable(this.buffer.records)
    this.finished = new Finished(this, host, skip)
    this.#expiry = new Expiry(this, host, this.#ways)
  }

  /** Which conditions let a row begin a match, see `RowJudge`. */
  get beginners(): Int32Array | null {
    return this.#judge.beginners
  }

  /** The place of the row at hand. */
  get at(): number {
    return this.#at
  }

  /** Rows taken so far by any match; matches that begin with earlier rows are told first. */
  get ordinal(): number {
    return this.#ordinal
  }

  set ordinal(ordinal: number) {
    this.#ordinal = ordinal
  }

  /** Is anything open for a key? Else it can be forgotten. */
  isIdle(key: number): boolean {
    return this.partials.headOf(key) < 0 && !(this.finished.isHolding && this.finished.has(key))
  }

  /** The earliest time at which `advance` has something to do. */
  get nextDeadline(): number {
    return this.#expiry.next
  }

  /**
   * Takes rows [from, to), or as many of them as it takes to complete a match: up to the one that stays at hand. Times never go back, and time advances
   * to that of each row.
   */
  takeRows({ keys, times, truths }: RowsInOrder, from: number, to: number): void {
    const { partials, finished } = this
    const judge = this.#judge
    const expiry = this.#expiry
    const { told } = finished
    for (let n = from; n < to; ) {
      this.#at = n
      expiry.advance(times[n]!)
      do {
        this.#at = n
        const head = partials.headOf(keys[n]!)
        judge.look(truths, n)
        if (head >= 0 || judge.mayBegin()) {
          this.#key = keys[n]!
          this.#time = times[n]!
          this.#go(head)
        }
        if (finished.told !== told) return
        n += 1
      } while (n < to && times[n]! < expiry.next)
    }
  }

  /** The row at hand goes past the partial matches from `head` on, and begins others. */
  #go(head: number): void {
    const judge = this.#judge
    this.#row = -1
    this.#head = -1
    this.#tail = -1
    for (let partial = head; partial >= 0; ) {
      const next = this.partials.nextOf(partial)
      this.#pass(partial)
      partial = next
    }
    if (judge.mayBegin()) {
      judge.begin()
      for (let t = 0; t < judge.takers; t += 1) this.#extend(judge.taken[t]!, -1)
    }
    if (head >= 0 || this.#row >= 0) this.#settle()
  }

  #settle(): void {
    const key = this.#key
    this.partials.setHead(key, this.#head)
    if (this.finished.isHolding) this.#settleHeld(key)
    this.#host.changed(key, this.isIdle(key))
    if (this.#row < 0) return
    this.buffer.dropRow(this.#row)
    this.#ordinal += 1
  }

  #settleHeld(key: number): void {
    const { finished, buffer } = this
    finished.settle(key, this.#time)
    // partial matches keep within bounds by themselves: what is too much was completed with this row, and waits
    while (buffer.size > this.#maxEntries && finished.has(key)) {
      this.#host.refusePartial('entries')
      finished.dropLast(key)
    }
  }

  /** Partial matches that run out of time at `time` or before it end, earlier ones first. */
  advance(time: number): void {
    this.#expiry.advance(time)
  }

  /** Leaves those partial matches of a key that `isKept` says, in their order. */
  keep(key: number, isKept: (partial: number) => boolean): void {
    const { partials } = this
    this.#head = -1
    this.#tail = -1
    for (let partial = partials.headOf(key); partial >= 0; ) {
      const next = partials.nextOf(partial)
      if (isKept(partial)) this.#append(partial)
      else {
        partials.leave(partial)
        this.buffer.release(partial)
      }
      partial = next
    }
    partials.setHead(key, this.#head)
  }

  /** The ways of a partial match past the row at hand. */
  #pass(partial: number): void {
    const { partials } = this
    const judge = this.#judge
    const position = this.buffer.positionOf(partial)
    const open = partials.openOf(partial)
    const isPassing = judge.isPassing(position)
    const left = isPassing
      ? open & this.#ways.lasting[position]!
      : judge.judge(position, open, partial, partials.isFresh(partial))
    if (left === 0) partials.leave(partial)
    if (!isPassing) for (let t = 0; t < judge.takers; t += 1) this.#extend(judge.taken[t]!, partial)
    if (left === 0) this.buffer.release(partial)
    else {
      partials.skip(partial, left)
      this.#append(partial)
    }
  }

  /** The row at hand is taken for a position, by a match that begins with it (-1) or goes on from another one. */
  #extend(target: number, from: number): void {
    if (target === AT_NEXT_ROW) {
      this.#complete(from, from)
      return
    }
    const { buffer, partials } = this
    if (this.#row < 0) {
      this.#row = this.#host.keepRow(this.#at)
      buffer.holdRow(this.#row)
    }
    const entry = buffer.add(from, target, this.#row, this.#ordinal)
    if (this.nfa.accepts[target] === 1) this.#complete(entry, from)
    const open = this.#ways.all[target]!
    if (open === 0 || !this.#hasRoom()) {
      buffer.release(entry)
      return
    }
    if (from < 0) {
      partials.begin(entry, open, this.#time)
      this.#expiry.begun(this.#time, this.#key)
    } else partials.goOn(entry, open, this.#time, from)
    this.#append(entry)
    this.#expiry.arrived(target, this.#time, this.#key)
  }

  /** For a further partial match, whose entry is there already. */
  #hasRoom(): boolean {
    if (this.partials.size >= this.#maxPartials) this.#host.refusePartial('partials')
    else if (this.buffer.size > this.#maxEntries) this.#host.refusePartial('entries')
    else return true
    return false
  }

  /** `from`: the partial match that the last row was taken from; -1: it began the match. */
  #complete(entry: number, from: number): void {
    const startOrdinal = from < 0 ? this.#ordinal : this.partials.startOrdinalOf(from)
    this.finished.complete({ entry, key: this.#key, startOrdinal, at: this.#time })
  }

  #append(partial: number): void {
    const { partials } = this
    partials.setNext(partial, -1)
    if (this.#tail >= 0) partials.setNext(this.#tail, partial)
    else this.#head = partial
    this.#tail = partial
  }

  /** Puts a partial match behind those of its key, while state is read back; its entry is the caller's reference. */
  restore(key: number, match: PartialMatch): void {
    const { partials } = this
    partials.restore(match)
    let last = partials.headOf(key)
    if (last < 0) {
      partials.setHead(key, match.entry)
      return
    }
    while (partials.nextOf(last) >= 0) last = partials.nextOf(last)
    partials.setNext(last, match.entry)
  }

  /** Sets the deadlines of what was restored: all partial matches of these keys. */
  restoreDeadlines(keys: Iterable<number>): void {
    this.#expiry.restore(keys)
  }
}
