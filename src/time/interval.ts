import { type ErrorDetails, TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'

/** A unit of a SQL interval that has a fixed length. */
export type IntervalUnit = 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND' | 'MILLISECOND'

const INTERVAL_MS: Readonly<Record<IntervalUnit, number>> = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000,
  MILLISECOND: 1,
}

/**
 * Units that can stand on either side of TO, large to small, with what separates each from the one before and its
 * greatest value.
 */
const FIELDS = [
  { unit: 'DAY', separator: '', most: Infinity },
  { unit: 'HOUR', separator: ' ', most: 23 },
  { unit: 'MINUTE', separator: ':', most: 59 },
  { unit: 'SECOND', separator: ':', most: 59 },
] as const

/**
 * The unit a word names, singular or plural, in any case (Flink takes `DAYS` too); undefined for months, years and
 * other words.
 */
export function intervalUnitOf(word: string): IntervalUnit | undefined {
  const name = word.toUpperCase().replace(/S$/, '')
  return Object.hasOwn(INTERVAL_MS, name) ? (name as IntervalUnit) : undefined
}

/**
 * The length in ms of SQL's `INTERVAL 'text' from [TO to]`: `'5' MINUTE`, `'-1.5' SECOND`, `'1:30' HOUR TO MINUTE`,
 * `'1 10' DAY TO HOUR`. Units in any case, singular or plural. Only seconds have a fraction; parts after the first stay
 * below their carry (59 minutes, 23 hours). Throws E_VALUE, with `span` if given, also for months and years, which have
 * no fixed length.
 */
export function parseSqlInterval(text: string, from: string, to?: string, span?: Span): number {
  const first = unitOrThrow(from, span)
  const match = /^\s*([+-])?(.*?)\s*$/s.exec(text)!
  const size = to === undefined ? single(match[2]!, first) : compound(match[2]!, first, unitOrThrow(to, span), span)
  if (size === undefined || !Number.isFinite(size) || size > 8.64e15) {
    const words = to === undefined ? first : `${first} TO ${to.toUpperCase()}`
    const hint = to === undefined ? hintFor(first) : `it is written ${exampleOf(first, unitOrThrow(to, span))}`
    throw intervalError(`'${text}' is not an interval in ${words}`, span, hint)
  }
  return match[1] === '-' && size !== 0 ? -size : size
}

function single(text: string, unit: IntervalUnit): number | undefined {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text)
  if (!match || (match[2] !== undefined && unit !== 'SECOND')) return undefined
  return Number(match[1]) * INTERVAL_MS[unit] + thousandths(match[2])
}

/** `d h:m:s.f`, or the part of it between two units. */
function compound(text: string, first: IntervalUnit, last: IntervalUnit, span: Span | undefined): number | undefined {
  const from = FIELDS.findIndex(({ unit }) => unit === first)
  const to = FIELDS.findIndex(({ unit }) => unit === last)
  if (from < 0 || to <= from) throw intervalError(`there is no interval ${first} TO ${last}`, span)
  let rest = text
  let size = 0
  for (let i = from; i <= to; i += 1) {
    const { unit, separator, most } = FIELDS[i]!
    if (i > from && !rest.startsWith(separator)) return undefined
    const match = /^(\d+)/.exec(i > from ? rest.slice(1).trimStart() : rest)
    if (!match || (i > from && Number(match[1]) > most)) return undefined
    rest = (i > from ? rest.slice(1).trimStart() : rest).slice(match[1]!.length)
    size += Number(match[1]) * INTERVAL_MS[unit]
  }
  const fraction = last === 'SECOND' ? /^\.(\d{1,9})$/.exec(rest) : null
  if (fraction) return size + thousandths(fraction[1])
  return rest === '' ? size : undefined
}

/** The first three digits after the point; what is below a millisecond is cut off, as Flink does. */
const thousandths = (digits: string | undefined): number => Number((digits ?? '').padEnd(3, '0').slice(0, 3))

function unitOrThrow(word: string, span: Span | undefined): IntervalUnit {
  const unit = intervalUnitOf(word)
  if (unit) return unit
  const isCalendar = /^(year|quarter|month)s?$/i.test(word)
  const hint = isCalendar ? "it has no fixed length: write days, such as INTERVAL '30' DAY" : `units are ${UNIT_WORDS}`
  throw intervalError(`intervals in ${word.toUpperCase()} are not known here`, span, hint)
}

const UNIT_WORDS = Object.keys(INTERVAL_MS).join(', ')

const hintFor = (unit: IntervalUnit): string => `write a number: INTERVAL '5' ${unit}`

function exampleOf(first: IntervalUnit, last: IntervalUnit): string {
  const examples: Readonly<Record<string, string>> = { DAY: '1', HOUR: '10', MINUTE: '30', SECOND: '15' }
  const from = FIELDS.findIndex(({ unit }) => unit === first)
  const to = FIELDS.findIndex(({ unit }) => unit === last)
  const parts = FIELDS.slice(from, to + 1).map(({ unit, separator }, i) => (i === 0 ? '' : separator) + examples[unit])
  return `INTERVAL '${parts.join('')}' ${first} TO ${last}`
}

function intervalError(message: string, span: Span | undefined, hint?: string): TidemarkError {
  const details: ErrorDetails = { ...(span && { span }), ...(hint && { hint }) }
  return new TidemarkError('E_VALUE', message, details)
}
