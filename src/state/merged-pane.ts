import { NaturalOrder } from '../base/natural-order.ts'
import { grown } from '../data/grown.ts'
import { type AccumulatorLayout, AccumulatorTable } from './accumulator-table.ts'
import type { Pane } from './pane.ts'

/** Rows that one `step` merges or orders: some milliseconds. */
const STEP_ROWS = 1 << 16
/** Room that is kept for the next merge; more is given back. */
const KEPT_ROWS = 1 << 16
const KEPT_SLOTS = 1 << 18
/** Arrivals that lie so close together are put in order by place. */
const MOST_PLACES = 1 << 18

/**
 * The groups of several panes, merged in the order of the panes: piece by piece, so that a window of a million groups holds nothing up. Key slots
 * are dense, so an array leads from them to rows.
 */
export class MergedPane extends AccumulatorTable {
  /** Key slot by row. */
  slots: Int32Array
  length = 0
  /** Row + 1 by key slot; 0: none. */
  #rowOf = new Int32Array(1024)
  #targets = new Int32Array(0)
  #panes: readonly Pane[] = []
  /** What is merged next: rows from `#row` on of `#panes[#pane]`. */
  #pane = 0
  #row = 0
  #order: NaturalOrder | null = null
  /** Row + 1 by arrival. */
  #places = new Int32Array(0)

  constructor(layout: AccumulatorLayout) {
    super(layout)
    this.slots = new Int32Array(this.capacity)
  }

  /** Takes up the panes; they may not change until `step` has said that all is merged. There must be no rows. */
  begin(panes: readonly Pane[]): void {
    this.#panes = panes
    this.#pane = 0
    this.#row = 0
    this.#order = null
  }

  /** Does a piece of the work; true when all is done and `rowsByArrival` can be asked. */
  step(): boolean {
    for (let left = STEP_ROWS; left > 0; ) {
      const pane = this.#panes[this.#pane]
      if (pane === undefined) {
        if (this.#stepOrder()) return true
        left -= this.length
        continue
      }
      const to = Math.min(pane.length, this.#row + left)
      if (to > this.#row) this.#mergeRows(pane, this.#row, to)
      left -= to - this.#row
      this.#row = to
      if (to < pane.length) continue
      this.#pane += 1
      this.#row = 0
    }
    return false
  }

  #stepOrder(): boolean {
    this.#order ??= new NaturalOrder(this.#placedRows() ?? this.#liveRows(), this.arrivals)
    return this.#order.step()
  }

  /** Rows with input in the order in which their keys first came. */
  rowsByArrival(): Int32Array {
    return this.#order!.rows
  }

  /** Rows with input in order of arrival, if arrivals, which are whole numbers and all different, lie close together; else null. */
  #placedRows(): Int32Array | null {
    const { arrivals, length } = this
    let first = Infinity
    let last = -Infinity
    for (let row = 0; row < length; row += 1) {
      const arrival = arrivals[row]!
      if (arrival < first) first = arrival
      if (arrival > last) last = arrival
    }
    const places = last - first + 1
    if (!(places <= MOST_PLACES)) return null
    if (this.#places.length < places) this.#places = new Int32Array(places)
    const byPlace = this.#places.fill(0, 0, places)
    for (let row = 0; row < length; row += 1) if (this.isLive(row)) byPlace[arrivals[row]! - first] = row + 1
    const rows = new Int32Array(length)
    let count = 0
    for (let place = 0; place < places; place += 1) if (byPlace[place] !== 0) rows[count++] = byPlace[place]! - 1
    return rows.subarray(0, count)
  }

  #mergeRows(pane: Pane, from: number, to: number): void {
    const first = this.length
    const targets = this.#find(pane, from, to)
    if (this.length > first) this.resetAll(first, this.length)
    this.mergeAll(targets, pane, from, to)
  }

  /** The rows that rows [from, to) of `pane` are added to; groups that are new get one, which has to be reset. */
  #find(pane: Pane, from: number, to: number): Int32Array {
    this.reserve(this.length + to - from)
    if (this.#targets.length < to - from) this.#targets = new Int32Array(Math.max(to - from, 1024))
    const targets = this.#targets
    const { slots, arrivals } = this
    let { length } = this
    for (let row = from; row < to; row += 1) {
      const slot = pane.slots[row]!
      const arrival = pane.arrivals[row]!
      if (slot >= this.#rowOf.length) this.#growTo(slot)
      const known = this.#rowOf[slot]! - 1
      if (known < 0) {
        slots[length] = slot
        arrivals[length] = arrival
        targets[row - from] = length
        length += 1
        this.#rowOf[slot] = length
      } else {
        if (arrival < arrivals[known]!) arrivals[known] = arrival
        targets[row - from] = known
      }
    }
    this.length = length
    return targets
  }

  #growTo(slot: number): void {
    this.#rowOf = grown(this.#rowOf, Math.max(slot + 1, this.#rowOf.length * 2))
  }

  #liveRows(): Int32Array {
    const rows = new Int32Array(this.length)
    let count = 0
    for (let row = 0; row < this.length; row += 1) if (this.isLive(row)) rows[count++] = row
    return rows.subarray(0, count)
  }

  override reserve(rows: number): void {
    super.reserve(rows)
    if (this.slots.length < this.capacity) this.slots = grown(this.slots, this.capacity)
  }

  /** Forgets all rows. False: there is so much room that it is better given back than kept. */
  clear(): boolean {
    if (this.capacity > KEPT_ROWS || this.#rowOf.length > KEPT_SLOTS) return false
    for (let row = 0; row < this.length; row += 1) this.#rowOf[this.slots[row]!] = 0
    for (const column of this.objects) column.length = 0
    this.length = 0
    this.#panes = []
    this.#order = null
    return true
  }
}
