// Numbers whose double can be told from their digits alone: up to 15 of them and no exponent. Then the digits as an integer, and the power
// of ten below them, are both exact, and one division rounds once, as it should (Clinger 1990).

import { DOT, LOWER_E, MINUS, ZERO, digitsAt } from './bytes.ts'

const MOST_DIGITS: i32 = 15

const powersOfTen: usize = heap.alloc(16 * 8)
for (let i: usize = 0, power: f64 = 1; i < 16; i++, power *= 10) store<f64>(powersOfTen + (i << 3), power)

/** Where the last plain number ended; 0: it was not plain, or not a number. */
export let plainNumberEnd: usize = 0

/** The number at `at` if it is plain, see `plainNumberEnd`. Zero has no sign. */
@inline
export function plainNumber(at: usize): f64 {
  plainNumberEnd = 0
  const isNegative = load<u8>(at) == MINUS
  if (isNegative) at++
  const whole = digitsAt(at)
  if (whole == 0 || whole > MOST_DIGITS || (whole > 1 && load<u8>(at) == ZERO)) return 0
  let digits = <f64>integerOf(at, whole)
  at += whole
  let next: u32 = load<u8>(at)
  if (next == DOT) {
    at++
    const fraction = digitsAt(at)
    if (fraction == 0 || whole + fraction > MOST_DIGITS) return 0
    const scale = load<f64>(powersOfTen + (<usize>fraction << 3))
    digits = (digits * scale + <f64>integerOf(at, fraction)) / scale
    at += fraction
    next = load<u8>(at)
  }
  if ((next | 32) == LOWER_E) return 0
  plainNumberEnd = at
  return isNegative && digits != 0 ? -digits : digits
}

/** 1 to 15 digits. */
@inline
function integerOf(at: usize, count: i32): u64 {
  return count <= 8 ? upToEight(at, count) : upToEight(at, count - 8) * 100000000 + upToEight(at + count - 8, 8)
}

/**
 * 1 to 8 digits, added up in three multiplications: neighbours to pairs, pairs to fours, fours to the whole. The shift puts zeros in
 * front of them.
 */
@inline
function upToEight(at: usize, count: i32): u64 {
  let digits = (load<u64>(at) - 0x3030303030303030) << (<u64>(64 - (count << 3)))
  digits = digits * 10 + (digits >> 8)
  const ends = (digits & 0x000000ff000000ff) * 0x000f424000000064
  const middles = ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001
  return (ends + middles) >> 32
}
