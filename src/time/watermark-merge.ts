import { assert } from '../base/assert.ts'
import { AFTER_ALL, BEFORE_ALL } from './watermark.ts'

/** What a checkpoint keeps of a merge. -Infinity and Infinity are stored as null and 'end' by whoever writes JSON. */
export interface MergedWatermarks {
  readonly current: number
  readonly inputs: readonly number[]
}

/**
 * One watermark out of many inputs: the least of those that are neither idle nor finished (Flink's
 * `StatusWatermarkValve`). It never goes back: an input that wakes up behind it finds its rows late. An input that has
 * not spoken holds the others back. A finished input is not an idle one: it stops counting for good, and only when all
 * inputs are finished is the merged watermark +Infinity. While every unfinished input is idle it holds still, until
 * `raise` (see `IdleTracker`) moves it on.
 */
export class WatermarkMerge {
  readonly #inputs: Float64Array
  readonly #idle: Uint8Array
  #current: number = BEFORE_ALL

  constructor(inputCount: number) {
    assert(inputCount > 0, 'a merge of watermarks needs an input')
    this.#inputs = new Float64Array(inputCount).fill(BEFORE_ALL)
    this.#idle = new Uint8Array(inputCount)
  }

  get current(): number {
    return this.#current
  }

  get inputCount(): number {
    return this.#inputs.length
  }

  /** The watermark of one input alone; +Infinity when it is finished. */
  watermarkOf(input: number): number {
    return this.#inputs[input]!
  }

  isFinished(input: number): boolean {
    return this.#inputs[input] === AFTER_ALL
  }

  isIdle(input: number): boolean {
    return this.#idle[input] === 1
  }

  /** Moves one input on and returns the merged watermark. A value below the input's own, or NaN, moves nothing. */
  advance(input: number, watermark: number): number {
    const before = this.#inputs[input]!
    if (!(watermark > before)) return this.#current
    this.#inputs[input] = watermark
    // Only an input that held the others back can move the minimum; this keeps the cost of a row flat for many inputs.
    if (before <= this.#current || watermark === AFTER_ALL) this.#recompute()
    return this.#current
  }

  finish(input: number): number {
    return this.advance(input, AFTER_ALL)
  }

  /** Takes an input out of the minimum, or back in; returns the merged watermark. */
  setIdle(input: number, idle: boolean): number {
    this.#idle[input] = idle ? 1 : 0
    this.#recompute()
    return this.#current
  }

  /** Moves the merged watermark on by hand, for idle inputs; never back. */
  raise(watermark: number): number {
    if (watermark > this.#current) this.#current = watermark
    return this.#current
  }

  save(): MergedWatermarks {
    return { current: this.#current, inputs: [...this.#inputs] }
  }

  /** Goes on from a checkpoint. Idleness is not kept: an input counts again until it has been silent anew. */
  restore(saved: MergedWatermarks): void {
    for (let input = 0; input < this.#inputs.length; input += 1) {
      this.#inputs[input] = Math.max(this.#inputs[input]!, saved.inputs[input] ?? BEFORE_ALL)
    }
    this.raise(saved.current)
    this.#recompute()
  }

  #recompute(): void {
    let least: number = AFTER_ALL
    let isAnyUnfinished = false
    let isAnyActive = false
    for (let input = 0; input < this.#inputs.length; input += 1) {
      const own = this.#inputs[input]!
      if (own === AFTER_ALL) continue
      isAnyUnfinished = true
      if (this.#idle[input] === 1) continue
      isAnyActive = true
      if (own < least) least = own
    }
    if (isAnyUnfinished && !isAnyActive) return
    if (least > this.#current) this.#current = least
  }
}
