import { canonicalNumber } from './number.ts'

/**
 * An exact decimal number: `digits` * 10^-`scale`. Equal numbers may have different scales (1.1 and 1.10), which only printing shows. As in
 * Java's BigDecimal; results are brought to the precision and scale of their type by `fitDecimal`.
 */
export class Decimal {
  readonly digits: bigint
  /** Digits after the point: 0 or more. */
  readonly scale: number

  constructor(digits: bigint, scale: number) {
    this.digits = digits
    this.scale = scale
  }

  /** All digits, those of the scale too, without an exponent: `11.10`. */
  toString(): string {
    const { digits, scale } = this
    if (scale === 0) return `${digits}`
    const size = `${digits < 0n ? -digits : digits}`.padStart(scale + 1, '0')
    return `${digits < 0n ? '-' : ''}${size.slice(0, -scale)}.${size.slice(-scale)}`
  }

  toNumber(): number {
    return Number(this.toString())
  }
}

/** How many digits a DECIMAL has, and how many of them stand behind the point. */
export interface DecimalShape {
  /** 1 to 38. */
  readonly precision: number
  /** 0 to `precision`. */
  readonly scale: number
}

/** Flink's greatest precision. */
export const MOST_DIGITS = 38

const NUMBER_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** The number that a text says, as SQL or JSON writes it, with an exponent or without; undefined for any other text. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER_TEXT.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const size = BigInt(whole + fraction)
  const digits = sign === '-' ? -size : size
  const scale = fraction.length - Number(exponent)
  return scale >= 0 ? new Decimal(digits, scale) : new Decimal(digits * powerOfTen(-scale), 0)
}

/** A double or an integer as the decimal that its shortest text says; undefined for NaN and the infinities. */
export function decimalOf(value: number | bigint | Decimal): Decimal | undefined {
  if (value instanceof Decimal) return value
  if (typeof value === 'bigint') return new Decimal(value, 0)
  if (Number.isSafeInteger(value)) return new Decimal(BigInt(value), 0)
  return Number.isFinite(value) ? parseDecimal(`${value}`) : undefined
}

const POWERS: bigint[] = []
for (let power = 1n; POWERS.length <= 2 * MOST_DIGITS; power *= 10n) POWERS.push(power)
const powerOfTen = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent)

/** The digits at another scale; what is cut off rounds half away from 0, as Flink's HALF_UP. */
function digitsAt({ digits, scale }: Decimal, wanted: number): bigint {
  if (wanted >= scale) return digits * powerOfTen(wanted - scale)
  return dividedHalfUp(digits, powerOfTen(scale - wanted))
}

/** The quotient, rounded half away from 0. */
function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const twice = 2n * (rest < 0n ? -rest : rest)
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

/** The value as one of a DECIMAL type, rounded half up to its scale; null if it has too many digits before the point. */
export function fitDecimal(value: Decimal, { precision, scale }: DecimalShape): Decimal | null {
  const digits = digitsAt(value, scale)
  const limit = powerOfTen(precision)
  if (digits >= limit || digits <= -limit) return null
  return scale === value.scale ? value : new Decimal(digits, scale)
}

/** The whole number that is left when the digits behind the point are cut off. */
export const truncateDecimal = ({ digits, scale }: Decimal): bigint => digits / powerOfTen(scale)

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const [x, y] = [digitsAt(a, scale), digitsAt(b, scale)]
  return x < y ? -1 : x > y ? 1 : 0
}

/**
 * Its text as (part of) a key: that of the double or integer that is equal to it (`decimalOf`), if there is one, so that 1.10, 1.1 and the double
 * 1.1 have the same.
 */
export function canonicalDecimal(value: Decimal): string {
  const double = value.toNumber()
  const said = decimalOf(double)
  if (said !== undefined && compareDecimals(said, value) === 0) return canonicalNumber(double)
  const digits = truncateDecimal(value)
  if (compareDecimals(new Decimal(digits, 0), value) === 0) return canonicalNumber(digits)
  return value.toString().replace(/0+$/, '')
}

export const negateDecimal = ({ digits, scale }: Decimal): Decimal => new Decimal(-digits, scale)

export type DecimalOperator = '+' | '-' | '*' | '/' | '%'

/**
 * Exact, but for `/`, which is rounded half up to `scale` digits behind the point. undefined: division by zero. `%` has the sign of the
 * dividend.
 */
export function computeDecimal(operator: DecimalOperator, a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  if (operator === '*') return new Decimal(a.digits * b.digits, a.scale + b.scale)
  if ((operator === '/' || operator === '%') && b.digits === 0n) return undefined
  if (operator === '/') {
    // a / b = (a.digits / b.digits) * 10^(b.scale - a.scale)
    const shift = scale - a.scale + b.scale
    const dividend = shift >= 0 ? a.digits * powerOfTen(shift) : a.digits
    const divisor = shift >= 0 ? b.digits : b.digits * powerOfTen(-shift)
    return new Decimal(dividedHalfUp(dividend, divisor), scale)
  }
  const common = Math.max(a.scale, b.scale)
  const [x, y] = [digitsAt(a, common), digitsAt(b, common)]
  return new Decimal(operator === '+' ? x + y : operator === '-' ? x - y : x % y, common)
}

/** The type of an arithmetic result (Flink's LogicalTypeMerging.findDivisionDecimalType and its neighbours). */
export function resultShape(operator: DecimalOperator, a: DecimalShape, b: DecimalShape): DecimalShape {
  const [wholeA, wholeB] = [a.precision - a.scale, b.precision - b.scale]
  const scale = Math.max(a.scale, b.scale)
  switch (operator) {
    case '+':
    case '-':
      return reduced(Math.max(wholeA, wholeB) + scale + 1, scale)
    case '*':
      return reduced(a.precision + b.precision + 1, a.scale + b.scale)
    case '/': {
      const quotientScale = Math.max(6, a.scale + b.precision + 1)
      return reduced(wholeA + b.scale + quotientScale, quotientScale)
    }
    case '%':
      return reduced(Math.min(wholeA, wholeB) + scale, scale)
  }
}

/** The type of CASE, COALESCE and comparison over two decimals: neither loses a digit if 38 suffice. */
export function commonShape(a: DecimalShape, b: DecimalShape): DecimalShape {
  const scale = Math.max(a.scale, b.scale)
  return reduced(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale)
}

/** Beyond 38 digits those before the point are kept and those behind it cut, down to 6 (LogicalTypeMerging.adjustPrecisionScale). */
function reduced(precision: number, scale: number): DecimalShape {
  if (precision <= MOST_DIGITS) return { precision, scale }
  const whole = precision - scale
  return { precision: MOST_DIGITS, scale: Math.max(MOST_DIGITS - whole, Math.min(scale, 6)) }
}
