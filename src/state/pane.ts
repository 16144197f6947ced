import { type AccumulatorLayout, AccumulatorTable, grown, PAGE_SHIFT } from './accumulator-table.ts'

const FEWEST_PLACES = 32

/** Where a pane ends, exclusive, and where the first and the last window that it is part of end; ms. */
export interface PaneBounds {
  readonly end: number
  readonly firstEnd: number
  readonly lastEnd: number
}

/**
 * The groups of one stretch of time: a window, a slice, or several slices merged. Rows are dense and in the order in which their keys came;
 * an open-addressing table leads from key slot to row. Made to be thrown away whole.
 */
export class Pane extends AccumulatorTable {
  /** Where the stretch of time begins, ms. */
  start = 0
  bounds: PaneBounds = { end: 0, firstEnd: 0, lastEnd: 0 }
  /** Key slot by row. */
  slots: Int32Array
  length = 0
  /** Checkpoint pages that the store holds of this pane. */
  storedPages = 0
  /** Place p: slot at 2p, row + 1 at 2p + 1, 0 there: empty. At most half of the places are taken. */
  #table = new Int32Array(2 * FEWEST_PLACES)
  #mask = FEWEST_PLACES - 1
  #shift = Math.clz32(FEWEST_PLACES) + 1

  constructor(layout: AccumulatorLayout) {
    super(layout)
    this.slots = new Int32Array(this.capacity)
  }

  /** The row of a key, or -1. */
  rowOf(slot: number): number {
    const table = this.#table
    const mask = this.#mask
    let place = Math.imul(slot, 0x9e3779b1) >>> this.#shift
    for (;;) {
      const row = table[2 * place + 1]!
      if (row === 0 || table[2 * place] === slot) return row - 1
      place = (place + 1) & mask
    }
  }

  /** Appends an empty row for a key that has none. */
  append(slot: number, arrival: number): number {
    const row = this.length
    if (row === this.capacity) this.reserve(row + 1)
    if ((row + 1) * 2 > this.#mask) this.#rehash((this.#mask + 1) * 2)
    this.slots[row] = slot
    this.arrivals[row] = arrival
    this.reset(row)
    this.length = row + 1
    this.#enter(row)
    return row
  }

  override reserve(rows: number): void {
    super.reserve(rows)
    if (this.slots.length < this.capacity) this.slots = grown(this.slots, new Int32Array(this.capacity))
  }

  #enter(row: number): void {
    const table = this.#table
    const mask = this.#mask
    const slot = this.slots[row]!
    let place = Math.imul(slot, 0x9e3779b1) >>> this.#shift
    while (table[2 * place + 1] !== 0) place = (place + 1) & mask
    table[2 * place] = slot
    table[2 * place + 1] = row + 1
  }

  #rehash(places: number): void {
    this.#table = new Int32Array(2 * places)
    this.#mask = places - 1
    this.#shift = Math.clz32(places) + 1
    for (let row = 0; row < this.length; row += 1) this.#enter(row)
  }

  /** Forgets all rows; keeps the room for them. */
  clear(): void {
    for (const column of this.objects) column.length = 0
    this.isDirty.fill(0)
    this.#table.fill(0)
    this.length = 0
    this.storedPages = 0
  }

  /** A row was changed by others than `append` and `reset`. */
  touch(row: number): void {
    this.isDirty[row >> PAGE_SHIFT] = 1
  }

  /** Rows with input. They are in the order in which their keys came. */
  liveRows(): Int32Array {
    const rows = new Int32Array(this.length)
    let count = 0
    for (let row = 0; row < this.length; row += 1) if (this.isLive(row)) rows[count++] = row
    return rows.subarray(0, count)
  }
}
