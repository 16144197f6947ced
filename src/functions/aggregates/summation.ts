/**
 * A running sum in a group's numbers, from index `base` on. The first of them is how many values it holds; `total` is asked only if
 * there are some.
 */
export interface Summation {
  readonly numberCount: number
  add(numbers: Float64Array, base: number, value: number | bigint): void
  subtract(numbers: Float64Array, base: number, value: number | bigint): void
  merge(numbers: Float64Array, base: number, source: Float64Array, from: number): void
  total(numbers: Float64Array, base: number): number | bigint
}

/** Count and sum: plain double addition in order of arrival, the fastest and what a loop over the rows would give. */
export const plainSum: Summation = {
  numberCount: 2,
  add(numbers, base, value) {
    numbers[base]! += 1
    numbers[base + 1]! += Number(value)
  },
  subtract(numbers, base, value) {
    numbers[base]! -= 1
    numbers[base + 1]! -= Number(value)
  },
  merge(numbers, base, source, from) {
    numbers[base]! += source[from]!
    numbers[base + 1]! += source[from + 1]!
  },
  total: (numbers, base) => numbers[base + 1]!,
}

const SUM = 1
const ERROR = 2
const WAS_RETRACTED = 3
const INFINITE = 4
const NEGATIVE_INFINITE = 5
const NOT_A_NUMBER = 6

/**
 * A sum that values can be taken from: 0.1 + 0.2 - 0.2 is 0.1. Beside the plain sum it carries what rounding lost (Knuth's TwoSum), so
 * that of what was taken about 2^-106 of the greatest sum remains, and it counts values that are not finite. Until the first
 * retraction its total is bit for bit the plain sum's.
 */
export const retractableSum: Summation = {
  numberCount: 7,
  add(numbers, base, value) {
    numbers[base]! += 1
    accumulate(numbers, base, Number(value), 1)
  },
  subtract(numbers, base, value) {
    numbers[base]! -= 1
    if (numbers[base] === 0) numbers.fill(0, base, base + this.numberCount)
    else {
      numbers[base + WAS_RETRACTED] = 1
      accumulate(numbers, base, Number(value), -1)
    }
  },
  merge(numbers, base, source, from) {
    numbers[base]! += source[from]!
    addFinite(numbers, base, source[from + SUM]!)
    numbers[base + ERROR]! += source[from + ERROR]!
    if (source[from + WAS_RETRACTED] === 1) numbers[base + WAS_RETRACTED] = 1
    for (let i = INFINITE; i <= NOT_A_NUMBER; i += 1) numbers[base + i]! += source[from + i]!
  },
  total(numbers, base) {
    const ups = numbers[base + INFINITE]!
    const downs = numbers[base + NEGATIVE_INFINITE]!
    if (numbers[base + NOT_A_NUMBER]! > 0 || (ups > 0 && downs > 0)) return Number.NaN
    if (ups > 0) return Infinity
    if (downs > 0) return -Infinity
    return numbers[base + WAS_RETRACTED] === 1 ? numbers[base + SUM]! + numbers[base + ERROR]! : numbers[base + SUM]!
  },
}

function accumulate(numbers: Float64Array, base: number, value: number, sign: 1 | -1): void {
  if (Number.isFinite(value)) addFinite(numbers, base, sign * value)
  else numbers[base + (value > 0 ? INFINITE : value < 0 ? NEGATIVE_INFINITE : NOT_A_NUMBER)]! += sign
}

function addFinite(numbers: Float64Array, base: number, value: number): void {
  const before = numbers[base + SUM]!
  const after = before + value
  const part = after - before
  numbers[base + SUM] = after
  // A sum that overflowed has no rounding error to speak of, only Infinity - Infinity.
  if (Number.isFinite(after)) numbers[base + ERROR]! += before - (after - part) + (value - part)
}

const HALF = 4294967296
const LOW = 1
const HIGH = 2

/** 64-bit integers, exact and wrapping as BIGINT does in Flink: the low and the high 32 bits, both from 0 to 2^32 - 1. */
export const bigintSum: Summation = {
  numberCount: 3,
  add(numbers, base, value) {
    numbers[base]! += 1
    if (typeof value === 'number') addHalves(numbers, base, lowHalf(value), highHalf(value))
    else addHalves(numbers, base, lowBits(value), lowBits(value >> 32n))
  },
  subtract(numbers, base, value) {
    this.add(numbers, base, -value)
    numbers[base]! -= 2
  },
  merge(numbers, base, source, from) {
    numbers[base]! += source[from]!
    addHalves(numbers, base, source[from + LOW]!, source[from + HIGH]!)
  },
  total: (numbers, base) => BigInt.asIntN(64, (BigInt(numbers[base + HIGH]!) << 32n) + BigInt(numbers[base + LOW]!)),
}

const lowHalf = (value: number) => value - Math.floor(value / HALF) * HALF
const highHalf = (value: number) => lowHalf(Math.floor(value / HALF))
const lowBits = (value: bigint) => Number(BigInt.asUintN(32, value))

function addHalves(numbers: Float64Array, base: number, low: number, high: number): void {
  const lowSum = numbers[base + LOW]! + low
  const carry = lowSum >= HALF ? 1 : 0
  numbers[base + LOW] = lowSum - carry * HALF
  numbers[base + HIGH] = lowHalf(numbers[base + HIGH]! + high + carry)
}
