import { MAX_TIMESTAMP, parseTimestampBytes, parseTimestampText } from './timestamp.ts'

/** `--time-format`: how a field tells time. */
export type TimeFormat = 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns'

export const TIME_FORMATS: readonly TimeFormat[] = ['auto', 'iso', 's', 'ms', 'us', 'ns']

/**
 * The time of a number counted from 1970, in ms, rounded down. `auto` tells the unit by the size: from 1e17 ns, from 1e14 us, from 1e11 ms,
 * from 1e8 s, on either side of 1970; smaller numbers, `iso`, NaN and times beyond `MAX_TIMESTAMP` give NaN.
 * A number of seconds is taken as the decimal it was written as: 1714557600.123 is .123 s, although its double lies below.
 */
export function timestampOfNumber(value: number | bigint, format: TimeFormat): number {
  const unit = format === 'auto' ? unitBySize(Math.abs(Number(value))) : format
  const ms = typeof value === 'bigint' ? inMillisecondsExactly(value, unit) : inMilliseconds(value, unit)
  return ms >= -MAX_TIMESTAMP && ms <= MAX_TIMESTAMP ? ms : NaN
}

/** The time of a string: ISO 8601 or SQL under `auto` and `iso`, a number under all formats but `iso`. NaN if it cannot be read. */
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

/** Why a value of a row is not a time, for the message of the bad row: `value` as the row holds it, undefined if it has none. */
export function describeUnreadableTime(value: unknown, format: TimeFormat): { reason: string; hint?: string } {
  if (value === undefined || value === null) return { reason: 'no event time' }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return { reason: 'the event time is neither a string nor a number' }
  }
  const shown = typeof value === 'string' ? `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'` : String(value)
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
 * A decimal with up to three places differs from its double times 1000 by two roundings at most, 2^-52 of its size; whatever is as near as
 * that to a whole millisecond is one. Microseconds stay apart from it up to the year 100,000.
 */
function secondsInMilliseconds(value: number): number {
  const ms = value * 1000
  const nearest = Math.round(ms)
  return Math.abs(ms - nearest) <= Math.abs(ms) * 2 ** -52 ? nearest : Math.floor(ms)
}

/** Exact where a plain division would round up to the next whole number: the remainder and the difference are exact. */
function floorDivide(value: number, by: number): number {
  const rest = value % by
  return (value - rest) / by - (rest < 0 ? 1 : 0)
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
