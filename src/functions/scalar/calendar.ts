import { RowError } from '../../base/errors.ts'

/** Counting on the wall: everything here takes and gives wall-clock ms (`Zone.toLocal`) of the Gregorian calendar. */
const DAY = 86_400_000

export type Unit = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND' | 'MILLISECOND'

/** Months of the units that have no fixed length. */
const MONTHS: Readonly<Partial<Record<Unit, number>>> = { YEAR: 12, QUARTER: 3, MONTH: 1 }
const LENGTHS: Readonly<Partial<Record<Unit, number>>> = {
  WEEK: 7 * DAY,
  DAY,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
  MILLISECOND: 1,
}
const UNITS = [...Object.keys(MONTHS), ...Object.keys(LENGTHS)]

/** Reads a unit in any case, singular or plural. Throws `RowError` for any other word. */
export function unitOf(text: string): Unit {
  const word = text.toUpperCase().replace(/S$/, '')
  if (!UNITS.includes(word)) throw new RowError(`there is no unit of time '${text}'`, `units are ${UNITS.join(', ')}`)
  return word as Unit
}

/** Is a unit counted on the clock of the wall? Hours and less are as long everywhere, days are not. */
export const isCalendarUnit = (unit: Unit): boolean => unit in MONTHS || unit === 'WEEK' || unit === 'DAY'

/** The date `count` months later, on the last day of a month that is too short. */
function plusMonths(wall: number, count: number): number {
  const date = new Date(wall)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + count)
  date.setUTCDate(Math.min(day, daysIn(date.getUTCFullYear(), date.getUTCMonth())))
  return date.getTime()
}

const LONG_MONTHS = new Set([0, 2, 4, 6, 7, 9, 11])

function daysIn(year: number, month: number): number {
  if (month === 1) return isLeap(year) ? 29 : 28
  return LONG_MONTHS.has(month) ? 31 : 30
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

export function plus(wall: number, unit: Unit, count: number): number {
  const months = MONTHS[unit]
  return months === undefined ? wall + count * LENGTHS[unit]! : plusMonths(wall, count * months)
}

/** How many whole units lie between two moments, towards zero; negative if `to` is before `from`. */
export function between(unit: Unit, from: number, to: number): number {
  if (to < from) return -between(unit, to, from) + 0
  const months = MONTHS[unit]
  if (months === undefined) return Math.floor((to - from) / LENGTHS[unit]!)
  const [a, b] = [new Date(from), new Date(to)]
  const count = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  return Math.floor((plusMonths(from, count) > to ? count - 1 : count) / months)
}

/** The start of the unit that a moment lies in. Weeks begin on Sunday, as in Flink's FLOOR. */
export function floorTo(wall: number, unit: Unit): number {
  const months = MONTHS[unit]
  if (months !== undefined) {
    const date = new Date(wall)
    const month = date.getUTCMonth()
    date.setUTCMonth(month - (month % months), 1)
    return floorTo(date.getTime(), 'DAY')
  }
  // 1970-01-04 was a Sunday.
  const origin = unit === 'WEEK' ? 3 * DAY : 0
  const length = LENGTHS[unit]!
  return Math.floor((wall - origin) / length) * length + origin
}

/** The start of the next unit, unless the moment is one. */
export function ceilTo(wall: number, unit: Unit): number {
  const start = floorTo(wall, unit)
  return start === wall ? wall : plus(start, unit, 1)
}

const dayOfYear = (date: Date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1
const isoDay = (date: Date) => ((date.getUTCDay() + 6) % 7) + 1

/** The Thursday of a date's ISO week: its year is the week's year. */
const thursday = (date: Date) => new Date(date.getTime() + (4 - isoDay(date)) * DAY)

/** What EXTRACT can take from a date besides the units. */
const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  YEAR: (date) => date.getUTCFullYear(),
  QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  MONTH: (date) => date.getUTCMonth() + 1,
  WEEK: (date) => Math.ceil(dayOfYear(thursday(date)) / 7),
  DAY: (date) => date.getUTCDate(),
  HOUR: (date) => date.getUTCHours(),
  MINUTE: (date) => date.getUTCMinutes(),
  SECOND: (date) => date.getUTCSeconds(),
  MILLISECOND: (date) => date.getUTCMilliseconds(),
  MICROSECOND: (date) => date.getUTCMilliseconds() * 1000,
  NANOSECOND: (date) => date.getUTCMilliseconds() * 1_000_000,
  DOY: dayOfYear,
  DOW: (date) => date.getUTCDay() + 1,
  ISODOW: isoDay,
  ISOYEAR: (date) => thursday(date).getUTCFullYear(),
  DECADE: (date) => Math.floor(date.getUTCFullYear() / 10),
  CENTURY: (date) => Math.ceil(date.getUTCFullYear() / 100),
  MILLENNIUM: (date) => Math.ceil(date.getUTCFullYear() / 1000),
}

/** Reads a part off a wall-clock moment. Throws `RowError` for a word that names none. */
export function partOf(text: string): (wall: number) => number {
  const word = text.toUpperCase().replace(/S$/, '')
  const read = Object.hasOwn(PARTS, word) ? PARTS[word] : undefined
  if (read === undefined)
    throw new RowError(`there is no part of time '${text}'`, `parts are ${Object.keys(PARTS).join(', ')}, EPOCH`)
  return (wall) => read(new Date(wall))
}
