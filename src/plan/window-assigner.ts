import type { Span } from '../base/span.ts'
import type { Zone } from '../time/zone.ts'
import { hop } from '../windows/hop.ts'
import { LocalDays } from '../windows/local-days.ts'
import { tumble } from '../windows/tumble.ts'
import type { WindowAssigner } from '../windows/window.ts'
import type { WindowSpec } from './nodes.ts'

/** Where the user wrote the sizes of a window. */
export interface WindowSpans {
  readonly size?: Span
  readonly slide?: Span
  readonly offset?: Span
}

const DAY = 86_400_000

/** The assigner that a plan's window means: whole days begin at midnight of the zone. Throws E_WINDOW where the sizes do not fit each other. */
export function assignerOf(window: WindowSpec, zone: Zone, spans: WindowSpans = {}): WindowAssigner {
  const assigner = window.kind === 'tumble' ? tumble({ ...window, spans }) : hop({ ...window, spans })
  const step = window.kind === 'tumble' ? window.size : window.slide
  const isDays = window.size % DAY === 0 && step % DAY === 0
  return isDays && !zone.isUtc ? new LocalDays(assigner, zone) : assigner
}
