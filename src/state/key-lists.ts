import { grown } from '../data/grown.ts'
import { IntStack } from './int-stack.ts'

const FIRST_CAPACITY = 64
/** Rows that the smallest list has room for; each next kind has twice as much. */
const LEAST_ROOM = 4

/** The rows of one key: `rows[i]`, start <= i < end, in order. Valid until rows are added or taken out, or another key is asked for. */
export interface KeyRows {
  rows: Int32Array
  start: number
  end: number
}

/**
 * Row numbers by key slot, those of a key in an order that the owner gives. A key with one row, as most have, needs no list. Lists are stretches of one array, which
 * are used again.
 */
export class KeyLists {
  readonly #isBefore: (a: number, b: number) => boolean
  /** By slot: 0: no rows; row + 1; or -1 - number of the list. */
  #entries = new Int32Array(FIRST_CAPACITY)
  #memory = new Int32Array(FIRST_CAPACITY)
  /** Of the memory; what follows was never used. */
  #used = 0
  /** By list: where in the memory its room begins, how many times that is doubled, and the places that its rows have. */
  #bases = new Int32Array(FIRST_CAPACITY)
  #kinds = new Uint8Array(FIRST_CAPACITY)
  #starts = new Int32Array(FIRST_CAPACITY)
  #ends = new Int32Array(FIRST_CAPACITY)
  #lists = 0
  readonly #freeLists = new IntStack()
  /** Rooms that are free, by kind. */
  readonly #freeRooms: IntStack[] = []
  readonly #one = new Int32Array(1)
  readonly #found: KeyRows = { rows: this.#one, start: 0, end: 0 }

  /** `isBefore` is a total order. */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore
  }

  rowsOf(slot: number): KeyRows {
    const entry = slot < this.#entries.length ? this.#entries[slot]! : 0
    const found = this.#found
    if (entry < 0) {
      found.rows = this.#memory
      found.start = this.#starts[-1 - entry]!
      found.end = this.#ends[-1 - entry]!
      return found
    }
    this.#one[0] = entry - 1
    found.rows = this.#one
    found.start = 0
    found.end = entry === 0 ? 0 : 1
    return found
  }

  add(slot: number, row: number): void {
    if (slot >= this.#entries.length) this.#entries = grown(this.#entries, Math.max(slot + 1, this.#entries.length * 2))
    const entry = this.#entries[slot]!
    if (entry === 0) this.#entries[slot] = row + 1
    else this.#insert(entry < 0 ? -1 - entry : this.#newList(slot, entry - 1), row)
  }

  remove(slot: number, row: number): void {
    const entry = this.#entries[slot]!
    if (entry > 0) this.#entries[slot] = 0
    else this.#takeOut(slot, -1 - entry, row)
  }

  clear(): void {
    this.#entries.fill(0)
    this.#memory = new Int32Array(FIRST_CAPACITY)
    this.#used = 0
    this.#lists = 0
    this.#freeLists.clear()
    this.#freeRooms.length = 0
  }

  #insert(list: number, row: number): void {
    const room = LEAST_ROOM << this.#kinds[list]!
    if (this.#ends[list] === this.#bases[list]! + room) {
      const isHalfEmpty = 2 * (this.#ends[list]! - this.#starts[list]!) <= room
      this.#moveTo(list, isHalfEmpty ? this.#bases[list]! : this.#growRoom(list))
    }
    const at = this.#placeOf(list, row)
    const end = this.#ends[list]!
    if (at < end) this.#memory.copyWithin(at + 1, at, end)
    this.#memory[at] = row
    this.#ends[list] = end + 1
  }

  #takeOut(slot: number, list: number, row: number): void {
    if (this.#memory[this.#starts[list]!] === row) this.#starts[list]! += 1
    else {
      const at = this.#placeOf(list, row) - 1
      this.#memory.copyWithin(at, at + 1, this.#ends[list]!)
      this.#ends[list]! -= 1
    }
    if (this.#starts[list] !== this.#ends[list]) return
    this.#entries[slot] = 0
    this.#roomsOf(this.#kinds[list]!).push(this.#bases[list]!)
    this.#freeLists.push(list)
  }

  #newList(slot: number, first: number): number {
    const free = this.#freeLists.pop()
    const list = free >= 0 ? free : this.#lists++
    if (list >= this.#bases.length) this.#reserve(list * 2)
    const base = this.#roomOf(0)
    this.#memory[base] = first
    this.#bases[list] = base
    this.#kinds[list] = 0
    this.#starts[list] = base
    this.#ends[list] = base + 1
    this.#entries[slot] = -1 - list
    return list
  }

  /** Puts the rows of a list at the beginning of a room. */
  #moveTo(list: number, base: number): void {
    const [start, end] = [this.#starts[list]!, this.#ends[list]!]
    this.#memory.copyWithin(base, start, end)
    this.#bases[list] = base
    this.#starts[list] = base
    this.#ends[list] = base + end - start
  }

  /** Gives a list a room twice as large; its rows are still where they were. */
  #growRoom(list: number): number {
    const kind = this.#kinds[list]!
    const base = this.#roomOf(kind + 1)
    this.#roomsOf(kind).push(this.#bases[list]!)
    this.#kinds[list] = kind + 1
    return base
  }

  #roomOf(kind: number): number {
    const free = this.#roomsOf(kind).pop()
    if (free >= 0) return free
    const base = this.#used
    this.#used += LEAST_ROOM << kind
    if (this.#used > this.#memory.length)
      this.#memory = grown(this.#memory, Math.max(this.#used, this.#memory.length * 2))
    return base
  }

  #roomsOf(kind: number): IntStack {
    while (this.#freeRooms.length <= kind) this.#freeRooms.push(new IntStack())
    return this.#freeRooms[kind]!
  }

  #reserve(lists: number): void {
    this.#bases = grown(this.#bases, lists)
    this.#kinds = grown(this.#kinds, lists)
    this.#starts = grown(this.#starts, lists)
    this.#ends = grown(this.#ends, lists)
  }

  /** Behind the rows that are not after it. Most come in order, so the end is tried first. */
  #placeOf(list: number, row: number): number {
    const rows = this.#memory
    const end = this.#ends[list]!
    if (!this.#isBefore(row, rows[end - 1]!)) return end
    let [low, high] = [this.#starts[list]!, end - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#isBefore(row, rows[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** The first place in `rows`, which are in order of time, with one at `time` or later. `times`: by row. */
export function firstAt({ rows, start, end }: KeyRows, times: Float64Array, time: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[rows[middle]!]! < time) low = middle + 1
    else high = middle
  }
  return low
}
