import type { DecimalShape } from './decimal.ts'

/** Flink's whole numbers. Those up to INT are kept as doubles, BIGINT as exact integers of 64 bits. */
export type WholeType = 'tinyint' | 'smallint' | 'int' | 'bigint'

/** DECIMAL(precision, scale). */
export type DecimalType = `decimal(${number},${number})`

/**
 * Static types. Rows without a schema have `any` columns: each value is what the row holds. Expressions, operators and declared schemas make
 * typed columns: `number` (DOUBLE), `timestamp` (ms since 1970-01-01T00:00:00Z, as a double), `interval` (ms), and exact numbers.
 */
export type ColumnType = 'any' | 'boolean' | 'number' | WholeType | DecimalType | 'string' | 'timestamp' | 'interval'

/** Types whose values a column keeps in `numbers`. */
export const isNumeric = (type: ColumnType): boolean =>
  type === 'number' || type === 'timestamp' || type === 'interval' || isSmallWhole(type)

/** TINYINT, SMALLINT and INT. */
export const isSmallWhole = (type: ColumnType): type is Exclude<WholeType, 'bigint'> =>
  type === 'int' || type === 'smallint' || type === 'tinyint'

export const isWhole = (type: ColumnType): type is WholeType => type === 'bigint' || isSmallWhole(type)

export const decimalType = ({ precision, scale }: DecimalShape): DecimalType => `decimal(${precision},${scale})`

const shapes = new Map<ColumnType, DecimalShape>()

/** The shape of a DECIMAL type; undefined for all others. */
export function decimalShape(type: ColumnType): DecimalShape | undefined {
  if (!type.startsWith('decimal')) return undefined
  let shape = shapes.get(type)
  if (shape === undefined) {
    const [precision, scale] = type.slice('decimal('.length, -1).split(',').map(Number) as [number, number]
    shape = { precision, scale }
    shapes.set(type, shape)
  }
  return shape
}

const DIGITS_OF_WHOLE: Readonly<Record<WholeType, number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 19 }

/** The DECIMAL that an exact number counts as beside another: its own shape, or INT as DECIMAL(10, 0). undefined for all other types. */
export const shapeOfExact = (type: ColumnType): DecimalShape | undefined =>
  isWhole(type) ? { precision: DIGITS_OF_WHOLE[type], scale: 0 } : decimalShape(type)

const WHOLE_TYPES: readonly WholeType[] = ['tinyint', 'smallint', 'int', 'bigint']
const BITS_OF_WHOLE: Readonly<Record<WholeType, number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }

export const bitsOfWhole = (type: WholeType): number => BITS_OF_WHOLE[type]

export const widerWhole = (a: WholeType, b: WholeType): WholeType =>
  WHOLE_TYPES[Math.max(WHOLE_TYPES.indexOf(a), WHOLE_TYPES.indexOf(b))]!
