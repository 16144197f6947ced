import { BEFORE_ALL, watermarkAfter } from './watermark.ts'

/**
 * Makes the watermark of one source out of its rows, row by row: it follows from the rows and their order alone.
 * `current` never goes back, and together with the rows to come it says all about the future, so a checkpoint stores
 * nothing else.
 */
export interface WatermarkGenerator {
  /** The watermark after the last row observed; -Infinity before the first. */
  readonly current: number
  /**
   * Takes one row and returns the watermark after it. `time` is the row's event time, or for `per-record` and `eager`
   * the value of the watermark expression. NaN (no time, a NULL expression) moves nothing.
   */
  observe(time: number): number
  /** Takes many rows, the first `count` of `times`; `before[i]` becomes the watermark before row i. Returns the one after the last. */
  observeAll(times: Float64Array, count: number, before: Float64Array): number
  /** Goes on from a checkpoint; a watermark below `current` is ignored. */
  restore(watermark: number): void
  /** Where rows come from partitions with watermarks of their own: see `PartitionedWatermark`. */
  select?(partition: number): void
  place?(): unknown
  save?(place: unknown): unknown
  /** The place after the first `count` rows that came behind `place`. */
  placeAfter?(place: unknown, times: Float64Array, count: number): unknown
  restoreParts?(saved: unknown): void
}

/** How a source makes its watermark; all times in ms. */
export type WatermarkStrategy =
  /** `--watermark-delay`: greatest time - delay - 1 after every row. */
  | { readonly kind: 'bounded-delay'; readonly delay: number }
  /**
   * The same, but only once it has moved by at least `step` of event time (Infinity: not before the end of the input).
   */
  | { readonly kind: 'periodic'; readonly delay: number; readonly step: number }
  /** SQL's `WATERMARK FOR ts AS expr`, emitted after every row: w = the greatest value so far, as written. */
  | { readonly kind: 'per-record' }
  /** The same as Flink SQL emits it by default: after a row that moved it by more than `interval`; it starts at 0. */
  | { readonly kind: 'eager'; readonly interval: number }
  /** `[n, w]`: after the first n rows the watermark is w. Ascending n. For Flink's own tests. */
  | { readonly kind: 'explicit'; readonly script: readonly (readonly [rows: number, watermark: number])[] }

export function createWatermarkGenerator(strategy: WatermarkStrategy): WatermarkGenerator {
  switch (strategy.kind) {
    case 'bounded-delay':
      return new BoundedDelayWatermark(strategy.delay)
    case 'periodic':
      return new PeriodicWatermark(strategy.delay, strategy.step)
    case 'per-record':
      return new PerRecordWatermark()
    case 'eager':
      return new EagerWatermark(strategy.interval)
    case 'explicit':
      return new ExplicitWatermark(strategy.script)
  }
}

/** What all generators share: a watermark that only rises. */
abstract class RisingWatermark implements WatermarkGenerator {
  current: number = BEFORE_ALL

  abstract observe(time: number): number

  observeAll(times: Float64Array, count: number, before: Float64Array): number {
    for (let i = 0; i < count; i += 1) {
      before[i] = this.current
      this.observe(times[i]!)
    }
    return this.current
  }

  restore(watermark: number): void {
    this.rise(watermark)
  }

  /** Comparisons with NaN are false, so NaN never gets in. */
  protected rise(to: number): number {
    if (to > this.current) this.current = to
    return this.current
  }
}

export class BoundedDelayWatermark extends RisingWatermark {
  readonly #delay: number

  constructor(delay: number) {
    super()
    this.#delay = delay
  }

  override observe(time: number): number {
    return this.rise(watermarkAfter(time, this.#delay))
  }

  override observeAll(times: Float64Array, count: number, before: Float64Array): number {
    const delay = this.#delay
    let current = this.current
    for (let i = 0; i < count; i += 1) {
      before[i] = current
      const next: number = watermarkAfter(times[i]!, delay)
      if (next > current) current = next
    }
    this.current = current
    return current
  }
}

/**
 * Rows that moved event time by less than a step since the last emission leave no trace, so `current` is the whole
 * state.
 */
export class PeriodicWatermark extends RisingWatermark {
  readonly #delay: number
  readonly #step: number

  constructor(delay: number, step: number) {
    super()
    this.#delay = delay
    this.#step = step
  }

  override observe(time: number): number {
    const candidate = watermarkAfter(time, this.#delay)
    return this.#step < Infinity && candidate >= this.current + this.#step ? this.rise(candidate) : this.current
  }
}

export class PerRecordWatermark extends RisingWatermark {
  override observe(candidate: number): number {
    return this.rise(candidate)
  }
}

/**
 * Flink's `WatermarkAssignerOperator` without its wall-clock timer. It compares with 0 before the first emission, so
 * candidates up to `interval` are never emitted on their own.
 */
export class EagerWatermark extends RisingWatermark {
  readonly #interval: number

  constructor(interval: number) {
    super()
    this.#interval = interval
  }

  override observe(candidate: number): number {
    return candidate - Math.max(0, this.current) > this.#interval ? this.rise(candidate) : this.current
  }
}

export class ExplicitWatermark extends RisingWatermark {
  readonly #script: readonly (readonly [rows: number, watermark: number])[]
  #rows = 0
  #next = 0

  constructor(script: readonly (readonly [rows: number, watermark: number])[]) {
    super()
    this.#script = script
    this.#follow()
  }

  /** Counts the row, whatever its time. */
  override observe(_time: number): number {
    this.#rows += 1
    this.#follow()
    return this.current
  }

  /** Goes on behind the first `rowsSeen` rows of the script. */
  override restore(watermark: number, rowsSeen = 0): void {
    this.rise(watermark)
    this.#rows = rowsSeen
    this.#follow()
  }

  #follow(): void {
    while (this.#next < this.#script.length && this.#script[this.#next]![0] <= this.#rows) {
      this.rise(this.#script[this.#next]![1])
      this.#next += 1
    }
  }
}
