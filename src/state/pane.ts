import { grown } from '../data/grown.ts'
import { type AccumulatorLayout, AccumulatorTable, PAGE_SHIFT } from './accumulator-table.ts'
import { SlotRows } from './slot-rows.ts'

/** Where a pane ends, exclusive, and where the first and the last window that it is part of end; ms. */
export interface PaneBounds {
  readonly end: number
  readonly firstEnd: number
  readonly lastEnd: number
}

/**
 * The groups of one stretch of time: a window, a slice, or several slices merged. Rows are dense, and in the order in which their keys came unless it is merged. Made to
 * be thrown away whole.
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
  readonly #rows = new SlotRows()

  constructor(layout: AccumulatorLayout) {
    super(layout)
    this.slots = new Int32Array(this.capacity)
  }

  /** The row of a key, or -1. */
  rowOf(slot: number): number {
    return this.#rows.rowOf(slot)
  }

  /** Appends an empty row for a key that has none. */
  append(slot: number, arrival: number): number {
    const row = this.length
    if (row === this.capacity) this.reserve(row + 1)
    this.slots[row] = slot
    this.arrivals[row] = arrival
    this.reset(row)
    this.length = row + 1
    this.#rows.append(this.slots, row)
    return row
  }

  override reserve(rows: number): void {
    super.reserve(rows)
    if (this.slots.length < this.capacity) this.slots = grown(this.slots, this.capacity)
  }

  /** Forgets all rows; keeps the room for them. */
  clear(): void {
    for (const column of this.objects) column.length = 0
    this.isDirty.fill(0)
    this.#rows.clear()
    this.length = 0
    this.storedPages = 0
  }

  /** A row was changed by others than `append` and `reset`. */
  touch(row: number): void {
    this.isDirty[row >> PAGE_SHIFT] = 1
  }

  /** Are the rows in the order in which their keys came? Not always where other panes were merged into this one. */
  isByArrival(): boolean {
    const { arrivals, length } = this
    for (let row = 1; row < length; row += 1) if (arrivals[row]! < arrivals[row - 1]!) return false
    return true
  }

  /** Rows with input. They are in the order in which their keys came if `isByArrival`. */
  liveRows(): Int32Array {
    const rows = new Int32Array(this.length)
    let count = 0
    if (this.layout.liveAt < 0) while (count < rows.length) rows[count] = count++
    else for (let row = 0; row < rows.length; row += 1) if (this.isLive(row)) rows[count++] = row
    return rows.subarray(0, count)
  }
}
