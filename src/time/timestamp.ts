import type { Brand } from '../base/brand.ts'

/** A moment of event time: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
export type Timestamp = Brand<number, 'Timestamp'>

/** The furthest moment that JavaScript's `Date` can name, ms on either side of 1970; everything beyond is unreadable. */
export const MAX_TIMESTAMP = 8.64e15

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const ZERO = 0x30
const COLON = 0x3a
const DASH = 0x2d
const PLUS = 0x2b

/** The last date read, as its eight digits in two words; logs stay on one day for long stretches. */
let cachedYear = -1
let cachedMonthDay = -1
let cachedDay = NaN

/**
 * Reads ISO 8601 and SQL timestamps from bytes [start, end): `2024-05-01`, then `T` or a space, `10:00` with optional seconds and any
 * fraction (after `.` or `,`; below a millisecond it is cut off), then `Z`, `+02:00`, `+0200`, `+02` or nothing, which is UTC.
 * Years 0000 to 9999, offsets up to 18:00; hour 24 and second 60 are refused. NaN if it cannot be read. Allocates nothing.
 */
export function parseTimestampBytes(buffer: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length < 10) return NaN
  const day = parseDay(buffer, start)
  if (length === 10) return day
  const separator = buffer[start + 10]!
  if (separator !== 0x54 && separator !== 0x20 && separator !== 0x74) return NaN
  if (length < 16 || buffer[start + 13] !== COLON) return NaN
  const hour = twoDigits(buffer, start + 11)
  const minute = twoDigits(buffer, start + 14)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return NaN
  let time = day + hour * HOUR + minute * MINUTE
  let at = start + 16
  if (at < end && buffer[at] === COLON) {
    const second = end - at < 3 ? -1 : twoDigits(buffer, at + 1)
    if (second < 0 || second > 59) return NaN
    time += second * 1000
    at += 3
    if (at < end && (buffer[at] === 0x2e || buffer[at] === 0x2c)) {
      const from = at + 1
      at = endOfDigits(buffer, from, end)
      if (at === from) return NaN
      time += milliseconds(buffer, from, at)
    }
  }
  if (at === end) return time
  return time - parseOffset(buffer, at, end)
}

/** The start of the day `YYYY-MM-DD` in ms; NaN if there is no such day. */
function parseDay(buffer: Uint8Array, at: number): number {
  if (buffer[at + 4] !== DASH || buffer[at + 7] !== DASH) return NaN
  const yearWord = (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
  const dayWord = (buffer[at + 5]! << 24) | (buffer[at + 6]! << 16) | (buffer[at + 8]! << 8) | buffer[at + 9]!
  if (yearWord === cachedYear && dayWord === cachedMonthDay) return cachedDay
  const century = twoDigits(buffer, at)
  const yearOfCentury = twoDigits(buffer, at + 2)
  const month = twoDigits(buffer, at + 5)
  const day = twoDigits(buffer, at + 8)
  const year = century * 100 + yearOfCentury
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12) return NaN
  if (day < 1 || day > daysInMonth(year, month)) return NaN
  cachedYear = yearWord
  cachedMonthDay = dayWord
  cachedDay = daysBefore(year, month, day) * DAY
  return cachedDay
}

/** The offset of the zone at `at` in ms: `Z`, `+02`, `+0200`, `+02:00`, `+02:00:00` (old local mean times); NaN if it is none. */
function parseOffset(buffer: Uint8Array, at: number, end: number): number {
  const sign = buffer[at]!
  const length = end - at
  if ((sign | 0x20) === 0x7a) return length === 1 ? 0 : NaN
  if ((sign !== PLUS && sign !== DASH) || length < 3) return NaN
  const hours = twoDigits(buffer, at + 1)
  let minutes = 0
  let seconds = 0
  if (length === 5) minutes = twoDigits(buffer, at + 3)
  else if (length === 6 && buffer[at + 3] === COLON) minutes = twoDigits(buffer, at + 4)
  else if (length === 9 && buffer[at + 3] === COLON && buffer[at + 6] === COLON) {
    minutes = twoDigits(buffer, at + 4)
    seconds = twoDigits(buffer, at + 7)
  } else if (length !== 3) return NaN
  if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return NaN
  const offset = hours * HOUR + minutes * MINUTE + seconds * 1000
  if (offset > 18 * HOUR) return NaN
  return sign === DASH ? -offset : offset
}

