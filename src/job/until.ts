import type { Batch } from '../data/batch.ts'
import type { Clock } from '../time/clock.ts'

/**
 * Where a run ends although its input goes on (`--until`), as if it had ended there. `rows`: rows that were read and are good, from where the last run that
 * came to its end ended. `watermark`: the row that moves the watermark (of all sources together) to this time is the last. `time`: ms of the wall
 * clock from the start of the process; not the same twice.
 */
export type Until =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'watermark'; readonly watermark: number }

/** The kinds that follow from the rows. */
export type RowLimit = Exclude<Until, { kind: 'time' }>

export const rowLimitOf = (until: Until | null): RowLimit | null => (until?.kind === 'time' ? null : until)

/** How many rows of a batch go through; Infinity: all, and the limit is not reached. `before`: rows that were taken before it. */
export function rowsUpTo(limit: RowLimit, batch: Batch, before: number): number {
  if (limit.kind === 'rows') return before + batch.length >= limit.rows ? Math.max(0, limit.rows - before) : Infinity
  const { length, watermark, watermarkAfter } = batch
  if (watermarkAfter < limit.watermark) return Infinity
  for (let i = 0; i < length; i += 1) if (watermark[i]! >= limit.watermark) return i
  return length
}

/** What ends a run between two rounds: the wall clock, itself or by the watermark that it moves. */
export class Ending {
  readonly #until: Until
  readonly #clock: Clock
  readonly #end: number
  readonly #watermark: () => number

  /** `watermark`: of all sources together. */
  constructor(until: Until, clock: Clock, watermark: () => number) {
    this.#until = until
    this.#clock = clock
    this.#end = until.kind === 'time' ? clock.now() + until.ms : Infinity
    this.#watermark = watermark
  }

  get isTime(): boolean {
    return this.#end < Infinity && this.#clock.now() >= this.#end
  }

  /** While all sources are silent, so that all rows that were read are taken. */
  get isTimeInSilence(): boolean {
    return this.isTime || (this.#until.kind === 'watermark' && this.#watermark() >= this.#until.watermark)
  }

  /** ms until the clock ends the run; null: it does not. */
  get wait(): number | null {
    return this.#end < Infinity ? Math.max(0, this.#end - this.#clock.now()) : null
  }
}
