import { type Column, setNumberText, Tag } from '../../data/column.ts'
import type { Value } from '../../data/value.ts'
import { skipNumber } from './skip.ts'
import { DOT, LOWER_E, MINUS, NINE, UPPER_E, ZERO } from './syntax.ts'

/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Digits that a double always holds exactly. */
const EXACT_DIGITS = 15

/**
 * Reads the number at `at` into row `row`; returns the position behind it. Up to 15 digits without an exponent are
 * exact as digits divided by a power of ten, both of them exact (Clinger 1990); everything else goes through its text.
 * Zero has no sign.
 */
export function readNumber(bytes: Buffer, at: number, column: Column, row: number): number {
  const start = at
  const isNegative = bytes[at] === MINUS
  if (isNegative) at += 1
  const firstDigit = at
  let digits = 0
  let byte = bytes[at]!
  while (byte >= ZERO && byte <= NINE) {
    digits = digits * 10 + (byte - ZERO)
    byte = bytes[++at]!
  }
  const whole = at - firstDigit
  if (whole === 0 || (whole > 1 && bytes[firstDigit] === ZERO)) return readNumberText(bytes, start, column, row)
  let fraction = 0
  if (byte === DOT) {
    const firstDecimal = ++at
    byte = bytes[at]!
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO)
      byte = bytes[++at]!
    }
    fraction = at - firstDecimal
    if (fraction === 0) return readNumberText(bytes, start, column, row)
  }
  if (whole + fraction > EXACT_DIGITS || byte === LOWER_E || byte === UPPER_E) {
    return readNumberText(bytes, start, column, row)
  }
  const magnitude = fraction === 0 ? digits : digits / EXACT_POWERS[fraction]!
  column.tags[row] = Tag.Number
  column.numbers[row] = isNegative && magnitude !== 0 ? -magnitude : magnitude
  return at
}

function readNumberText(bytes: Buffer, start: number, column: Column, row: number): number {
  const end = skipNumber(bytes, start)
  putValue(column, row, null) // the array stays dense
  setNumberText(column, row, bytes.toString('latin1', start, end))
  return end
}

/** Sets `values[row]`; an array that is written far behind its end would turn into a slow one. */
export function putValue(column: Column, row: number, value: Value): void {
  const { values } = column
  while (values.length < row) values.push(null)
  values[row] = value
}
