// Numbers whose double can be told from their digits alone: up to 15 of them and no exponent. Then the digits as an integer, and the power
// of ten below them, are both exact, and one division rounds once, as it should (Clinger 1990).

import { DOT, LOWER_E, MINUS, ZERO, digitBits, runOf } from './bytes.ts'

const MOST_DIGITS: u32 = 15

const powersOfTen: usize = heap.alloc(16 * 8)
for (let i: usize = 0, power: f64 = 1; i < 16; i++, power *= 10) store<f64>(powersOfTen + (i << 3), power)

/** Are digits [digits, point), and behind a point, if there is one, those up to `end`, all of a number whose double they tell? */
@inline
export function isPlainNumber(digits: usize, point: usize, end: usize): bool {
  return (
    point - digits - 1 < MOST_DIGITS &&
    (load<u8>(digits) != ZERO || point - digits == 1) &&
    end - digits <= MOST_DIGITS + <usize>(end != point) &&
    load<u8>(end - 1) != DOT &&
    <u32>load<u8>(end) - ZERO >= 10 &&
    (load<u8>(end) | 32) != LOWER_E
  )
}

/** The double of a plain number at `at`. Zero has no sign. */
@inline
export function doubleOf(at: usize, digits: usize, point: usize, end: usize): f64 {
  let value = <f64>integerOf(digits, <u32>(point - digits))
  if (end != point) {
    const fraction = <u32>(end - point - 1)
    const scale = load<f64>(powersOfTen + (<usize>fraction << 3))
    value = (value * scale + <f64>integerOf(point + 1, fraction)) / scale
  }
  return at != digits && value != 0 ? -value : value
}

/** Where the last plain number ended; 0: it was not plain, or not a number. */
export let plainNumberEnd: usize = 0

/** The number at `at` if it is plain, see `plainNumberEnd`. */
export function plainNumber(at: usize): f64 {
  const digits = at + <usize>(load<u8>(at) == MINUS)
  const point = digits + runOf(digitBits(digits))
  const fraction = load<u8>(point) == DOT ? 1 + runOf(digitBits(point + 1)) : 0
  const isPlain = isPlainNumber(digits, point, point + fraction)
  plainNumberEnd = isPlain ? point + fraction : 0
  return isPlain ? doubleOf(at, digits, point, point + fraction) : 0
}

/** 1 to 15 digits. */
@inline
function integerOf(at: usize, count: u32): u64 {
  return count <= 8 ? upToEight(at, count) : upToEight(at, count - 8) * 100000000 + upToEight(at + count - 8, 8)
}

/**
 * 1 to 8 digits, added up in three multiplications: neighbours to pairs, pairs to fours, fours to the whole. The shift puts zeros in
 * front of them.
 */
@inline
function upToEight(at: usize, count: u32): u64 {
  let digits = (load<u64>(at) - 0x3030303030303030) << (<u64>(64 - (count << 3)))
  digits = digits * 10 + (digits >> 8)
  const ends = (digits & 0x000000ff000000ff) * 0x000f424000000064
  const middles = ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001
  return (ends + middles) >> 32
}
