import type { Batch, StreamClock } from '../data/batch.ts'
import { AFTER_ALL } from '../time/watermark.ts'

/** The end of the input, and what the wall clock brings, stand behind all dead letters before it (see `BEHIND` in `rounds.ts`). */
const BEHIND_ALL = 0.125

/** How far one source's watermark had come at each moment of a round; moments are sequence numbers. */
export class SourceClock {
  /** An idle source does not hold the others back. */
  isIdle = false
  #sequence: Float64Array = new Float64Array(0)
  #watermark: Float64Array = new Float64Array(0)
  #length = 0
  #after = -Infinity
  /** At the beginning of the round. */
  #before = -Infinity
  #sequenceAfter = 0

  /** Begins a round in which the source gives these rows. */
  take(batch: Batch): void {
    this.#sequence = batch.sequence
    this.#watermark = batch.watermark
    this.#length = batch.length
    this.#before = this.#after
    this.#after = batch.watermarkAfter
    this.#sequenceAfter = batch.sequenceAfter
  }

  /** Begins a round in which the source gives nothing: its watermark stands where it stood. */
  pause(): void {
    this.#length = 0
    this.#before = this.#after
  }

  /** After a restart: where the source's watermark stood. */
  restore(watermark: number): void {
    this.#after = watermark
    this.#before = watermark
  }

  /** Had it come there before the round? Then it is not what brings a merged watermark there now, wherever its batches were cut. */
  hadReached(watermark: number): boolean {
    return watermark <= this.#before
  }

  get sequenceAfter(): number {
    return this.#sequenceAfter
  }

  /** Does the source still say how far time has come: it is neither idle nor at its end? */
  get isActive(): boolean {
    return !this.isIdle && this.#after < AFTER_ALL
  }

  get after(): number {
    return this.#after
  }

  /**
   * The watermark before the rows of the first `count` of ascending sequence numbers: what the rows of this source before each have brought. Less
   * `holdBack`, where that is less than what is there.
   */
  lower(sequences: Float64Array, count: number, holdBack: number, into: Float64Array): void {
    if (count === 0) return
    const sequence = this.#sequence
    let row = this.#firstFrom(sequences[0]!)
    for (let i = 0; i < count; i += 1) {
      while (row < this.#length && sequence[row]! < sequences[i]!) row += 1
      const watermark = (row < this.#length ? this.#watermark[row]! : this.#after) - holdBack
      if (watermark < into[i]!) into[i] = watermark
    }
  }

  /** See `StreamClock`. */
  reachedAt(watermark: number): number {
    return this.#behind(this.#firstAt(watermark))
  }

  /** `reachedAt` of ascending watermarks + `holdBack`, where it is more than what is there. */
  raise(watermarks: Float64Array, count: number, holdBack: number, into: Float64Array): void {
    if (count === 0) return
    let row = this.#firstAt(watermarks[0]! + holdBack)
    for (let i = 0; i < count; i += 1) {
      const watermark = watermarks[i]! + holdBack
      while (row < this.#length && this.#watermark[row]! < watermark) row += 1
      const sequence = this.#behind(row)
      if (sequence > into[i]!) into[i] = sequence
    }
  }

  /** The first row of the round with this sequence number or a greater one. */
  #firstFrom(sequence: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sequence[middle]! < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The first row of the round with such a watermark before it. */
  #firstAt(watermark: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#watermark[middle]! < watermark) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Just behind the row before row `row`. */
  #behind(row: number): number {
    if (row > 0) return this.#sequence[row - 1]! + 0.5
    return this.#length > 0 ? this.#sequence[0]! - 0.5 : this.#sequenceAfter - BEHIND_ALL
  }
}

/** A source that reaches an input port, and how far the operators between hold the watermark back, ms. */
export interface PortClock {
  readonly clock: SourceClock
  readonly holdBack: number
}

/** The clock of what flows out of a node: its watermark has come so far when those of all sources that reach it have. */
export class NodeClock implements StreamClock {
  readonly #clocks: readonly PortClock[]

  constructor(clocks: readonly PortClock[]) {
    this.#clocks = clocks
  }

  reachedAt(watermark: number): number {
    const isAnyActive = this.#clocks.some(({ clock }) => clock.isActive)
    let latest = -Infinity
    let latestOfAll = -Infinity
    for (const { clock, holdBack } of this.#clocks) {
      if (clock.isIdle && isAnyActive) continue
      const reached = clock.reachedAt(watermark + holdBack)
      latestOfAll = Math.max(latestOfAll, reached)
      if (!clock.hadReached(watermark + holdBack)) latest = Math.max(latest, reached)
    }
    return latest === -Infinity ? latestOfAll : latest
  }

  reachedAll(watermarks: Float64Array, count: number, into: Float64Array): void {
    const isAnyActive = this.#clocks.some(({ clock }) => clock.isActive)
    into.fill(-Infinity, 0, count)
    for (const { clock, holdBack } of this.#clocks)
      if (!clock.isIdle || !isAnyActive) clock.raise(watermarks, count, holdBack, into)
  }
}

/**
 * One watermark out of the sources that reach an operator by any port (Flink's StatusWatermarkValve): the least of those not idle, and it never
 * goes back. Taken by sequence number, so that it does not matter where batches were cut or which rows a branch dropped.
 */
export class MergedClock implements StreamClock {
  readonly #clocks: readonly PortClock[]
  readonly #stream: NodeClock
  #highest = -Infinity

  constructor(clocks: readonly PortClock[]) {
    this.#clocks = clocks
    this.#stream = new NodeClock(clocks)
  }

  /** Before the rows of the first `count` of ascending sequence numbers, in the round under way, into the same places. */
  beforeAll(sequences: Float64Array, count: number, into: Float64Array): void {
    const isAnyActive = this.#clocks.some(({ clock }) => clock.isActive)
    into.fill(Infinity, 0, count)
    for (const { clock, holdBack } of this.#clocks)
      if (!clock.isIdle || !isAnyActive) clock.lower(sequences, count, holdBack, into)
    const highest = this.#highest
    for (let i = 0; i < count; i += 1) if (into[i]! < highest) into[i] = highest
  }

  /** At the end of the round; from here on the watermark is never less. */
  after(): number {
    this.#highest = Math.max(this.#highest, this.#least())
    return this.#highest
  }

  reachedAt(watermark: number): number {
    return this.#stream.reachedAt(watermark)
  }

  reachedAll(watermarks: Float64Array, count: number, into: Float64Array): void {
    this.#stream.reachedAll(watermarks, count, into)
  }

  get sequenceAfter(): number {
    return Math.max(...this.#clocks.map(({ clock }) => clock.sequenceAfter))
  }

  get highest(): number {
    return this.#highest
  }

  restore(watermark: number): void {
    this.#highest = watermark
  }

  /** Idle sources count where no other is left but such as have ended: the wall clock moves them on (see `IdleTicks`). */
  #least(): number {
    const isAnyActive = this.#clocks.some(({ clock }) => clock.isActive)
    let least = Infinity
    for (const { clock, holdBack } of this.#clocks) {
      if (!clock.isIdle || !isAnyActive) least = Math.min(least, clock.after - holdBack)
    }
    return least
  }
}
