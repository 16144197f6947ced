import type { Batch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { AccumulatorLayout } from '../state/accumulator-table.ts'
import { Pane } from '../state/pane.ts'
import type { ResultHeader, ResultWriter } from './result-writer.ts'

/** Room that is kept for the next merge; more is given back. */
const KEPT_ROWS = 16384

/**
 * The results of windows. One that fires is begun once, then written by as much as fits. A window of one pane is read from the pane
 * itself; several are merged, ascending by start, which takes memory for one window's groups.
 */
export class WindowFiring {
  readonly #layout: AccumulatorLayout
  readonly #writer: ResultWriter
  readonly #single: Pane
  #merged: Pane
  #pane: Pane | null = null
  #rows: Int32Array = new Int32Array(0)
  #next = 0

  constructor(layout: AccumulatorLayout, writer: ResultWriter) {
    this.#layout = layout
    this.#writer = writer
    this.#merged = new Pane(layout)
    this.#single = new Pane(layout)
  }

  get isBegun(): boolean {
    return this.#pane !== null
  }

  /** `panes`: those of the window, ascending by start, at least one. They may not change until `write` is done. */
  begin(panes: readonly Pane[]): void {
    if (panes.length > 1) for (const pane of panes) mergePane(this.#merged, pane)
    this.#pane = panes.length > 1 ? this.#merged : panes[0]!
    this.#rows = this.#pane.rowsByArrival()
    this.#next = 0
  }

  /** Writes what fits. True: that was all of the window. */
  write(out: Batch, header: ResultHeader): boolean {
    const count = Math.min(this.#rows.length - this.#next, out.capacity - out.length)
    if (count > 0) {
      const rows = this.#rows.subarray(this.#next, this.#next + count)
      this.#writer.appendInserts(out, header, this.#pane!, rows)
    }
    this.#next += count
    if (this.#next < this.#rows.length) return false
    this.#pane = null
    this.#rows = new Int32Array(0)
    if (this.#merged.capacity > KEPT_ROWS) this.#merged = new Pane(this.#layout)
    else if (this.#merged.length > 0) this.#merged.clear()
    return true
  }

  /** The result of one key over the panes of a window; null: it has no rows there. */
  resultOf(panes: readonly Pane[], slot: number): Value[] | null {
    const single = this.#single
    single.clear()
    for (const pane of panes) {
      const row = pane.rowOf(slot)
      if (row >= 0) single.merge(single.length > 0 ? 0 : single.append(slot, pane.arrivals[row]!), pane, row)
    }
    return single.length > 0 && single.isLive(0) ? single.results(0) : null
  }
}

function mergePane(into: Pane, pane: Pane): void {
  for (let row = 0; row < pane.length; row += 1) {
    const slot = pane.slots[row]!
    const known = into.rowOf(slot)
    into.merge(known >= 0 ? known : into.append(slot, pane.arrivals[row]!), pane, row)
  }
}
