import type { Summation } from './summation.ts'

const MEAN = 1
const SQUARES = 2

/**
 * The sum of the squared deviations from the mean, one value at a time (Welford 1962), merged as Chan, Golub and LeVeque (1979): no large
 * squares are subtracted from each other, so that values far from 0 lose no digits. Bits depend on the order of arrival and of merging
 * alone. A value that is not finite makes the total NaN.
 */
export const squaredDeviations: Summation = {
  numberCount: 3,
  add(numbers, base, value) {
    const x = Number(value)
    const count = numbers[base]! + 1
    const before = x - numbers[base + MEAN]!
    const mean = numbers[base + MEAN]! + before / count
    numbers[base] = count
    numbers[base + MEAN] = mean
    numbers[base + SQUARES]! += before * (x - mean)
  },
  subtract() {
    throw new TypeError('rounding would stay behind: retractableSquares can subtract')
  },
  merge(numbers, base, source, from) {
    const [ours, theirs] = [numbers[base]!, source[from]!]
    if (theirs === 0) return
    if (ours === 0) {
      for (let i = 0; i <= SQUARES; i += 1) numbers[base + i] = source[from + i]!
      return
    }
    const count = ours + theirs
    const apart = source[from + MEAN]! - numbers[base + MEAN]!
    numbers[base] = count
    numbers[base + MEAN]! += (apart * theirs) / count
    numbers[base + SQUARES]! += source[from + SQUARES]! + ((apart * apart) / count) * ours * theirs
  },
  total: (numbers, base) => numbers[base + SQUARES]!,
}

const SUM = 1
const SUM_ERROR = 2
const SQUARE = 3
const SQUARE_ERROR = 4
const NOT_FINITE = 5
const TOO_LARGE = 6
/** Beyond this the square of a value or the product that splits it would overflow. */
const LARGEST = 1e150
/** 2^27 + 1: splits a double into halves of 26 bits (Veltkamp). */
const SPLITTER = 134217729

/**
 * The same of values that may be taken back: the sums of values and of squares, each as an unevaluated sum of two doubles (106 bits), so
 * that what was added and taken away leaves no more than 2^-100 of itself. Values that are not finite are counted and make the total NaN
 * while they are there; values beyond 1e150 make it infinite.
 */
export const retractableSquares: Summation = {
  numberCount: 7,
  add(numbers, base, value) {
    numbers[base]! += 1
    accumulate(numbers, base, Number(value), 1)
  },
  subtract(numbers, base, value) {
    numbers[base]! -= 1
    if (numbers[base] === 0) numbers.fill(0, base, base + this.numberCount)
    else accumulate(numbers, base, Number(value), -1)
  },
  merge(numbers, base, source, from) {
    numbers[base]! += source[from]!
    for (const at of [SUM, SQUARE]) addTo(numbers, base + at, source[from + at]!, source[from + at + 1]!)
    for (const at of [NOT_FINITE, TOO_LARGE]) numbers[base + at]! += source[from + at]!
  },
  total(numbers, base) {
    const count = numbers[base]!
    if (numbers[base + NOT_FINITE]! > 0) return Number.NaN
    if (numbers[base + TOO_LARGE]! > 0) return count === 1 ? 0 : Infinity
    // sum of squares - sum^2 / count, as a sum of two doubles: the difference has far fewer bits than either.
    const sum = numbers[base + SUM]!
    const quotient = sum / count
    const [product, productError] = timesExactly(quotient, count)
    const quotientError = (sum - product - productError + numbers[base + SUM_ERROR]!) / count
    const [mean, meanError] = plusExactly(quotient, quotientError)
    const [high, low] = timesExactly(sum, mean)
    const rest = low + sum * meanError + numbers[base + SUM_ERROR]! * mean
    const [difference, differenceError] = plusExactly(numbers[base + SQUARE]!, -high)
    return Math.max(0, difference + (differenceError + numbers[base + SQUARE_ERROR]! - rest))
  },
}

function accumulate(numbers: Float64Array, base: number, x: number, sign: 1 | -1): void {
  if (!Number.isFinite(x)) numbers[base + NOT_FINITE]! += sign
  else if (Math.abs(x) > LARGEST) numbers[base + TOO_LARGE]! += sign
  else {
    const [square, error] = timesExactly(x, x)
    addTo(numbers, base + SUM, sign * x, 0)
    addTo(numbers, base + SQUARE, sign * square, sign * error)
  }
}

/** Adds high + low to the two doubles at `at`. */
function addTo(numbers: Float64Array, at: number, high: number, low: number): void {
  const [sum, error] = plusExactly(numbers[at]!, high)
  const rest = error + low + numbers[at + 1]!
  const [result, resultError] = plusExactly(sum, rest)
  numbers[at] = result
  numbers[at + 1] = resultError
}

/** Knuth's TwoSum: a + b as the nearest double and what is missing from it. */
function plusExactly(a: number, b: number): readonly [number, number] {
  const sum = a + b
  const part = sum - a
  return [sum, a - (sum - part) + (b - part)]
}

/** Dekker's product: a * b as the nearest double and what is missing from it. */
function timesExactly(a: number, b: number): readonly [number, number] {
  const product = a * b
  const [a1, a2] = halves(a)
  const [b1, b2] = halves(b)
  return [product, a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2)]
}

function halves(x: number): readonly [number, number] {
  const scaled = SPLITTER * x
  const high = scaled - (scaled - x)
  return [high, x - high]
}
