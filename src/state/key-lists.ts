import { grown } from './grown.ts'

const FIRST_CAPACITY = 64

/** The rows of one key: `rows[i]`, start <= i < end, in order. Valid until rows are added or taken out, or another key is asked for. */
export interface KeyRows {
  rows: Int32Array
  start: number
  end: number
}

/** Row numbers by key slot, those of a key in an order that the owner gives. A key with one row, as most have, needs no list. */
export class KeyLists {
  readonly #isBefore: (a: number, b: number) => boolean
  /** By slot: 0: no rows; row + 1; or -1 - number of the list. */
  #entries = new Int32Array(FIRST_CAPACITY)
  readonly #lists: KeyRows[] = []
  readonly #free: number[] = []
  readonly #single: KeyRows = { rows: new Int32Array(1), start: 0, end: 0 }

  /** `isBefore` is a total order. */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore
  }

  rowsOf(slot: number): KeyRows {
    const entry = slot < this.#entries.length ? this.#entries[slot]! : 0
    if (entry < 0) return this.#lists[-1 - entry]!
    this.#single.rows[0] = entry - 1
    this.#single.end = entry === 0 ? 0 : 1
    return this.#single
  }

  add(slot: number, row: number): void {
    if (slot >= this.#entries.length) this.#entries = grown(this.#entries, Math.max(slot + 1, this.#entries.length * 2))
    const entry = this.#entries[slot]!
    if (entry === 0) {
      this.#entries[slot] = row + 1
      return
    }
    const list = entry < 0 ? this.#lists[-1 - entry]! : this.#newList(slot, entry - 1)
    if (list.end === list.rows.length) fit(list, (list.end - list.start) * 2)
    const at = this.#placeOf(list, row)
    if (at < list.end) list.rows.copyWithin(at + 1, at, list.end)
    list.rows[at] = row
    list.end += 1
  }

  remove(slot: number, row: number): void {
    const entry = this.#entries[slot]!
    if (entry > 0) {
      this.#entries[slot] = 0
      return
    }
    const list = this.#lists[-1 - entry]!
    if (list.rows[list.start] === row) list.start += 1
    else {
      const at = this.#placeOf(list, row) - 1
      list.rows.copyWithin(at, at + 1, list.end)
      list.end -= 1
    }
    const length = list.end - list.start
    if (length === 0) this.#drop(slot, -1 - entry)
    else if (list.rows.length > 16 && length * 4 < list.rows.length) fit(list, length * 2)
  }

  clear(): void {
    this.#entries.fill(0)
    this.#lists.length = 0
    this.#free.length = 0
  }

  #newList(slot: number, first: number): KeyRows {
    const number = this.#free.pop() ?? this.#lists.push({ rows: new Int32Array(4), start: 0, end: 0 }) - 1
    const list = this.#lists[number]!
    list.rows[0] = first
    list.start = 0
    list.end = 1
    this.#entries[slot] = -1 - number
    return list
  }

  #drop(slot: number, number: number): void {
    const list = this.#lists[number]!
    this.#entries[slot] = 0
    if (list.rows.length > 64) list.rows = new Int32Array(4)
    this.#free.push(number)
  }

  /** Behind the rows that are not after it. Most come in order, so the end is tried first. */
  #placeOf({ rows, start, end }: KeyRows, row: number): number {
    if (!this.#isBefore(row, rows[end - 1]!)) return end
    let [low, high] = [start, end - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#isBefore(row, rows[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
}

function fit(list: KeyRows, capacity: number): void {
  const rows = new Int32Array(Math.max(4, capacity))
  rows.set(list.rows.subarray(list.start, list.end))
  list.rows = rows
  list.end -= list.start
  list.start = 0
}
