import { Expiry } from './expiry.ts'
import { Finished } from './finished.ts'
import { MatchBuffer } from './match-buffer.ts'
import { ANY, AT_DEADLINE, AT_NEXT_ROW, type Nfa, STRICT } from './nfa.ts'
import { type PartialMatch, PartialTable } from './partials.ts'
import type { SkipStrategy } from './pattern.ts'
import { WayTable } from './way-table.ts'

/** In `truth`: whether the row meets the condition depends on the partial match. */
export const ASK = 2

/** Who owns the rows that a matcher is about. Keys and rows are its numbers. */
export interface MatcherHost {
  /** Does the row at hand meet a condition, given what was taken so far? `entry`: of `buffer`; -1: nothing was. */
  holds(condition: number, entry: number): boolean
  /** The row at hand is taken for the first time: its number, which stays until `releaseRow`. */
  keepRow(): number
  releaseRow(row: number): void
  /** A match that ends with `entry`. `at`: the time of the row, or the deadline, that completed or freed it. */
  match(entry: number, key: number, at: number): void
  /** A partial match ran out of time at `at` with `ways` ways still open. */
  timeout(entry: number, key: number, timeout: { readonly at: number; readonly ways: number }): void
  /** What is open for a key may have changed. */
  changed(key: number): void
  /** There are `maxPartials` already: a further one is not followed, unless this throws. */
  refusePartial(key: number): void
}

export interface MatcherOptions {
  readonly skip: SkipStrategy
  /** Open partial matches of all keys together. */
  readonly maxPartials: number
}

/**
 * Finds the matches of a pattern in the rows of many keys, which come in order of time. Before each row the host fills `truth`; conditions that
 * look at rows taken before are asked for when they matter. Costs a row what its key has open.
 */
export class Matcher {
  readonly nfa: Nfa
  readonly buffer: MatchBuffer
  readonly partials = new PartialTable()
  /** By condition: does the row at hand meet it? 0 no, 1 yes, `ASK`. */
  readonly truth: Uint8Array
  readonly finished: Finished
  readonly #ways: WayTable
  readonly #start: number
  readonly #host: MatcherHost
  readonly #maxPartials: number
  readonly #expiry: Expiry
  readonly #taken: number[] = []
  /** Answers of the host for the partial match at hand, each with the stamp of when it was given. */
  readonly #answers: Uint8Array
  readonly #stamps: Float64Array
  #stamp = 0
  #ordinal = 0
  #row = -1
  #time = 0
  #key = 0
  /** The list of the key while it is made anew. */
  #head = -1
  #tail = -1

  constructor(nfa: Nfa, host: MatcherHost, { skip, maxPartials }: MatcherOptions) {
    this.nfa = nfa
    this.#host = host
    this.#maxPartials = maxPartials
    this.#ways = new WayTable(nfa)
    this.#start = nfa.stepOf.length
    this.buffer = new MatchBuffer((row) => host.releaseRow(row))
    this.truth = new Uint8Array(nfa.conditions.length)
    this.#answers = new Uint8Array(nfa.conditions.length)
    this.#stamps = new Float64Array(nfa.conditions.length)
    this.finished = new Finished(this, host, skip)
    this.#expiry = new Expiry(this, host, this.#ways)
  }

  /** Rows seen so far; matches that begin with earlier rows are told first. */
  get ordinal(): number {
    return this.#ordinal
  }

  set ordinal(ordinal: number) {
    this.#ordinal = ordinal
  }

  /** Is anything open for a key? Else it can be forgotten. */
  isIdle(key: number): boolean {
    return this.partials.headOf(key) < 0 && !this.finished.has(key)
  }

  /** The earliest time at which `advance` has something to do. */
  get nextDeadline(): number {
    return this.#expiry.next
  }

