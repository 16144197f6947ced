import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'
import { checkOffset, checkPositive, windowError } from './check-sizes.ts'
import type { WindowAssigner } from './window.ts'
import type { WindowKind } from './window-kind.ts'

export interface CumulateSizes {
  /** Of the longest window, ms, more than 0. */
  readonly size: number
  /** By which each window is longer than the one before, ms; more than 0, `size` is a multiple of it. */
  readonly step: number
  /** Shift of the borders, ms; its absolute value is less than `size`. Default 0. */
  readonly offset?: number
  /** Where the user wrote the sizes. */
  readonly spans?: { readonly size?: Span; readonly step?: Span; readonly offset?: Span }
}

/**
 * Windows that grow: those that begin at offset + k * size end one, two, … steps later, the last after `size`. As Flink's CUMULATE. Throws
 * E_WINDOW.
 */
export function cumulate({ size, step, offset = 0, spans = {} }: CumulateSizes): WindowAssigner {
  checkPositive('the size of a window', size, spans.size)
  checkPositive('the step of a window', step, spans.step)
  const [sizeText, stepText] = [formatDuration(size), formatDuration(step)]
  if (step > size)
    throw windowError(
      `the step ${stepText} is longer than the window, ${sizeText}`,
      spans.step,
      `a window grows by its step until it is as long as its size; step by ${sizeText} or less`,
    )
  if (size % step !== 0)
    throw windowError(
      `the window, ${sizeText}, is not a whole number of steps of ${stepText}`,
      spans.step,
      `${formatDuration(size - (size % step))} is: the last step ends where the next window begins`,
    )
  checkOffset(offset, size, size, spans.offset)
  return new CumulativeWindows(size, step, offset)
}

/** Slices are the steps. */
class CumulativeWindows implements WindowAssigner {
  readonly kind = 'cumulate'
  readonly size: number
  readonly slicesPerWindow: number
  readonly isPartition: boolean
  readonly #step: number
  readonly #offset: number

  constructor(size: number, step: number, offset: number) {
    this.size = size
    this.slicesPerWindow = size / step
    this.isPartition = size === step
    this.#step = step
    this.#offset = offset
  }

  sliceStart(time: number): number {
    return this.#floor(time, this.#step)
  }

  nextSlice(sliceStart: number): number {
    return sliceStart + this.#step
  }

  firstWindowEnd(time: number): number {
    return this.#floor(time, this.#step) + this.#step
  }

  lastWindowEnd(time: number): number {
    return this.#floor(time, this.size) + this.size
  }

  nextWindowEnd(end: number): number {
    return end + this.#step
  }

  windowStart(end: number): number {
    return this.#floor(end - 1, this.size)
  }

  /** A floor, so that times before 1970 fall into the window that holds them. */
  #floor(time: number, period: number): number {
    return Math.floor((time - this.#offset) / period) * period + this.#offset
  }
}

/** Lengths in ms. */
export interface CumulateSpec {
  readonly kind: 'cumulate'
  readonly size: number
  readonly step: number
  readonly offset: number
}

export const cumulateWindows: WindowKind<CumulateSpec> = {
  assigner: (spec, spans) => cumulate({ ...spec, spans }),
  lengths: ({ size, step }) => [size, step],
  describe: ({ size, step }) => `${formatDuration(size)} by steps of ${formatDuration(step)}`,
  slices: ({ step }) => `slices of ${formatDuration(step)}, 1 update a row`,
}
