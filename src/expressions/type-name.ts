import { type ColumnType, decimalShape, decimalType, type WholeType } from '../data/column-type.ts'
import { type DecimalShape, MOST_DIGITS } from '../data/decimal.ts'
import type { CastType } from './bound.ts'

/** The types of casts' results; where types are not declared, whole numbers up to INT divide and add up as doubles. */
const RESULTS: Readonly<Record<Exclude<CastType, DecimalCast>, ColumnType>> = {
  BOOLEAN: 'boolean',
  STRING: 'string',
  TINYINT: 'number',
  SMALLINT: 'number',
  INT: 'number',
  BIGINT: 'bigint',
  DOUBLE: 'number',
  TIMESTAMP: 'timestamp',
}

const SMALL_WHOLES: readonly CastType[] = ['TINYINT', 'SMALLINT', 'INT']

type DecimalCast = Extract<CastType, `DECIMAL${string}`>

/** The static type of a cast's result. */
export function castResult(to: CastType, isTyped: boolean): ColumnType {
  const shape = shapeOfCast(to)
  if (shape) return decimalType(shape)
  if (isTyped && SMALL_WHOLES.includes(to)) return to.toLowerCase() as WholeType
  return RESULTS[to as Exclude<CastType, DecimalCast>]
}

const DECIMAL = /^(?:DECIMAL|DEC|NUMERIC)(?:\((\d+)(?:, (\d+))?\))?$/

const shapes = new Map<string, DecimalShape | undefined>()

/** The shape that a DECIMAL type says; undefined for other types, and for shapes that Flink has not. */
export function shapeOfCast(name: string): DecimalShape | undefined {
  if (!shapes.has(name)) shapes.set(name, readShape(name))
  return shapes.get(name)
}

function readShape(name: string): DecimalShape | undefined {
  const match = DECIMAL.exec(name)
  if (match === null) return undefined
  const [precision, scale] = [Number(match[1] ?? 10), Number(match[2] ?? 0)]
  return precision >= 1 && precision <= MOST_DIGITS && scale <= precision ? { precision, scale } : undefined
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

/** The cast that makes an exact number, or a DOUBLE, one of another such type. */
export function castTypeFor(type: ColumnType): CastType {
  const shape = decimalShape(type)
  if (shape) return `DECIMAL(${shape.precision}, ${shape.scale})`
  return (type === 'number' ? 'DOUBLE' : type.toUpperCase()) as CastType
}

/** Types that SQL has and tidemark's expressions have not, with what to write instead. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:DECIMAL|DEC|NUMERIC)\b/,
    'write DECIMAL(precision, scale), with 1 to 38 digits of which at most all stand behind the point',
  ],
  [/^(?:FLOAT|REAL)\b/, 'write DOUBLE'],
  [/^DATE\b/, 'write TIMESTAMP: midnight in UTC; or STRING, and the text stays as it is'],
  [/^TIME\b/, 'write STRING'],
  [
    /^(?:ARRAY|MAP|ROW|MULTISET|JSON|VARIANT)\b/,
    'write STRING, for its JSON text; a member has a path, such as address.city',
  ],
  [/^(?:BYTES|BINARY|VARBINARY)\b/, 'write STRING'],
  [/^(?:VARCHAR|CHAR|CHARACTER)\b/, 'write STRING; left(text, n) cuts it'],
  [/^TIMESTAMP/, 'write TIMESTAMP: times have milliseconds'],
  [/^(?:TEXT|NVARCHAR)\b/, 'write STRING'],
  [/^(?:BOOL)\b/, 'write BOOLEAN'],
  [/^(?:INT4|INT8|LONG|INT64)\b/, 'write BIGINT'],
  [/^(?:NUMBER|FLOAT64)\b/, 'write DOUBLE'],
]

export function castTypeOf(name: string): CastType | undefined {
  const shape = shapeOfCast(name)
  if (shape) return `DECIMAL(${shape.precision}, ${shape.scale})`
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
}

export const insteadOfType = (name: string): string =>
  INSTEAD.find(([pattern]) => pattern.test(name))?.[1] ??
  'types are STRING, DOUBLE, DECIMAL(p, s), BIGINT, INT, SMALLINT, TINYINT, BOOLEAN and TIMESTAMP'

/** A type as people write it in a schema, `decimal(10,2) not null`, as the parser prints it: `DECIMAL(10, 2)`. */
export const normalTypeName = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/\s+NOT NULL$/, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([(),]) ?/g, '$1')
    .replace(/,/g, ', ')
    .replace(/\)(?=[A-Z])/g, ') ')
