import type { WindowAssigner } from './window.ts'

/** Sizes of windows in ms, already checked. */
export interface SlicedWindowSizes {
  readonly kind: 'tumble' | 'hop'
  readonly size: number
  readonly slide: number
  readonly offset: number
}

/**
 * Windows [offset + k * slide, offset + k * slide + size) for every whole k. Where size is a multiple of slide, slices
 * are slides (as in Flink SQL's `SliceAssigners`). Where it is not, each slide is cut in two, at the borders of windows
 * only: the paired windows of Krishnamurthy, Wu and Franklin, "On-the-fly sharing for streamed aggregation" (SIGMOD
 * 2006). That is at most 2 * size / slide + 1 slices a window, where slices of gcd(size, slide) could be one for every
 * millisecond. One class for tumble and hop keeps the callers' loops monomorphic.
 */
export class SlicedWindows implements WindowAssigner {
  readonly kind: 'tumble' | 'hop'
  readonly size: number
  readonly slide: number
  readonly offset: number
  readonly slicesPerWindow: number
  readonly isPartition: boolean
  /**
   * Where a slide is cut, from its start: there the windows that began size / slide slides earlier end. 0: not at all.
   */
  readonly #cut: number

  constructor({ kind, size, slide, offset }: SlicedWindowSizes) {
    this.kind = kind
    this.size = size
    this.slide = slide
    this.offset = offset
    this.#cut = size % slide
    this.slicesPerWindow = this.#cut === 0 ? size / slide : 2 * Math.floor(size / slide) + 1
    this.isPartition = size === slide
  }

  sliceStart(time: number): number {
    const start = this.#slideStart(time)
    return time - start >= this.#cut ? start + this.#cut : start
  }

  nextSlice(sliceStart: number): number {
    const start = this.#slideStart(sliceStart)
    return sliceStart - start < this.#cut ? start + this.#cut : start + this.slide
  }

  firstWindowEnd(time: number): number {
    // The first window that starts after time - size, the latest start that is over by then.
    return this.#slideStart(time - this.size) + this.slide + this.size
  }

  lastWindowEnd(time: number): number {
    return this.#slideStart(time) + this.size
  }

  nextWindowEnd(end: number): number {
    return end + this.slide
  }

  windowStart(end: number): number {
    return end - this.size
  }

  /**
   * `time` rounded down to offset + k * slide; a floor, so that times before 1970 fall into the window that holds them.
   */
  #slideStart(time: number): number {
    return Math.floor((time - this.offset) / this.slide) * this.slide + this.offset
  }
}
