import { RowError } from '../base/errors.ts'
import type { ColumnType } from '../data/column-type.ts'
import { describeType, type Value } from '../data/value.ts'
import { parseTimestampText } from '../time/timestamp.ts'
import type { CastType } from './bound.ts'
import { printedText } from './operations.ts'

/** The static type of a cast's result. */
export const CAST_RESULT: Readonly<Record<CastType, ColumnType>> = {
  BOOLEAN: 'boolean',
  STRING: 'string',
  TINYINT: 'number',
  SMALLINT: 'number',
  INT: 'number',
  BIGINT: 'bigint',
  DOUBLE: 'number',
  TIMESTAMP: 'timestamp',
}

/** Type names as printed by the parser, to what they mean here. */
const NAMES: Readonly<Record<string, CastType>> = {
  BOOLEAN: 'BOOLEAN',
  STRING: 'STRING',
  VARCHAR: 'STRING',
  'VARCHAR(2147483647)': 'STRING',
  TINYINT: 'TINYINT',
  SMALLINT: 'SMALLINT',
  INT: 'INT',
  INTEGER: 'INT',
  BIGINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
  'DOUBLE PRECISION': 'DOUBLE',
  TIMESTAMP: 'TIMESTAMP',
  'TIMESTAMP(3)': 'TIMESTAMP',
  'TIMESTAMP(3) WITHOUT TIME ZONE': 'TIMESTAMP',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  TIMESTAMP_LTZ: 'TIMESTAMP',
  'TIMESTAMP_LTZ(3)': 'TIMESTAMP',
  'TIMESTAMP WITH LOCAL TIME ZONE': 'TIMESTAMP',
  'TIMESTAMP(3) WITH LOCAL TIME ZONE': 'TIMESTAMP',
}

/** Types that SQL has and tidemark's expressions have not, with what to write instead. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^(?:DECIMAL|DEC|NUMERIC)\b/, 'write DOUBLE, or BIGINT for exact whole numbers'],
  [/^(?:FLOAT|REAL)\b/, 'write DOUBLE'],
  [/^(?:DATE|TIME)\b/, 'write TIMESTAMP'],
  [/^(?:VARCHAR|CHAR|CHARACTER)\b/, 'write STRING; left(text, n) cuts it'],
  [/^TIMESTAMP/, 'write TIMESTAMP: times have milliseconds'],
  [/^(?:TEXT|NVARCHAR)\b/, 'write STRING'],
  [/^(?:BOOL)\b/, 'write BOOLEAN'],
  [/^(?:INT4|INT8|LONG|INT64)\b/, 'write BIGINT'],
  [/^(?:NUMBER|FLOAT64)\b/, 'write DOUBLE'],
]

export const castTypeOf = (name: string): CastType | undefined => (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined)

export const insteadOfType = (name: string): string =>
  INSTEAD.find(([pattern]) => pattern.test(name))?.[1] ??
  'types are STRING, DOUBLE, BIGINT, INT, SMALLINT, TINYINT, BOOLEAN and TIMESTAMP'

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
    default:
      return smallWholeOf(value, site, INTEGER_RANGE[site.to])
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
  if (typeof value === 'number' || typeof value === 'bigint')
    throw new RowError(`${site.operand} is a number, not a timestamp`, `TO_TIMESTAMP_LTZ(${site.operand}, 3)`)
  throw refusal(value, site)
}

function doubleOf(value: Value, site: CastSite): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
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
  else if (typeof value === 'number' && Number.isFinite(value)) whole = BigInt(Math.trunc(value))
  else if (typeof value === 'string' && WHOLE_TEXT.test(value.trim())) whole = digitsOf(value.trim())
  if (whole === undefined) throw refusal(value, site)
  if (whole < low || whole > high) throw new RowError(`${site.operand} is out of the range of ${site.to}`)
  return whole
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
