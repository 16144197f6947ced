import type { Span } from '../base/span.ts'
import type { WindowAssigner } from './window.ts'

/** Where the user wrote the sizes of a window. */
export interface WindowSpans {
  readonly size?: Span
  readonly slide?: Span
  readonly step?: Span
  readonly offset?: Span
}

/** What every kind of window has: a shift of its borders, ms. */
export interface WindowSizes {
  readonly kind: string
  readonly offset: number
}

/** What there is to know of a kind of window whose borders follow from time alone; one object a kind, in the file of the kind. */
export interface WindowKind<S extends WindowSizes> {
  /** Throws E_WINDOW where the sizes do not fit each other. */
  assigner(spec: S, spans: WindowSpans): WindowAssigner
  /** The lengths between borders, ms, without the offset: windows are cut at midnight of a zone where all are whole days. */
  lengths(spec: S): readonly number[]
  /** The lengths in words, for `explain` and stored state: `10m every 1m`. Two texts are equal if and only if the lengths are. */
  describe(spec: S): string
  /** How windows share their work, for `explain`. */
  slices(spec: S): string
}