function twoDigits(buffer: Uint8Array, at: number): number {
  const tens = buffer[at]! ^ ZERO
  const ones = buffer[at + 1]! ^ ZERO
  return tens > 9 || ones > 9 ? -1 : tens * 10 + ones
}

function endOfDigits(buffer: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && (buffer[at]! ^ ZERO) <= 9) at += 1
  return at
}

function milliseconds(buffer: Uint8Array, from: number, end: number): number {
  let ms = (buffer[from]! ^ ZERO) * 100
  if (end - from > 1) ms += (buffer[from + 1]! ^ ZERO) * 10
  if (end - from > 2) ms += buffer[from + 2]! ^ ZERO
  return ms
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysInMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : DAYS_IN_MONTH[month - 1]!
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`: years begin in March). */
function daysBefore(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

const scratch = Buffer.alloc(256)

/** `parseTimestampBytes` for text. */
export function parseTimestampText(text: string): number {
  if (text.length > 64) {
    const bytes = Buffer.from(text)
    return parseTimestampBytes(bytes, 0, bytes.length)
  }
  // As UTF-8, not latin1, which would turn other characters into digits.
  return parseTimestampBytes(scratch, 0, scratch.write(text))
}

/** How `formatTimestamp` writes. */
export interface TimestampStyle {
  /** Digits of the fraction; with 0, what is below a second is cut off. Default 0. */
  readonly fraction?: 0 | 3
  /** Offset of local time from UTC in ms, as `Zone.offsetAt` gives it. Absent: UTC, written `Z`. */
  readonly offset?: number
}

const UTC_SECONDS: TimestampStyle = {}
const PADDED = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))

let writtenDay = NaN
let writtenDayText = ''

/**
 * `2024-05-01T10:00:00Z`, or `2024-05-01T12:00:00+02:00` with an offset. Years outside 0000 to 9999 as `Date.toISOString` writes them:
 * a sign and six digits. `ms` is a finite number.
 */
export function formatTimestamp(ms: number, style: TimestampStyle = UTC_SECONDS): string {
  const local = Math.floor(ms) + (style.offset ?? 0)
  const day = Math.floor(local / DAY)
  if (day !== writtenDay) {
    writtenDayText = formatDay(day)
    writtenDay = day
  }
  const rest = local - day * DAY
  const hour = Math.floor(rest / HOUR)
  const minute = Math.floor(rest / MINUTE) % 60
  const second = Math.floor(rest / 1000) % 60
  const zone = style.offset === undefined ? 'Z' : formatOffset(style.offset)
  const text = `${writtenDayText}T${PADDED[hour]!}:${PADDED[minute]!}:${PADDED[second]!}`
  if (style.fraction !== 3) return text + zone
  return `${text}.${String(rest % 1000).padStart(3, '0')}${zone}`
}

/** `+02:00`; with seconds where a zone has them (`+00:53:28`, Berlin before 1893). */
export function formatOffset(offset: number): string {
  const size = Math.abs(offset)
  const seconds = Math.floor(size / 1000) % 60
  const text = `${offset < 0 ? '-' : '+'}${PADDED[Math.floor(size / HOUR)]!}:${PADDED[Math.floor(size / MINUTE) % 60]!}`
  return seconds === 0 ? text : `${text}:${PADDED[seconds]!}`
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`). */
function formatDay(day: number): string {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const date = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  return `${sign}${String(Math.abs(year)).padStart(sign ? 6 : 4, '0')}-${PADDED[month]!}-${PADDED[date]!}`
}
