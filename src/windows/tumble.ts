import type { Span } from '../base/span.ts'
import { formatDuration } from '../time/duration.ts'
import { checkOffset, checkPositive } from './check-sizes.ts'
import { SlicedWindows } from './slices.ts'
import type { WindowKind } from './window-kind.ts'

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

/** Lengths in ms. */
export interface TumbleSpec {
  readonly kind: 'tumble'
  readonly size: number
  readonly offset: number
}

export const tumbleWindows: WindowKind<TumbleSpec> = {
  assigner: (spec, spans) => tumble({ ...spec, spans }),
  lengths: ({ size }) => [size],
  describe: ({ size }) => formatDuration(size),
  slices: ({ size }) => `slices of ${formatDuration(size)}, 1 a window`,
}
