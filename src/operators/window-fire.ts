import type { Batch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { AccumulatorLayout } from '../state/accumulator-table.ts'
import { MergedPane } from '../state/merged-pane.ts'
import { Pane } from '../state/pane.ts'
import type { ResultHeader, ResultWriter } from './result-writer.ts'

/**
 * The results of windows. One that fires is begun once, made ready piece by piece, then written by as much as fits. A window of one pane is read
 * from the pane itself; several are merged, ascending by start, which takes memory for one window's groups.
 */
export class WindowFiring {
  readonly #layout: AccumulatorLayout
  readonly #writer: ResultWriter
  readonly #single: Pane
  #merged: MergedPane
  #pane: Pane | MergedPane | null = null
  /** Those to write; null: not known yet. */
  #rows: Int32Array | null = null
  #next = 0

  constructor(layout: AccumulatorLayout, writer: ResultWriter) {
    this.#layout = layout
    this.#writer = writer
    this.#merged = new MergedPane(layout)
    this.#single = new Pane(layout)
  }

  get isBegun(): boolean {
    return this.#pane !== null
  }

  /** `panes`: those of the window, ascending by start, at least one. They may not change until `write` is done. */
  begin(panes: readonly Pane[]): void {
    this.#next = 0
    if (panes.length === 1 && panes[0]!.isByArrival()) {
      this.#pane = panes[0]!
      this.#rows = this.#pane.liveRows()
    } else {
      this.#pane = this.#merged
      this.#merged.begin(panes)
    }
  }

  /** Does a piece of what is to be done before `write`: some milliseconds. True: that was all. */
  prepare(): boolean {
    if (this.#rows !== null) return true
    if (this.#merged.step()) this.#rows = this.#merged.rowsByArrival()
    return this.#rows !== null
  }

  /** Writes what fits, once all is prepared. True: that was all of the window. */
  write(out: Batch, header: ResultHeader): boolean {
    const ready = this.#rows!
    const count = Math.min(ready.length - this.#next, out.capacity - out.length)
    if (count > 0) {
      const rows = ready.subarray(this.#next, this.#next + count)
      this.#writer.appendInserts(out, header, this.#pane!, rows)
    }
    this.#next += count
    if (this.#next < ready.length) return false
    if (this.#pane === this.#merged && !this.#merged.clear()) this.#merged = new MergedPane(this.#layout)
    this.#pane = null
    this.#rows = null
    return true
  }

  /** The result of one key over the panes of a window; null: it has no rows there. */
  resultOf(panes: readonly Pane[], slot: number): Value[] | null {
    return this.groupOf(panes, slot)?.values ?? null
  }

  /** The same, with when the key first came there; null: it is in none of the panes. */
  groupOf(panes: readonly Pane[], slot: number): { readonly values: Value[] | null; readonly arrival: number } | null {
    const single = this.#single
    single.clear()
    for (const pane of panes) {
      const row = pane.rowOf(slot)
      if (row >= 0) single.merge(single.length > 0 ? 0 : single.append(slot, pane.arrivals[row]!), pane, row)
    }
    if (single.length === 0) return null
    return { values: single.isLive(0) ? single.results(0) : null, arrival: single.arrivals[0]! }
  }
}
