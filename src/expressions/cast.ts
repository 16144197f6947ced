import { RowError } from '../base/errors.ts'
import type { ColumnType } from '../data/column-type.ts'
import { Decimal, type DecimalShape, decimalOf, fitDecimal, parseDecimal, truncateDecimal } from '../data/decimal.ts'
import { describeType, isNumber, type Value } from '../data/value.ts'
import { parseTimestampText } from '../time/timestamp.ts'
import type { CastType } from './bound.ts'
import { printedText } from './operations.ts'
import { shapeOfCast } from './type-name.ts'

/** From and to of a cast, and the operand as written. */
export interface CastSite {
  readonly from: ColumnType
  readonly to: CastType
  readonly operand: string
}

/** CAST of a value that is not null, by Flink's rules; throws `RowError` where there is no such value. */
export function castValue(value: Value, site: CastSite): Value {
  switch (site.to) {
    case 'STRING':
      return printedText(value, site.from)
    case 'BOOLEAN':
      return booleanOf(value, site)
    case 'TIMESTAMP':
      return timestampOf(value, site)
    case 'DOUBLE':
      return doubleOf(value, site)
    case 'BIGINT':
      return wholeOf(value, site, [-(1n << 63n), (1n << 63n) - 1n])
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
      return smallWholeOf(value, site, INTEGER_RANGE[site.to])
    default:
      return decimalValueOf(value, site, shapeOfCast(site.to)!)
  }
}

const INTEGER_RANGE: Readonly<Record<'TINYINT' | 'SMALLINT' | 'INT', readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32768n, 32767n],
  INT: [-2147483648n, 2147483647n],
}

const TRUE_TEXTS = new Set(['true', 't', 'yes', 'y', '1'])
const FALSE_TEXTS = new Set(['false', 'f', 'no', 'n', '0'])
const DOUBLE_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const WHOLE_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/

function booleanOf(value: Value, site: CastSite): Value {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) !== 0
  if (value instanceof Decimal) return value.digits !== 0n
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (TRUE_TEXTS.has(text)) return true
  if (FALSE_TEXTS.has(text)) return false
  throw refusal(value, site)
}

function timestampOf(value: Value, site: CastSite): Value {
  if (site.from === 'timestamp') return value
  if (typeof value === 'string') {
    const ms = parseTimestampText(value.trim())
    if (!Number.isNaN(ms)) return ms
  }
  if (isNumber(value))
    throw new RowError(`${site.operand} is a number, not a timestamp`, `TO_TIMESTAMP_LTZ(${site.operand}, 3)`)
  throw refusal(value, site)
}

function doubleOf(value: Value, site: CastSite): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (value instanceof Decimal) return value.toNumber()
  const text = typeof value === 'string' ? value.trim() : ''
  if (DOUBLE_TEXT.test(text)) return Number(text) + 0
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text)
  throw refusal(value, site)
}

/** Whole numbers: digits exactly, a fraction cut off toward zero; beyond the range of the type there is none. */
function wholeOf(value: Value, site: CastSite, [low, high]: readonly [bigint, bigint]): bigint {
  let whole: bigint | undefined
  if (typeof value === 'bigint') whole = value
  else if (typeof value === 'boolean') whole = value ? 1n : 0n
  else if (value instanceof Decimal) whole = truncateDecimal(value)
  else if (typeof value === 'number' && Number.isFinite(value)) whole = BigInt(Math.trunc(value))
  else if (typeof value === 'string' && WHOLE_TEXT.test(value.trim())) whole = digitsOf(value.trim())
  if (whole === undefined) throw refusal(value, site)
  if (whole < low || whole > high) throw new RowError(`${site.operand} is out of the range of ${site.to}`)
  return whole
}

/** Rounded half up to the scale; NULL if it has too many digits before the point, as in Flink. */
function decimalValueOf(value: Value, site: CastSite, shape: DecimalShape): Value {
  const known =
    typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? parseDecimal(value.trim()) : value
  const decimal = isNumber(known as Value) ? decimalOf(known as number | bigint | Decimal) : undefined
  if (decimal === undefined) throw refusal(value, site)
  return fitDecimal(decimal, shape)
}

/** INT and below: doubles hold them all, so numbers need no detour over a bigint. */
function smallWholeOf(value: Value, site: CastSite, range: readonly [bigint, bigint]): number {
  const whole = typeof value === 'number' ? Math.trunc(value) : Number.NaN
  return whole >= Number(range[0]) && whole <= Number(range[1]) ? whole + 0 : Number(wholeOf(value, site, range))
}

function digitsOf(text: string): bigint {
  const isNegative = text.startsWith('-')
  const digits = BigInt(text.replace(/^[+-]/, '').replace(/\..*$/, '') || '0')
  return isNegative ? -digits : digits
}

/** The text itself is shown where it is short: it says what is wrong. */
function refusal(value: Value, { operand, to }: CastSite): RowError {
  const shown = typeof value === 'string' && value.length <= 40 ? `'${value}'` : describeType(value)
  return new RowError(`${operand} is ${shown}, which is no ${to}`, `TRY_CAST gives NULL instead`)
}
