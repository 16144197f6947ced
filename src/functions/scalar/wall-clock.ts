import { RowError } from '../../base/errors.ts'

/**
 * A time zone as a pair of maps between instants (ms since 1970 UTC) and what a clock on the wall shows, as the ms at which a
 * clock in UTC shows the same.
 */
export interface WallClock {
  readonly zone: string
  toWall(instant: number): number
  /** Of two instants (clock set back) the earlier; where the clock was set forward, as if it had not been: java.time's rule. */
  fromWall(wall: number): number
}

const UTC: WallClock = { zone: 'UTC', toWall: (instant) => instant, fromWall: (wall) => wall }

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/

const clocks = new Map<string, WallClock>([
  ['UTC', UTC],
  ['GMT', UTC],
  ['Z', UTC],
])

/** The clock of an IANA zone, or of a fixed offset such as `GMT-08:00`. Throws `RowError` for a name that is neither. */
export function wallClockOf(zone: string): WallClock {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const fixed = FIXED.exec(zone)
  const clock = fixed === null ? zonedClock(zone) : fixedClock(zone, fixed)
  clocks.set(zone, clock)
  return clock
}

function fixedClock(zone: string, [, sign, hours, minutes]: RegExpExecArray): WallClock {
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3_600_000 + Number(minutes ?? 0) * 60_000)
  return { zone, toWall: (instant) => instant + offset, fromWall: (wall) => wall - offset }
}

const DAY = 86_400_000
/** Offsets change only at full quarters of an hour (those of local mean time, before 1972, aside). */
const QUARTER_HOUR = 900_000
const REMEMBERED = 4096

function zonedClock(zone: string): WallClock {
  const offsetAt = offsetReader(zone)
  const offsets = new Map<number, number>()
  const offset = (instant: number) => {
    const quarter = Math.floor(instant / QUARTER_HOUR)
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    if (offsets.size >= REMEMBERED) offsets.clear()
    const found = offsetAt(quarter * QUARTER_HOUR)
    offsets.set(quarter, found)
    return found
  }
  return {
    zone,
    toWall: (instant) => instant + offset(instant),
    fromWall(wall) {
      const before = wall - offset(wall - DAY)
      const after = wall - offset(wall + DAY)
      return before + offset(before) === wall || after + offset(after) !== wall ? before : after
    },
  }
}

function offsetReader(zone: string): (instant: number) => number {
  const format = formatOf(zone)
  return (instant) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value)
    const wall = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second'])
    return wall - Math.floor(instant / 1000) * 1000
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const two = '2-digit'
  const clock = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      year: 'numeric',
      month: two,
      day: two,
      ...clock,
    })
  } catch {
    throw new RowError(`there is no time zone '${zone}'`, 'name one like Europe/Berlin, UTC or GMT-08:00')
  }
}
