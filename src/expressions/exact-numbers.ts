import { RowError } from '../base/errors.ts'
import {
  bitsOfWhole,
  type ColumnType,
  type DecimalType,
  decimalShape,
  decimalType,
  isWhole,
  shapeOfExact,
  type WholeType,
  widerWhole,
} from '../data/column-type.ts'
import {
  commonShape,
  computeDecimal,
  Decimal,
  type DecimalOperator,
  decimalOf,
  fitDecimal,
  MOST_DIGITS,
  negateDecimal,
  parseDecimal,
  resultShape,
} from '../data/decimal.ts'
import { describeType, isNumber, type Value } from '../data/value.ts'

/** A number as Flink reads one in SQL text: INT or BIGINT, with a point DECIMAL, with an exponent DOUBLE. `text` has no sign. */
export function literalOf(value: number | bigint, text: string): { readonly value: Value; readonly type: ColumnType } {
  if (/[eE]/.test(text)) return { value, type: 'number' }
  const decimal = parseDecimal(text)!
  if (decimal.scale === 0) {
    if (decimal.digits < 1n << 31n) return { value: Number(decimal.digits), type: 'int' }
    if (decimal.digits < 1n << 63n) return { value: decimal.digits, type: 'bigint' }
  }
  const precision = Math.max(`${decimal.digits}`.length, decimal.scale)
  if (precision > MOST_DIGITS) return { value, type: 'number' }
  return { value: decimal, type: decimalType({ precision, scale: decimal.scale }) }
}

/** The literal with a minus. */
export function negated(value: Value): Value {
  if (value instanceof Decimal) return negateDecimal(value)
  return typeof value === 'bigint' ? -value : 0 - (value as number)
}

/** Types whose arithmetic is exact: it wraps (whole numbers) or is NULL (DECIMAL) beyond the range of its type. */
export type ExactType = WholeType | DecimalType

export const isExact = (type: ColumnType): type is ExactType => shapeOfExact(type) !== undefined

/**
 * The type of `left operator right`, by Flink's rules; undefined unless both are exact. A quotient of whole numbers is cut off to a whole
 * number where types are declared (`isTyped`), else it is none of these.
 */
export function exactResult(
  operator: DecimalOperator,
  left: ColumnType,
  right: ColumnType,
  isTyped: boolean,
): ExactType | undefined {
  if (isWhole(left) && isWhole(right)) return operator === '/' && !isTyped ? undefined : widerWhole(left, right)
  const [l, r] = [shapeOfExact(left), shapeOfExact(right)]
  return l && r && decimalType(resultShape(operator, l, r))
}

/** The type that exact numbers share as branches of CASE or COALESCE; undefined unless all are exact. */
export function commonExact(types: readonly ColumnType[]): ExactType | undefined {
  const [first, ...others] = types
  if (first === undefined || !isExact(first)) return undefined
  let common: ExactType = first
  for (const type of others) {
    if (!isExact(type)) return undefined
    common =
      isWhole(common) && isWhole(type)
        ? widerWhole(common, type)
        : decimalType(commonShape(shapeOfExact(common)!, shapeOfExact(type)!))
  }
  return common
}

/** Reads one operand, which is not NULL; throws `RowError` where the row holds no such number. */
export type ReadOperand = (value: Value, operator: string, operand: string) => Value

/** Arithmetic of one exact type over operands that `read` gave. */
export interface ExactArithmetic {
  readonly read: ReadOperand
  compute(left: Value, right: Value): Value
}

export function exactArithmetic(operator: DecimalOperator, type: ExactType): ExactArithmetic {
  const shape = decimalShape(type)
  if (shape === undefined) return wholeArithmetic(operator, type as WholeType)
  return {
    read: decimalOperand,
    compute(left, right) {
      const result = computeDecimal(operator, left as Decimal, right as Decimal, shape.scale)
      if (result === undefined) throw divisionByZero(operator, 'a DECIMAL')
      return fitDecimal(result, shape)
    },
  }
}

/** `-x`. */
export function exactNegation(type: ExactType): { readonly read: ReadOperand; compute(value: Value): Value } {
  if (decimalShape(type)) return { read: decimalOperand, compute: (value) => negateDecimal(value as Decimal) }
  return { read: wholeOperand, compute: (value) => wrapped(-(value as bigint), type as WholeType) }
}

function wholeArithmetic(operator: DecimalOperator, type: WholeType): ExactArithmetic {
  const compute = WHOLE[operator]
  return { read: wholeOperand, compute: (left, right) => wrapped(compute(left as bigint, right as bigint, type), type) }
}

const WHOLE: Readonly<Record<DecimalOperator, (a: bigint, b: bigint, type: WholeType) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b, type) => {
    if (b === 0n) throw divisionByZero('/', inWords(type))
    return a / b
  },
  '%': (a, b, type) => {
    if (b === 0n) throw divisionByZero('%', inWords(type))
    return a % b
  },
}

/** As in Java, what lies beyond the type's bits is lost. */
const wrapped = (value: bigint, type: WholeType): number | bigint => {
  const whole = BigInt.asIntN(bitsOfWhole(type), value)
  return type === 'bigint' ? whole : Number(whole)
}

const inWords = (type: WholeType) => `${type === 'int' ? 'an' : 'a'} ${type.toUpperCase()}`

const divisionByZero = (operator: string, of: string) =>
  new RowError(`${operator} of ${of} by zero`, 'NULLIF(divisor, 0) gives NULL instead')

function wholeOperand(value: Value, operator: string, operand: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw new RowError(
    `${operator} needs a BIGINT, but ${operand} is ${describeType(value)}`,
    `CAST(${operand} AS BIGINT)`,
  )
}

function decimalOperand(value: Value, operator: string, operand: string): Decimal {
  const decimal = isNumber(value) ? decimalOf(value) : undefined
  if (decimal !== undefined) return decimal
  throw new RowError(
    `${operator} needs a DECIMAL, but ${operand} is ${describeType(value)}`,
    `CAST(${operand} AS DECIMAL(38, 6))`,
  )
}
