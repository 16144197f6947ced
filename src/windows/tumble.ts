import type { Span } from '../base/span.ts'
import { checkOffset, checkPositive } from './check-sizes.ts'
import { SlicedWindows } from './slices.ts'

export interface TumbleSizes {
  /** ms, more than 0. */
  readonly size: number
  /**
   * Shift of the borders, ms; its absolute value is less than `size`. Default 0: borders are multiples of the size from
   * 1970, UTC.
   */
  readonly offset?: number
  /** Where the user wrote the sizes. */
  readonly spans?: { readonly size?: Span; readonly offset?: Span }
}

/** Windows of one size, back to back: each time is in exactly one. Throws E_WINDOW. */
export function tumble({ size, offset = 0, spans = {} }: TumbleSizes): SlicedWindows {
  checkPositive('the size of a window', size, spans.size)
  checkOffset(offset, size, size, spans.offset)
  return new SlicedWindows({ kind: 'tumble', size, slide: size, offset })
}
