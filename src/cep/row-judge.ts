import type { Nfa } from './nfa.ts'
import { ANY, AT_DEADLINE, AT_NEXT_ROW, STRICT } from './nfa.ts'
import type { WayTable } from './way-table.ts'

/** Does the row at hand meet a condition, given what was taken so far? `entry`: of the match buffer; -1: nothing was. */
export type Holds = (condition: number, entry: number) => boolean

/** Says what the row at hand does to a partial match: which ways it leaves open, and for which positions it is taken. */
export class RowJudge {
  /** Words of truths that a row has, see `RowsInOrder`. */
  readonly words: number
  /** Those of the rows at hand, and where those of the row at hand begin. */
  #truths: Int32Array = new Int32Array(0)
  #at = 0
  /** Positions (or `AT_NEXT_ROW`) that take the row, each once: the first `takers` of them. */
  readonly taken: Int32Array
  takers = 0
  readonly #ways: WayTable
  readonly #start: number
  /** Truths: a row with one of them begins a match, any other one does not. null: that depends on more. */
  readonly beginners: Int32Array | null
  /** By position, words of truths: a row with none of them is not taken there, nor judged: it closes the strict ways. */
  readonly #wanted: Int32Array
  /** By condition: is it one that looks at rows taken before? */
  readonly #isDependent: Uint8Array
  readonly #holds: Holds
  /** Answers of the host for the partial match at hand, each with the stamp of when it was given. */
  readonly #answers: Uint8Array
  readonly #stamps: Float64Array
  #stamp = 0

  constructor({ stepOf, conditions }: Nfa, ways: WayTable, dependent: ReadonlySet<number>, holds: Holds) {
    this.#ways = ways
    this.#holds = holds
    this.#start = stepOf.length
    this.words = wordsFor(conditions.length)
    this.taken = new Int32Array(Math.max(...ways.first.map((first, p) => (ways.first[p + 1] ?? first) - first)))
    this.#isDependent = Uint8Array.from(conditions, (_, c) => (dependent.has(c) ? 1 : 0))
    this.#answers = new Uint8Array(conditions.length)
    this.#stamps = new Float64Array(conditions.length)
    this.#wanted = new Int32Array((this.#start + 1) * this.words)
    for (let way = 0, p = 0; way < ways.target.length; way += 1) {
      while (way >= ways.first[p + 1]!) p += 1
      const condition = ways.condition[way]!
      if (ways.isPlain[way] === 1) this.#wanted[p * this.words + (condition >> 5)]! |= 1 << condition
    }
    const begin = this.#start * this.words
    this.beginners = ways.arePlain[this.#start] === 1 ? this.#wanted.slice(begin) : null
  }

  /** Row n of `truths` is at hand. */
  look(truths: Int32Array, n: number): void {
    this.#truths = truths
    this.#at = n * this.words
  }

  /** Does the row at hand want no more than to be passed by at a position? */
  isPassing(position: number): boolean {
    return this.#ways.arePlain[position] === 1 && !this.#isWanted(position)
  }

  /** False: the row at hand begins nothing. */
  mayBegin(): boolean {
    return this.beginners === null || this.#isWanted(this.#start)
  }

  #isWanted(position: number): boolean {
    const { words } = this
    for (let w = 0; w < words; w += 1)
      if ((this.#wanted[position * words + w]! & this.#truths[this.#at + w]!) !== 0) return true
    return false
  }

  /** Fills `taken` with the positions that the row at hand begins with. */
  begin(): void {
    this.#stamp += 1
    this.takers = 0
    const to = this.#ways.first[this.#start + 1]!
    for (let way = this.#ways.first[this.#start]!; way < to; way += 1) this.#goes(way, -1, true)
  }

  /** Those of the `open` ways of a position that stay open, one bit each; fills `taken`. `isFresh`: no row was skipped there yet. */
  judge(position: number, open: number, entry: number, isFresh: boolean): number {
    const first = this.#ways.first[position]!
    let left = 0
    this.#stamp += 1
    this.takers = 0
    for (let bits = open; bits !== 0; ) {
      const bit = bits & -bits
      bits ^= bit
      if (this.#goes(first + 31 - Math.clz32(bit), entry, isFresh)) left |= bit
    }
    return left
  }

  /** Tries one way with the row at hand. True: the way stays open. */
  #goes(way: number, entry: number, isFresh: boolean): boolean {
    const ways = this.#ways
    const contiguity = ways.contiguity[way]!
    if (ways.isPlain[way] === 1) {
      const condition = ways.condition[way]!
      const fits = this.#isTrue(condition)
      if (fits) this.#take(ways.target[way]!)
      return contiguity === ANY || (contiguity !== STRICT && !fits)
    }
    if (this.#isBarred(way, entry, isFresh)) return false
    const target = ways.target[way]!
    if (target < 0) {
      if (target === AT_NEXT_ROW) this.#take(target)
      return target === AT_DEADLINE
    }
    const fits = this.#meets(ways.condition[way]!, entry)
    const stop = ways.notTaken[way]!
    if (fits && !(stop >= 0 && this.#meets(stop, entry))) this.#take(target)
    return contiguity === ANY || (contiguity !== STRICT && !fits)
  }

  #take(target: number): void {
    for (let t = 0; t < this.takers; t += 1) if (this.taken[t] === target) return
    this.taken[this.takers] = target
    this.takers += 1
  }

  #isBarred(way: number, entry: number, isFresh: boolean): boolean {
    const ways = this.#ways
    if (isFresh) {
      for (const { condition, meets } of ways.gates[way]!) if (this.#meets(condition, entry) !== meets) return true
    }
    for (const condition of ways.bans[way]!) if (this.#meets(condition, entry)) return true
    if (isFresh) for (const condition of ways.nextBans[way]!) if (this.#meets(condition, entry)) return true
    return false
  }

  #isTrue(condition: number): boolean {
    return ((this.#truths[this.#at + (condition >> 5)]! >>> condition) & 1) === 1
  }

  /** Does the row at hand meet a condition? */
  #meets(condition: number, entry: number): boolean {
    if (this.#isDependent[condition] === 0) return this.#isTrue(condition)
    if (this.#stamps[condition] !== this.#stamp) {
      this.#stamps[condition] = this.#stamp
      this.#answers[condition] = this.#holds(condition, entry) ? 1 : 0
    }
    return this.#answers[condition] === 1
  }
}

/** Words that hold one bit for each of so many conditions. */
export const wordsFor = (conditions: number): number => Math.max(1, Math.ceil(conditions / 32))
