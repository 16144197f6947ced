import { formatDuration } from '../time/duration.ts'
import type { Zone } from '../time/zone.ts'
import { type CumulateSpec, cumulateWindows } from './cumulate.ts'
import { type HopSpec, hopWindows } from './hop.ts'
import { LocalDays } from './local-days.ts'
import { type TumbleSpec, tumbleWindows } from './tumble.ts'
import type { WindowAssigner } from './window.ts'
import type { WindowKind, WindowSpans } from './window-kind.ts'

/** Windows as a user asks for them. */
export type WindowSpec = TumbleSpec | HopSpec | CumulateSpec

/** One line a kind. */
const WINDOW_KINDS: { readonly [K in WindowSpec['kind']]: WindowKind<Extract<WindowSpec, { readonly kind: K }>> } = {
  tumble: tumbleWindows,
  hop: hopWindows,
  cumulate: cumulateWindows,
}

const kindOf = ({ kind }: WindowSpec): WindowKind<WindowSpec> => WINDOW_KINDS[kind]

const DAY = 86_400_000
const HOUR = 3_600_000
/** A whole second has no fraction to print. */
const WHOLE_SECOND = 1000

/**
 * The assigner that a specification means: whole days begin at midnight of the zone, also those that grow by whole hours. Throws E_WINDOW where the sizes do not
 * fit each other.
 */
export function assignerOf(spec: WindowSpec, zone: Zone, spans: WindowSpans = {}): WindowAssigner {
  const kind = kindOf(spec)
  const assigner = kind.assigner(spec, spans)
  return isOfDays(spec) && !zone.isUtc ? new LocalDays(assigner, zone) : assigner
}

function isOfDays(spec: WindowSpec): boolean {
  if (spec.kind === 'cumulate') return spec.size % DAY === 0 && spec.step % HOUR === 0
  return kindOf(spec)
    .lengths(spec)
    .every((length) => length % DAY === 0)
}

/** `10m every 1m offset 30s` */
export function describeWindow(spec: WindowSpec): string {
  const offset = spec.offset === 0 ? '' : ` offset ${formatDuration(spec.offset)}`
  return `${kindOf(spec).describe(spec)}${offset}`
}

/** Canonical text of the windows that an assigner makes of a specification; the kind's name is not in it. */
export function windowSignature(spec: WindowSpec, assigner: WindowAssigner): string {
  const zone = assigner instanceof LocalDays ? ` in ${assigner.zone.name}` : ''
  return `${describeWindow(spec)}${zone}`
}

export const describeSlices = (spec: WindowSpec): string => kindOf(spec).slices(spec)

/** Digits that the borders of windows need after the second. */
export const borderFraction = (spec: WindowSpec): 0 | 3 =>
  [...kindOf(spec).lengths(spec), spec.offset].every((length) => length % WHOLE_SECOND === 0) ? 0 : 3
