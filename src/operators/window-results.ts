import type { Batch, Slot } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { AccumulatorLayout } from '../state/accumulator-table.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { Pane } from '../state/pane.ts'
import type { PaneTable } from '../state/pane-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { type Emission, EmissionTicks } from '../time/emission.ts'
import { isFinal, lastTimeOf } from '../time/watermark.ts'
import type { WindowAssigner } from '../windows/window.ts'
import { ChangeQueue } from './change-queue.ts'
import { type ResultHeader, ResultWriter } from './result-writer.ts'
import { UntoldTelling } from './untold-telling.ts'
import { UntoldWindows } from './untold-windows.ts'
import { WindowFiring } from './window-fire.ts'
import type { WindowSchedule } from './window-schedule.ts'

export interface WindowResultsOptions {
  readonly windows: WindowAssigner
  readonly layout: AccumulatorLayout
  readonly keys: KeyTable
  readonly panes: PaneTable
  readonly schedule: WindowSchedule
  readonly emit: Emission
  /** By how much the output's watermark is behind, ms. */
  readonly holdBack: number
}

/** What windows give, and when: their results as they fire, changes of those that have fired, and before that what `emit` asks for. */
export class WindowResults {
  /** Besides those of the rows. */
  readonly structures: readonly StateStructure[]
  readonly #options: WindowResultsOptions
  readonly #writer: ResultWriter
  readonly #changes: ChangeQueue
  readonly #firing: WindowFiring
  readonly #ticks: EmissionTicks
  /** null: windows tell nothing before they fire. */
  readonly #untold: UntoldWindows | null
  readonly #telling: UntoldTelling | null
  readonly #hasFired: (end: number) => boolean

  constructor(options: WindowResultsOptions) {
    const { windows, layout, keys, emit, schedule } = options
    this.#options = options
    this.#writer = new ResultWriter(keys, 2)
    this.#changes = new ChangeQueue(this.#writer)
    this.#firing = new WindowFiring(layout, this.#writer)
    this.#ticks = new EmissionTicks(emit)
    const groupOf = (end: number, slot: number) => this.#firing.groupOf(this.#panesOf(end), slot)
    this.#untold = emit === 'final' ? null : new UntoldWindows(keys, windows, groupOf)
    this.#telling = this.#untold && new UntoldTelling(this.#untold.structure, this.#changes)
    this.#hasFired = (end) => schedule.hasFired(end)
    this.structures = this.#untold ? [this.#untold.structure] : []
  }

  createOutput(slots: readonly Slot[], capacity?: number): Batch {
    return this.#writer.createOutput(slots, capacity)
  }

  /** Writes what is queued. True: all is written. */
  drain(out: Batch): boolean {
    return this.#changes.drain(out)
  }

  /** Is anything told, or dropped, at `watermark`? */
  isDue(watermark: number): boolean {
    return watermark >= this.#ticks.due || this.#options.schedule.isDue(watermark)
  }

  /** A watermark at which nothing is due. */
  setWatermark(watermark: number): void {
    this.#options.schedule.watermark = watermark
    this.#ticks.setWatermark(watermark)
  }

  /** Fires every window that `watermark` makes final. False: `out` is full or a piece of work is done, and the watermark stays where it was. */
  advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    const { schedule } = this.#options
    if (watermark <= schedule.watermark) return true
    if (!this.#tellUntil(batch, row, watermark, out)) return false
    while (isFinal(schedule.nextEnd, watermark)) {
      const end = schedule.nextEnd
      if (end === Infinity) break // no window is left, and the input has ended
      if (this.#untold === null && !this.#fire(end, sequenceAt(batch, row, lastTimeOf(end)), out)) return false
      schedule.setFired(watermark)
    }
    schedule.setWatermark(watermark)
    this.#ticks.setWatermark(watermark)
    return true
  }

  #fire(end: number, sequence: number, out: Batch): boolean {
    if (!this.#firing.isBegun) this.#firing.begin(this.#panesOf(end))
    return this.#firing.prepare() && this.#firing.write(out, this.#headerOf(end, sequence))
  }

  /** Tells what has changed: of the windows that `watermark` makes final, or, where it passes a tick, of all. */
  #tellUntil(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (this.#untold === null || this.#telling === null) return true
    const tick = this.#ticks.due
    if (!this.#telling.isBegun) this.#telling.begin(this.#untold.take(watermark >= tick ? Infinity : watermark))
    return this.#telling.run(out, ({ slot, at, told }) => {
      const sequence = sequenceAt(batch, row, Math.min(at, tick))
      const after = this.resultOf(at + 1, slot)
      this.#changes.push(this.#headerOf(at + 1, sequence), slot, told[0]?.values ?? null, after)
    })
  }

  /** A row is about to change the windows of its key that have not fired; `arrival`: when the key comes to those where it is not yet. */
  mark(slot: number, time: number, arrival: number): void {
    this.#untold?.mark({ slot, time, arrival }, this.#hasFired)
  }

  /** Does every row tell at once what it changes? */
  get tellsRows(): boolean {
    return this.#options.emit === 'changes'
  }

  /** Queues what the row that was marked last has changed; it must have been added. */
  tellRow(sequence: number): void {
    for (const untold of this.#untold!.take(Infinity)) {
      const { slot, at, told } = untold
      const after = this.resultOf(at + 1, slot)
      this.#changes.push(this.#headerOf(at + 1, sequence), slot, told[0]?.values ?? null, after)
      this.#untold!.structure.remove(untold)
    }
  }

  /** The result of a key in the window that ends at `end`; null: it has no rows there. */
  resultOf(end: number, slot: number): readonly Value[] | null {
    return this.#firing.resultOf(this.#panesOf(end), slot)
  }

  /** Queues how the result of a key in a window that has fired differs from `before`. */
  pushChange(end: number, slot: number, before: readonly Value[] | null, sequence: number): void {
    this.#changes.push(this.#headerOf(end, sequence), slot, before, this.resultOf(end, slot))
  }

  #panesOf(end: number): readonly Pane[] {
    return this.#options.panes.between(this.#options.windows.windowStart(end), end)
  }

  #headerOf(end: number, sequence: number): ResultHeader {
    const { windows, schedule, holdBack } = this.#options
    const leading = [windows.windowStart(end), end]
    return { time: lastTimeOf(end), watermark: schedule.watermark - holdBack, sequence, leading }
  }
}

/** The sequence number of what a watermark frees before a row. */
function sequenceAt(batch: Batch, row: number, watermark: number): number {
  const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
  return batch.clock?.reachedAt(watermark) ?? next
}
