import type { Zone } from '../time/zone.ts'
import type { WindowAssigner } from './window.ts'

/** Hours that a clock change can add to a day, ms. */
const MOST_EXTRA = 3 * 3_600_000

/**
 * Windows of whole days, cut at midnight (plus offset) of a zone: 23 or 25 hours long where clocks change. The days are cut on local
 * readings by `inner` and told as instants, so that only instants are compared with a watermark (DESIGN 4.5). Where days grow by hours, an hour that comes
 * twice is one step, as in Flink, and one that is skipped none.
 */
export class LocalDays implements WindowAssigner {
  readonly kind: WindowAssigner['kind']
  readonly size: number
  readonly slicesPerWindow: number
  readonly isPartition: boolean
  readonly zone: Zone
  readonly #inner: WindowAssigner

  constructor(inner: WindowAssigner, zone: Zone) {
    this.#inner = inner
    this.zone = zone
    this.kind = inner.kind
    this.size = inner.size + MOST_EXTRA
    this.slicesPerWindow = inner.slicesPerWindow
    this.isPartition = inner.isPartition
  }

  sliceStart(time: number): number {
    return this.zone.toInstant(this.#sliceOf(time))
  }

  nextSlice(sliceStart: number): number {
    return this.zone.toInstant(this.#inner.nextSlice(this.#border(sliceStart)))
  }

  firstWindowEnd(time: number): number {
    return this.zone.toInstant(this.#inner.firstWindowEnd(this.#sliceOf(time)))
  }

  lastWindowEnd(time: number): number {
    return this.zone.toInstant(this.#inner.lastWindowEnd(this.#sliceOf(time)))
  }

  nextWindowEnd(end: number): number {
    return this.zone.toInstant(this.#inner.nextWindowEnd(this.#border(end)))
  }

  windowStart(end: number): number {
    return this.zone.toInstant(this.#inner.windowStart(this.#borderAsEnd(end)))
  }

  /** The local reading that begins the slice of a time. */
  #sliceOf(time: number): number {
    let slice = this.#inner.sliceStart(this.zone.toLocal(time))
    // where clocks were put back over a border, times behind it read as if they were before it
    for (let next = this.#inner.nextSlice(slice); this.zone.toInstant(next) <= time; ) {
      slice = next
      next = this.#inner.nextSlice(slice)
    }
    return slice
  }

  /** The local reading that a border stands for: where midnight is skipped, clocks read later at the border. */
  #border(instant: number): number {
    return this.#inner.sliceStart(this.zone.toLocal(instant))
  }

  /** The same of the end of a slice. Where a whole day is skipped, the instant stands for two midnights: a slice ends at the first. */
  #borderAsEnd(instant: number): number {
    return this.#inner.nextSlice(this.#inner.sliceStart(this.zone.toLocal(instant - 1)))
  }
}
