import type { Pane, PaneBounds } from '../state/pane.ts'
import type { PaneTable } from '../state/pane-table.ts'
import { isFinal, isLate } from '../time/watermark.ts'
import type { WindowAssigner } from '../windows/window.ts'

/** Where the slice that begins at `start` ends, and which windows it is part of. */
export const boundsOf = (windows: WindowAssigner, start: number): PaneBounds => ({
  end: windows.nextSlice(start),
  firstEnd: windows.firstWindowEnd(start),
  lastEnd: windows.lastWindowEnd(start),
})

/**
 * Which window fires next, and how long panes are kept. A window has fired if it was final at the operator's watermark: so a restored
 * operator knows it from the watermark alone. Windows without rows are passed over.
 */
export class WindowSchedule {
  /** The operator's watermark: all windows with rows that it makes final have fired. */
  watermark = -Infinity
  /** The end of the next window to fire: the least that is not fired yet, of a window with rows; Infinity: there is none. */
  nextEnd = Infinity
  readonly #windows: WindowAssigner
  readonly #panes: PaneTable
  readonly #allowedLateness: number
  /** While windows fire, they are ahead of the watermark. */
  #firedEnd = -Infinity
  /** The end of the last window of the oldest pane. */
  #oldestEnd = Infinity

  constructor(windows: WindowAssigner, panes: PaneTable, allowedLateness: number) {
    this.#windows = windows
    this.#panes = panes
    this.#allowedLateness = allowedLateness
  }

  /** Does anything happen at `watermark`: a window fires, or a pane expires? */
  isDue(watermark: number): boolean {
    return isFinal(this.nextEnd, watermark) || isLate(this.#oldestEnd, this.#allowedLateness, watermark)
  }

  hasFired(end: number): boolean {
    return end <= this.#firedEnd || isFinal(end, this.watermark)
  }

  /** Finds what comes next after panes came or went. */
  plan(): void {
    const { panes } = this.#panes
    this.#oldestEnd = panes.length > 0 ? panes[0]!.bounds.lastEnd : Infinity
    const pane = this.#firstOpenPane()
    this.nextEnd = pane === undefined ? Infinity : this.#firstOpenEnd(pane)
  }

  /** The window that ends at `nextEnd` has fired on the way to `watermark`. */
  setFired(watermark: number): void {
    this.#firedEnd = this.nextEnd
    this.#dropExpired(watermark)
    this.plan()
  }

  /** All windows that `watermark` makes final have fired. */
  setWatermark(watermark: number): void {
    this.watermark = watermark
    if (!isLate(this.#oldestEnd, this.#allowedLateness, watermark)) return
    this.#dropExpired(watermark)
    this.plan()
  }

  /** Drops the panes that no row can reach any more, once their windows have fired. Their last windows end in the order of the panes. */
  #dropExpired(watermark: number): void {
    const { panes } = this.#panes
    let count = 0
    while (count < panes.length && this.#isExpired(panes[count]!, watermark)) count += 1
    if (count > 0) this.#panes.dropFirst(count)
  }

  #isExpired({ bounds }: Pane, watermark: number): boolean {
    return isLate(bounds.lastEnd, this.#allowedLateness, watermark) && this.hasFired(bounds.lastEnd)
  }

  /** Panes of which every window has fired stand before all others. */
  #firstOpenPane(): Pane | undefined {
    const { panes } = this.#panes
    let low = 0
    let high = panes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.hasFired(panes[middle]!.bounds.lastEnd)) low = middle + 1
      else high = middle
    }
    return panes[low]
  }

  #firstOpenEnd({ bounds }: Pane): number {
    let end = Math.max(bounds.firstEnd, this.#firedEnd)
    while (this.hasFired(end)) end = this.#windows.nextWindowEnd(end)
    return end
  }
}
