import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import { formatTimestamp } from './timestamp.ts'

const HOUR = 3_600_000
/** Buckets kept per zone before all are forgotten; 11 years of hours. */
const MAX_BUCKETS = 100_000

/** Offsets within one hour of UTC: one for all of it, or another from `changeAt` on. */
interface OffsetBucket {
  readonly before: number
  readonly changeAt: number
  readonly after: number
}

/** A time zone of the tz database (whose version is Node's), or a fixed offset. All times in ms. */
export class Zone {
  /** As the user wrote it. */
  readonly name: string
  readonly isUtc: boolean
  readonly #format: Intl.DateTimeFormat | undefined
  readonly #fixed: number
  readonly #buckets = new Map<number, OffsetBucket>()
  #hour = NaN
  #bucket: OffsetBucket = { before: 0, changeAt: Infinity, after: 0 }

  /** `format` tells offsets of a named zone; without it the zone is `fixedOffset` always. */
  constructor(name: string, format: Intl.DateTimeFormat | undefined, fixedOffset: number) {
    this.name = name
    this.#format = format
    this.#fixed = fixedOffset
    this.isUtc = format === undefined && fixedOffset === 0
  }

  /** Local time minus UTC at an instant. */
  offsetAt(instant: number): number {
    if (this.#format === undefined) return this.#fixed
    const hour = Math.floor(instant / HOUR)
    if (hour !== this.#hour) {
      this.#bucket = this.#bucketOf(hour)
      this.#hour = hour
    }
    return instant < this.#bucket.changeAt ? this.#bucket.before : this.#bucket.after
  }

  /** The reading of local clocks at an instant, as if it were UTC. */
  toLocal(instant: number): number {
    return instant + this.offsetAt(instant)
  }

  /**
   * The instant at which local clocks read `local`. Of a doubled hour the first; a skipped reading gives the first
   * instant after the gap (as Flink's timers do).
   */
  toInstant(local: number): number {
    const early = local - this.offsetAt(local - 24 * HOUR)
    if (this.toLocal(early) === local) return early
    const late = local - this.offsetAt(local + 24 * HOUR)
    if (this.toLocal(late) === local) return late
    return this.#firstInstantFrom(local, Math.min(early, late), Math.max(early, late))
  }

  /** ISO 8601 in this zone: `…Z` for UTC, else with the offset. */
  format(instant: number, fraction: 0 | 3): string {
    if (this.isUtc) return formatTimestamp(instant, fraction === 3 ? UTC_MILLISECONDS : UTC_SECONDS)
    return formatTimestamp(instant, { fraction, offset: this.offsetAt(instant) })
  }

  /** The least instant in (low, high] whose local reading is `local` or later; the reading at `low` is before it. */
  #firstInstantFrom(local: number, low: number, high: number): number {
    return leastInstant(low, high, (instant) => this.toLocal(instant) >= local)
  }

  #bucketOf(hour: number): OffsetBucket {
    const known = this.#buckets.get(hour)
    if (known) return known
    const start = hour * HOUR
    const end = start + HOUR
    const before = this.#compute(start)
    const after = this.#compute(end)
    const changeAt =
      before === after ? Infinity : leastInstant(start, end, (instant) => this.#compute(instant) === after)
    const bucket = { before, changeAt, after }
    if (this.#buckets.size >= MAX_BUCKETS) this.#buckets.clear()
    this.#buckets.set(hour, bucket)
    return bucket
  }

  #compute(instant: number): number {
    const clamped = Math.max(-8.64e15, Math.min(8.64e15, instant))
    const text = this.#format!.format(clamped)
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text)
    if (!match?.[1]) return 0
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
    return (match[1] === '-' ? -seconds : seconds) * 1000
  }
}

const UTC_SECONDS = { fraction: 0 } as const
const UTC_MILLISECONDS = { fraction: 3 } as const

/** Bisection: the least whole number in (low, high] for which `holds`, which must be false, then true. */
function leastInstant(low: number, high: number, holds: (instant: number) => boolean): number {
  let [no, yes] = [low, high]
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}

export const UTC = new Zone('UTC', undefined, 0)

const zones = new Map<string, Zone>([['UTC', UTC]])

/**
 * The zone of that name (`Europe/Berlin`, `UTC`, `+02:00`; names in any case), or undefined if there is none. One
 * object per name.
 */
export function findZone(name: string): Zone | undefined {
  const known = zones.get(name)
  if (known) return known
  const zone = createZone(name)
  if (zone) zones.set(name, zone)
  return zone
}

export const isZone = (name: string): boolean => findZone(name) !== undefined

/** `findZone`, or E_FLAG_VALUE with the nearest name. `source` is the flag for the caret. */
export function zoneOf(name: string, source = '--tz'): Zone {
  const zone = findZone(name)
  if (zone) return zone
  const near = suggest(name, [...Intl.supportedValuesOf('timeZone'), 'UTC'])
  const hint = near ? `did you mean '${near}'?` : 'zones are named like Europe/Berlin, UTC or +02:00'
  const span = { source, text: name, start: 0, end: name.length }
  throw new TidemarkError('E_FLAG_VALUE', `there is no time zone '${name}'`, { hint, span })
}

function createZone(name: string): Zone | undefined {
  if (/^(utc|gmt|z|etc\/utc|etc\/gmt)$/i.test(name)) return new Zone(name, undefined, 0)
  const fixed = /^(?:UTC|GMT)?([+-])(\d\d):?([0-5]\d)$/i.exec(name)
  if (fixed) {
    const offset = Number(fixed[2]) * HOUR + Number(fixed[3]) * 60_000
    return offset > 18 * HOUR ? undefined : new Zone(name, undefined, fixed[1] === '-' ? -offset : offset)
  }
  try {
    return new Zone(name, new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }), 0)
  } catch {
    return undefined
  }
}
