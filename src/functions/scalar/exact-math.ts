import { type ColumnType, decimalShape, decimalType } from '../../data/column-type.ts'
import { Decimal, type DecimalShape, decimalOf, fitDecimal, MOST_DIGITS, truncateDecimal } from '../../data/decimal.ts'
import type { Value } from '../../data/value.ts'
import type { ExactForm } from '../scalar-function.ts'
import { wholeOf } from './arguments.ts'

const asDecimal = (value: Value | undefined): Decimal => decimalOf(value as number | bigint | Decimal)!

/** ABS keeps the type of its argument. */
export function exactAbs(type: ColumnType): ExactForm {
  if (decimalShape(type)) return { type, apply: ([x]) => absOf(asDecimal(x)) }
  return { type, apply: ([x]) => (typeof x === 'bigint' ? BigInt.asIntN(64, x < 0n ? -x : x) : Math.abs(x as number)) }
}

const absOf = (value: Decimal): Decimal => (value.digits < 0n ? new Decimal(-value.digits, value.scale) : value)

/** ROUND at a constant place gives a DECIMAL with so many places (Flink's LogicalTypeMerging.findRoundDecimalType); whole numbers stay. */
export function exactRound(type: ColumnType, constants: readonly (Value | undefined)[]): ExactForm | undefined {
  const shape = decimalShape(type)
  if (constants.length > 1 && constants[1] === undefined) return undefined
  const places = constants.length > 1 ? wholeOf(constants[1]!) : 0
  if (shape === undefined) return places >= 0 ? { type, apply: ([x]) => x! } : undefined
  const rounded = roundShape(shape, places)
  return { type: decimalType(rounded), apply: ([x]) => fitDecimal(roundedAt(asDecimal(x), places), rounded) }
}

function roundShape({ precision, scale }: DecimalShape, places: number): DecimalShape {
  if (places >= scale) return { precision, scale }
  const whole = precision - scale + 1
  return { precision: Math.min(MOST_DIGITS, whole + Math.max(places, 0)), scale: Math.max(places, 0) }
}

function roundedAt(value: Decimal, places: number): Decimal {
  if (places >= 0) return value
  const power = 10n ** BigInt(-places)
  const shifted = fitDecimal(new Decimal(value.digits, value.scale - places), { precision: 2 * MOST_DIGITS, scale: 0 })!
  return new Decimal(shifted.digits * power, 0)
}

/** FLOOR and CEIL of a DECIMAL(p, s) are DECIMAL(p, 0); whole numbers stay. */
export const exactFloor = (type: ColumnType): ExactForm => toWhole(type, (whole, sign) => whole - (sign < 0 ? 1n : 0n))
export const exactCeil = (type: ColumnType): ExactForm => toWhole(type, (whole, sign) => whole + (sign > 0 ? 1n : 0n))

/** `adjust` gets the number without its fraction, and the fraction's sign. */
function toWhole(type: ColumnType, adjust: (whole: bigint, sign: number) => bigint): ExactForm {
  const shape = decimalShape(type)
  if (shape === undefined) return { type, apply: ([x]) => x! }
  const whole = { precision: shape.precision, scale: 0 }
  return {
    type: decimalType(whole),
    apply([x]) {
      const value = asDecimal(x)
      const cut = truncateDecimal(value)
      const rest = value.digits - cut * 10n ** BigInt(value.scale)
      return fitDecimal(new Decimal(adjust(cut, rest < 0n ? -1 : rest > 0n ? 1 : 0), 0), whole)
    },
  }
}
