import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'
import { checkOffset, checkPositive, windowError } from './check-sizes.ts'
import { SlicedWindows } from './slices.ts'
import type { WindowKind } from './window-kind.ts'

export interface HopSizes {
  /** ms, more than 0. */
  readonly size: number
  /** From the start of one window to the next, ms; more than 0 and at most `size`. */
  readonly slide: number
  /** Shift of the borders, ms; its absolute value is less than `size`. Default 0. */
  readonly offset?: number
  /** Where the user wrote the sizes. */
  readonly spans?: { readonly size?: Span; readonly slide?: Span; readonly offset?: Span }
}

/**
 * Overlapping windows of one size, one beginning every `slide`: each time is in size / slide of them, or one more.
 * Throws E_WINDOW.
 */
export function hop({ size, slide, offset = 0, spans = {} }: HopSizes): SlicedWindows {
  checkPositive('the size of a window', size, spans.size)
  checkPositive('the slide of a window', slide, spans.slide)
  if (slide > size) {
    const message = `the slide ${formatDuration(slide)} is longer than the window, ${formatDuration(size)}`
    const hint = `rows between two windows would be lost; slide by ${formatDuration(size)} or less`
    throw windowError(message, spans.slide, hint)
  }
  checkOffset(offset, size, slide, spans.offset)
  return new SlicedWindows({ kind: 'hop', size, slide, offset })
}

/** Lengths in ms. */
export interface HopSpec {
  readonly kind: 'hop'
  readonly size: number
  readonly slide: number
  readonly offset: number
}

export const hopWindows: WindowKind<HopSpec> = {
  assigner: (spec, spans) => hop({ ...spec, spans }),
  lengths: ({ size, slide }) => [size, slide],
  describe: ({ size, slide }) => `${formatDuration(size)} every ${formatDuration(slide)}`,
  slices: ({ size, slide }) => {
    const count = size % slide === 0 ? size / slide : 2 * Math.floor(size / slide) + 1
    return `${count} slices a window, 1 update a row`
  },
}
