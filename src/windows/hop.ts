import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'
import { checkOffset, checkPositive, windowError } from './check-sizes.ts'
import { SlicedWindows } from './slices.ts'

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