  /** Takes the next row of a key. Times never go back; `advance` must have been called up to this time. */
  take(key: number, time: number): void {
    const { partials } = this
    this.#key = key
    this.#time = time
    this.#row = -1
    let partial = partials.headOf(key)
    if (partial >= 0) {
      this.#head = -1
      this.#tail = -1
      while (partial >= 0) {
        const next = partials.next[partial]!
        this.#judge(partial)
        partial = next
      }
      this.#begin()
      partials.setHead(key, this.#head)
      if (this.finished.isHolding) this.finished.settle(key, time)
      this.#host.changed(key)
    } else this.#beginAlone(key, time)
    if (this.#row >= 0) this.buffer.dropRow(this.#row)
    this.#ordinal += 1
  }

  /** As the rest of `take`, for a key without partial matches. */
  #beginAlone(key: number, time: number): void {
    this.#head = -1
    this.#tail = -1
    this.#begin()
    if (this.#head >= 0) this.partials.setHead(key, this.#head)
    if (this.#row < 0) return
    if (this.finished.isHolding) this.finished.settle(key, time)
    this.#host.changed(key)
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
      const next = partials.next[partial]!
      if (isKept(partial)) this.#append(partial)
      else {
        const entry = partials.entries[partial]!
        partials.release(partial)
        this.buffer.release(entry)
      }
      partial = next
    }
    partials.setHead(key, this.#head)
  }

  /** Does the row at hand meet a condition? */
  #holds(condition: number, entry: number): boolean {
    const truth = this.truth[condition]!
    if (truth !== ASK) return truth === 1
    if (this.#stamps[condition] !== this.#stamp) {
      this.#stamps[condition] = this.#stamp
      this.#answers[condition] = this.#host.holds(condition, entry) ? 1 : 0
    }
    return this.#answers[condition] === 1
  }

  /** The ways of a partial match past the row at hand. */
  #judge(partial: number): void {
    const { partials } = this
    const position = partials.positions[partial]!
    const entry = partials.entries[partial]!
    const isFresh = partials.fresh[partial] === 1
    const first = this.#ways.first[position]!
    let left = 0
    this.#stamp += 1
    this.#taken.length = 0
    for (let bits = partials.open[partial]!; bits !== 0; ) {
      const bit = bits & -bits
      bits ^= bit
      if (this.#goes(first + 31 - Math.clz32(bit), entry, isFresh)) left |= bit
    }
    if (left === 0) partials.release(partial)
    if (this.#taken.length > 0) {
      const startTime = partials.startTimes[partial]!
      const startOrdinal = partials.startOrdinals[partial]!
      for (let t = 0; t < this.#taken.length; t += 1) this.#extend(this.#taken[t]!, entry, startTime, startOrdinal)
    }
    if (left === 0) this.buffer.release(entry)
    else {
      partials.open[partial] = left
      partials.fresh[partial] = 0
      this.#append(partial)
    }
  }

  /** Tries one way with the row at hand: notes the position if the row is taken. True: the way stays open. */
  #goes(way: number, entry: number, isFresh: boolean): boolean {
    const ways = this.#ways
    const target = ways.target[way]!
    const contiguity = ways.contiguity[way]!
    if (ways.isPlain[way] === 1) {
      const fits = this.#holds(ways.condition[way]!, entry)
      if (fits && !this.#taken.includes(target)) this.#taken.push(target)
      return contiguity === ANY || (contiguity !== STRICT && !fits)
    }
    if (this.#isBarred(way, entry, isFresh)) return false
    if (target < 0) {
      if (target === AT_NEXT_ROW) this.#taken.push(target)
      return target === AT_DEADLINE
    }
    const fits = this.#holds(ways.condition[way]!, entry)
    const stop = ways.notTaken[way]!
    if (fits && !this.#taken.includes(target) && !(stop >= 0 && this.#holds(stop, entry))) this.#taken.push(target)
    return contiguity === ANY || (contiguity !== STRICT && !fits)
  }

  #isBarred(way: number, entry: number, isFresh: boolean): boolean {
    const ways = this.#ways
    const gate = ways.gates[way]!
    if (isFresh && gate !== null && this.#holds(gate.condition, entry) !== gate.meets) return true
    for (const condition of ways.bans[way]!) if (this.#holds(condition, entry)) return true
    if (isFresh) for (const condition of ways.nextBans[way]!) if (this.#holds(condition, entry)) return true
    return false
  }

  #begin(): void {
    this.#stamp += 1
    this.#taken.length = 0
    const to = this.#ways.first[this.#start + 1]!
    for (let way = this.#ways.first[this.#start]!; way < to; way += 1) this.#goes(way, -1, true)
    for (const target of this.#taken) this.#extend(target, -1, this.#time, this.#ordinal)
  }

  /** The row at hand is taken for a position. */
  #extend(target: number, parent: number, startTime: number, startOrdinal: number): void {
    const { buffer, partials } = this
    if (target === AT_NEXT_ROW) {
      this.finished.complete({ entry: parent, key: this.#key, startOrdinal, at: this.#time })
      return
    }
    if (this.#row < 0) {
      this.#row = this.#host.keepRow()
      buffer.holdRow(this.#row)
    }
    const entry = buffer.add(parent, target, this.#row, this.#ordinal)
    if (this.nfa.accepts[target] === 1) this.finished.complete({ entry, key: this.#key, startOrdinal, at: this.#time })
    const open = this.#ways.all(target)
    if (open === 0) {
      buffer.release(entry)
      return
    }
    if (partials.size >= this.#maxPartials) {
      this.#host.refusePartial(this.#key)
      buffer.release(entry)
      return
    }
    const partial = partials.take()
    partials.positions[partial] = target
    partials.open[partial] = open
    partials.fresh[partial] = 1
    partials.entries[partial] = entry
    partials.startTimes[partial] = startTime
    partials.startOrdinals[partial] = startOrdinal
    partials.lastTimes[partial] = this.#time
    this.#append(partial)
    if (parent < 0) this.#expiry.begun(startTime, this.#key)
    this.#expiry.arrived(target, this.#time, this.#key)
  }

  #append(partial: number): void {
    const { next } = this.partials
    next[partial] = -1
    if (this.#tail >= 0) next[this.#tail] = partial
    else this.#head = partial
    this.#tail = partial
  }

  /** Puts a partial match behind those of its key, while state is read back; its entry is the caller's reference. */
  restore(key: number, match: PartialMatch): void {
    const { partials } = this
    const partial = partials.take()
    partials.write(partial, match)
    partials.next[partial] = -1
    let last = partials.headOf(key)
    if (last < 0) partials.setHead(key, partial)
    else {
      while (partials.next[last]! >= 0) last = partials.next[last]!
      partials.next[last] = partial
    }
  }

  /** Sets the deadlines of what was restored: all partial matches of these keys. */
  restoreDeadlines(keys: Iterable<number>): void {
    this.#expiry.restore(keys)
  }
}
