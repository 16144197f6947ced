import { formatDuration } from './duration.ts'
import { lastTimeOf } from './watermark.ts'

/**
 * When a step gives its results. `final`: once, when nothing more can come. `changes`: at each row that changes one. `every`, ms, more than 0: those that
 * changed, at each multiple of it, counted from 1970 in UTC, that the watermark passes; and what is left when nothing more can come.
 */
export type Emission = 'final' | 'changes' | { readonly every: number }

/** As on the command line. */
export const emissionText = (emit: Emission): string =>
  typeof emit === 'string' ? emit : `every:${formatDuration(emit.every)}`

/** What state goes by: an interval may change from run to run. */
export const emissionKind = (emit: Emission): string => (typeof emit === 'string' ? emit : 'every')

/** Which watermark is the next to pass a multiple of the interval. The first watermark of all passes none: it is where counting begins. */
export class EmissionTicks {
  /** The least watermark at which results are due; Infinity: none is, as there was no watermark yet, or results come without ticks. */
  due = Infinity
  readonly #interval: number

  constructor(emit: Emission) {
    this.#interval = typeof emit === 'string' ? Infinity : emit.every
  }

  /** Counts on from here. */
  setWatermark(watermark: number): void {
    if (watermark < this.due && this.due < Infinity) return
    const next = (Math.floor((watermark + 1) / this.#interval) + 1) * this.#interval
    this.due = Number.isFinite(next) ? lastTimeOf(next) : Infinity
  }
}
