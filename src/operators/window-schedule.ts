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
  /** The end of the first window of the oldest pane that stands for itself alone; only where windows share their start. */
  #nextShared = Infinity
  /** The end of the last window of the oldest pane. */
  #oldestEnd = Infinity

  constructor(windows: WindowAssigner, panes: PaneTable, allowedLateness: number) {
    this.#windows = windows
    this.#panes = panes
    this.#allowedLateness = allowedLateness
  }

  /** Does anything happen at `watermark`: a window fires, or a pane expires? */
  isDue(watermark: number): boolean {
    const oldest = Math.min(this.#oldestEnd, this.#nextShared)
    return isFinal(this.nextEnd, watermark) || isLate(oldest, this.#allowedLateness, watermark)
  }

  /**
   * The pane that rows of a slice go to, by its start. Windows that share their start also share the slices that no open window is without:
   * those are one pane, as in Flink's `CumulativeSliceAssigner`, so that firing the next window does not merge all of them again.
   */
  paneStart(sliceStart: number): number {
    if (this.#windows.kind !== 'cumulate') return sliceStart
    const end = this.#windows.nextSlice(sliceStart)
    return isLate(end, this.#allowedLateness, this.watermark) ? this.#windows.windowStart(end) : sliceStart
  }

  hasFired(end: number): boolean {
    return end <= this.#firedEnd || isFinal(end, this.watermark)
  }

  /** Finds what comes next after panes came or went. */
  plan(): void {
    const { panes } = this.#panes
    this.#oldestEnd = panes.length > 0 ? panes[0]!.bounds.lastEnd : Infinity
    if (this.#windows.kind === 'cumulate') this.#nextShared = this.#firstUnshared()?.bounds.firstEnd ?? Infinity
    const pane = this.#firstOpenPane()
    this.nextEnd = pane === undefined ? Infinity : this.#firstOpenEnd(pane)
  }

  /** The window that ends at `nextEnd` has fired on the way to `watermark`. */
  setFired(watermark: number): void {
    this.#firedEnd = this.nextEnd
    this.#dropExpired(watermark)
    this.#share(watermark)
    this.plan()
  }

  /** All windows that `watermark` makes final have fired. */
  setWatermark(watermark: number): void {
    this.watermark = watermark
    if (!isLate(Math.min(this.#oldestEnd, this.#nextShared), this.#allowedLateness, watermark)) return
    this.#dropExpired(watermark)
    this.#share(watermark)
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

  #firstUnshared(): Pane | undefined {
    const [first, second] = this.#panes.panes
    return first && first.start === this.#windows.windowStart(first.bounds.firstEnd) ? second : first
  }

  /** Makes one pane of the slices whose first windows are closed. They begin in one window, as its last is still open, or kept. */
  #share(watermark: number): void {
    if (this.#nextShared === Infinity || !isLate(this.#nextShared, this.#allowedLateness, watermark)) return
    const { panes } = this.#panes
    let count = 0
    while (count < panes.length && this.#isShared(panes[count]!, watermark)) count += 1
    if (count > 0) this.#panes.mergeFirst(count, this.#windows.windowStart(panes[0]!.bounds.lastEnd))
  }

  #isShared({ bounds }: Pane, watermark: number): boolean {
    return isLate(bounds.firstEnd, this.#allowedLateness, watermark) && this.hasFired(bounds.firstEnd)
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
