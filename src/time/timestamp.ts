import type { Brand } from '../base/brand.ts'

export { formatOffset, formatTimestamp, type TimestampStyle } from './timestamp-format.ts'

/** A moment of event time: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
export type Timestamp = Brand<number, 'Timestamp'>

/**
 * The furthest moment that JavaScript's `Date` can name, ms on either side of 1970; everything beyond is unreadable.
 */
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
 * Reads ISO 8601 and SQL timestamps from bytes [start, end): `2024-05-01`, then `T` or a space, `10:00` with optional
 * seconds and any fraction (after `.` or `,`; below a millisecond it is cut off), then `Z`, `+02:00`, `+0200`, `+02` or
 * nothing, which is UTC. Years 0000 to 9999, offsets up to 18:00; hour 24 and second 60 are refused. NaN if it cannot
 * be read. Allocates nothing.
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

/**
 * The offset of the zone at `at` in ms: `Z`, `+02`, `+0200`, `+02:00`, `+02:00:00` (old local mean times); NaN if it is
 * none.
 */
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

/**
 * Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`: years begin
 * in March).
 */
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

/** `--time-format`: how a field tells time. */
export type TimeFormat = 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns'

export const TIME_FORMATS: readonly TimeFormat[] = ['auto', 'iso', 's', 'ms', 'us', 'ns']

/**
 * The time of a number counted from 1970, in ms, rounded down. `auto` tells the unit by the size: from 1e17 ns, from
 * 1e14 us, from 1e11 ms, from 1e8 s, on either side of 1970; smaller numbers, `iso`, NaN and times beyond
 * `MAX_TIMESTAMP` give NaN. A number of seconds is taken as the decimal it was written as: 1714557600.123 is .123 s,
 * although its double lies below.
 */
export function timestampOfNumber(value: number | bigint, format: TimeFormat): number {
  const unit = format === 'auto' ? unitBySize(Math.abs(Number(value))) : format
  const ms = typeof value === 'bigint' ? inMillisecondsExactly(value, unit) : inMilliseconds(value, unit)
  return ms >= -MAX_TIMESTAMP && ms <= MAX_TIMESTAMP ? ms : NaN
}

/**
 * The time of a string: ISO 8601 or SQL under `auto` and `iso`, a number under all formats but `iso`. NaN if it cannot
 * be read.
 */
export function timestampOfText(text: string, format: TimeFormat): number {
  if (format === 'auto' || format === 'iso') {
    const time = parseTimestampText(text)
    if (format === 'iso' || !Number.isNaN(time)) return time
  }
  const number = parseNumber(text)
  return number === undefined ? NaN : timestampOfNumber(number, format)
}

/** `timestampOfText` for bytes [start, end). Allocates nothing for timestamps and for integers of up to 15 digits. */
export function timestampOfBytes(buffer: Buffer, start: number, end: number, format: TimeFormat): number {
  if (format === 'auto' || format === 'iso') {
    const time = parseTimestampBytes(buffer, start, end)
    if (format === 'iso' || !Number.isNaN(time)) return time
  }
  if (end - start > 15) return timestampOfText(buffer.toString('utf8', start, end), format)
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = buffer[at]! ^ 0x30
    if (digit > 9) return timestampOfText(buffer.toString('utf8', start, end), format)
    value = value * 10 + digit
  }
  return end > start ? timestampOfNumber(value, format) : NaN
}

/**
 * Why a value of a row is not a time, for the message of the bad row: `value` as the row holds it, undefined if it has
 * none.
 */
export function describeUnreadableTime(value: unknown, format: TimeFormat): { reason: string; hint?: string } {
  if (value === undefined || value === null) return { reason: 'no event time' }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return { reason: 'it is neither a string nor a number' }
  }
  const shown = typeof value === 'string' ? `'${shorten(value)}'` : String(value)
  const number = typeof value === 'string' ? parseNumber(value) : value
  if (number === undefined) {
    const isEpochFormat = format !== 'auto' && format !== 'iso'
    if (!isEpochFormat || Number.isNaN(timestampOfText(String(value), 'iso')))
      return { reason: `${shown} is not a timestamp`, hint: 'timestamps look like 2024-05-01T10:00:00Z' }
    return { reason: `${shown} is not a number, as --time-format ${format} says`, hint: 'say --time-format iso' }
  }
  if (format === 'iso') return { reason: `${shown} is a number, not a timestamp`, hint: 'say --time-format auto' }
  if (format === 'auto' && Math.abs(Number(number)) < 1e8)
    return { reason: `${shown} is too small to tell its unit`, hint: 'say --time-format s or ms' }
  return { reason: `${shown} is out of the range of time` }
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

type EpochUnit = Exclude<TimeFormat, 'auto'>

function unitBySize(size: number): EpochUnit {
  if (size >= 1e17) return 'ns'
  if (size >= 1e14) return 'us'
  if (size >= 1e11) return 'ms'
  return size >= 1e8 ? 's' : 'iso'
}

function inMilliseconds(value: number, unit: EpochUnit): number {
  if (unit === 'ms') return Math.floor(value)
  if (unit === 's') return secondsInMilliseconds(value)
  if (unit === 'us') return floorDivide(value, 1e3)
  return unit === 'ns' ? floorDivide(value, 1e6) : NaN
}

/**
 * A decimal with up to three places differs from its double times 1000 by two roundings at most, 2^-52 of its size;
 * whatever is as near as that to a whole millisecond is one. Microseconds stay apart from it up to the year 100,000.
 */
function secondsInMilliseconds(value: number): number {
  const ms = value * 1000
  const nearest = Math.round(ms)
  return Math.abs(ms - nearest) <= Math.abs(ms) * 2 ** -52 ? nearest : Math.floor(ms)
}

/**
 * Exact where a plain division would round up to the next whole number. The remainder is exact; the difference need not be (beyond 2^59 doubles are
 * further apart than the powers of two in a million), but is so near to a multiple that the quotient is next to a whole number.
 */
function floorDivide(value: number, by: number): number {
  const rest = value % by
  return Math.round((value - rest) / by) - (rest < 0 ? 1 : 0)
}

function inMillisecondsExactly(value: bigint, unit: EpochUnit): number {
  if (unit === 's') return Number(value * 1000n)
  if (unit === 'ms') return Number(value)
  if (unit === 'iso') return NaN
  const by = unit === 'us' ? 1_000n : 1_000_000n
  return Number(value / by - (value % by < 0n ? 1n : 0n))
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** A number's text, integers exactly. */
function parseNumber(text: string): number | bigint | undefined {
  if (!NUMBER.test(text)) return undefined
  const double = Number(text)
  return Number.isSafeInteger(double) || !/^-?\d{1,30}$/.test(text) ? double : BigInt(text)
}
