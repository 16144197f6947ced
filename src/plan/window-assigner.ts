import type { Span } from '../base/span.ts'
import { hop } from '../windows/hop.ts'
import { tumble } from '../windows/tumble.ts'
import type { WindowAssigner } from '../windows/window.ts'
import type { WindowSpec } from './nodes.ts'

/** Where the user wrote the sizes of a window. */
export interface WindowSpans {
  readonly size?: Span
  readonly slide?: Span
  readonly offset?: Span
}

/** The assigner that a plan's window means. Throws E_WINDOW where the sizes do not fit each other. */
export function assignerOf(window: WindowSpec, spans: WindowSpans = {}): WindowAssigner {
  return window.kind === 'tumble' ? tumble({ ...window, spans }) : hop({ ...window, spans })
}
