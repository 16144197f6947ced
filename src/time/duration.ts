import type { Brand } from '../base/brand.ts'
import { type ErrorDetails, TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'

export { type IntervalUnit, intervalUnitOf, parseSqlInterval } from './interval.ts'

/** A length of time in whole milliseconds; negative only where that is asked for (`--offset`, `--between`). */
export type Duration = Brand<number, 'Duration'>

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

/** As far apart as two times can be. */
const MAX_DURATION = 8.64e15

export interface DurationOptions {
  /** What the text is, for messages: `--within`. */
  readonly source?: string
  /** Where the text stands, if it is a part of something longer; instead of `source`. */
  readonly span?: Span
  /** May it be negative? */
  readonly isSigned?: boolean
}

/**
 * Reads `250ms`, `5s`, `1h30m`, `1.5h`, `2w` and a bare 0 (CLI.md section 2): units from large to small, each once; `m`
 * is minutes. Throws E_DURATION with a caret under the part that is wrong.
 */
export function parseDuration(text: string, options: DurationOptions = {}): Duration {
  const whole: Span = options.span ?? { source: options.source ?? 'duration', text, start: 0, end: text.length }
  const isNegative = text.startsWith('-')
  const body = isNegative ? text.slice(1) : text
  if (isNegative && !options.isSigned) throw durationError(`the duration '${text}' is negative`, whole)
  if (/^0+$/.test(body)) return 0 as Duration
  if (/^\d+(\.\d+)?$/.test(body)) {
    const hint = `write ${text}s for seconds, ${text}m for minutes, ${text}h for hours, ${text}ms for milliseconds`
    throw durationError(`the duration '${text}' has no unit`, whole, hint)
  }
  const ms = addParts(body, text, { ...whole, start: whole.start + (isNegative ? 1 : 0) })
  if (ms > MAX_DURATION) throw durationError(`the duration '${text}' is too long`, whole)
  return (isNegative && ms !== 0 ? -ms : ms) as Duration
}

function addParts(body: string, text: string, span: Span): number {
  const part = /(\d+)(?:\.(\d+))?([^\d.\s]+)/y
  let ms = 0
  let rank = -1
  while (part.lastIndex < body.length) {
    const from = part.lastIndex
    const match = part.exec(body)
    if (!match) {
      const meant = from === 0 || /\s/.test(body[from]!) ? inShort(text) : undefined
      const hint = meant === undefined ? "write numbers with units, such as '90s' or '1h30m'" : `write ${meant}`
      throw durationError(`cannot read the duration '${text}'`, { ...span, start: span.start + from }, hint)
    }
    const here = { ...span, start: span.start + from, end: span.start + part.lastIndex }
    const unit = match[3]!
    const at = UNITS.findIndex(([name]) => name === unit)
    const unitSpan = { ...here, start: here.end - unit.length }
    if (at < 0) throw durationError(`there is no unit '${unit}' for durations`, unitSpan, unitHint(unit))
    if (at <= rank) throw durationError(`the units of '${text}' do not go from large to small`, unitSpan)
    rank = at
    const size = exactProduct(match[1]!, match[2] ?? '', UNITS[at]![1])
    if (size === undefined) throw durationError(`'${match[0]}' is not a whole number of milliseconds`, here)
    ms += size
  }
  if (rank < 0) throw durationError('the duration is empty', span, "write a number with a unit, such as '5m'")
  return ms
}

/** (whole.fraction) * unit, or undefined if that is not whole. In digits, so that 0.001s is 1 ms and 1.1s is 1100. */
function exactProduct(whole: string, fraction: string, unit: number): number | undefined {
  const digits = fraction.replace(/0+$/, '')
  const scale = 10n ** BigInt(digits.length)
  const product = BigInt(whole + digits) * BigInt(unit)
  return product % scale === 0n ? Number(product / scale) : undefined
}

function unitHint(unit: string): string {
  if (/^(mo|mon|months?|M|y|yr|years?)$/.test(unit)) {
    return 'months and years have no fixed length: write days, such as 30d (m is minutes)'
  }
  const meant = UNITS.find(([name]) => name === unit.toLowerCase())?.[0] ?? LONG_NAMES[unit.toLowerCase()]
  const units = 'units are ms, s, m (minutes), h, d, w'
  return meant ? `write ${meant}; ${units}` : units
}

const LONG_NAMES: Readonly<Record<string, string | undefined>> = {
  __proto__: null as never,
  milli: 'ms',
  millis: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
  week: 'w',
  weeks: 'w',
}

/** What SQL's `INTERVAL '5' MINUTE`, Java's `Duration.ofMinutes(5)`, or `5 minutes` is here; undefined: it is none of them. */
function inShort(text: string): string | undefined {
  const sql = /^(?:interval\s*)?['"]?\s*(\d+(?:\.\d+)?)\s*['"]?\s*([a-z]+)['"]?$/i.exec(text.trim())
  const java = /^\w+\.(?:of)?([a-z]+)\(\s*(\d+)l?\s*\)$/i.exec(text.trim())
  const [, count, unit] = sql ?? (java && [java[0], java[2], java[1]]) ?? []
  if (count === undefined || unit === undefined) return undefined
  const short = UNITS.find(([name]) => name === unit.toLowerCase())?.[0] ?? LONG_NAMES[unit.toLowerCase()]
  return short && `${count}${short}`
}

function durationError(message: string, span: Span, hint?: string): TidemarkError {
  const details: ErrorDetails = hint === undefined ? { span } : { span, hint }
  return new TidemarkError('E_DURATION', message, details)
}

/**
 * The duration as `parseDuration` reads it: `1h30m`, `2.1s`, `250ms`, `0s`, `-8h`. Parts that are 0 are left out; no
 * weeks.
 */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (!Number.isFinite(ms)) return 'forever'
  if (ms < 1000) return `${ms}ms`
  let rest = ms
  let text = ''
  for (const [unit, size] of UNITS.slice(1, 4)) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return rest === 0 ? text : `${text}${rest / 1000}s`
}
