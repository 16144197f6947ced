import { canonicalNumber } from '../../data/number.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import { DOT, MINUS, ZERO } from './syntax.ts'

/** The longest text of a double has 24 characters. */
const NUMBER_ROOM = 32
const EIGHT_DIGITS = 1e8

/**
 * Appends `canonicalNumber(value)`. A double that is some whole number of hundredths or millionths, up to 15 digits, has
 * those digits as its shortest text: the quotient is rounded correctly, and no two texts of 15 digits are the same double.
 * All others, sums with a rounding error among them, are printed by JavaScript.
 */
export function writeNumber(out: OutputBuffer, value: number): void {
  out.reserve(NUMBER_ROOM)
  const { bytes } = out
  let at = out.length
  const integer = value | 0
  if (integer === value && integer >= 0) {
    out.length = writeDigits(bytes, at, integer)
    return
  }
  const size = Math.abs(value)
  let scale = 100
  let digits = size < 1e13 ? Math.floor(size * 100 + 0.5) : 0
  if (digits / 100 !== size) {
    scale = 1e6
    digits = size < 1e9 ? Math.floor(size * 1e6 + 0.5) : 0
    if (digits / 1e6 !== size) {
      out.text(canonicalNumber(value))
      return
    }
  }
  if (value < 0) bytes[at++] = MINUS
  const whole = Math.floor(size)
  at = writeWhole(bytes, at, whole)
  out.length = writeFraction(bytes, at, digits - whole * scale, scale === 100 ? 2 : 6)
}

function writeWhole(bytes: Buffer, at: number, whole: number): number {
  const integer = whole | 0
  if (integer === whole) return writeDigits(bytes, at, integer)
  const high = Math.floor(whole / EIGHT_DIGITS)
  const next = writeDigits(bytes, at, high | 0)
  writeLastDigits(bytes, next + 8, (whole - high * EIGHT_DIGITS) | 0, 8)
  return next + 8
}

/** A point and `rest` with `places` digits, without zeros at the end; nothing for 0. */
function writeFraction(bytes: Buffer, at: number, rest: number, places: number): number {
  let left = rest | 0
  if (left === 0) return at
  let count = places
  for (let tenth = (left / 10) | 0; tenth * 10 === left; tenth = (left / 10) | 0) {
    left = tenth
    count -= 1
  }
  bytes[at] = DOT
  writeLastDigits(bytes, at + 1 + count, left, count)
  return at + 1 + count
}

/** An integer of [0, 2^31). */
function writeDigits(bytes: Buffer, at: number, integer: number): number {
  const count = countDigits(integer)
  writeLastDigits(bytes, at + count, integer, count)
  return at + count
}

/** The last `count` digits, so that they end before `end`. */
function writeLastDigits(bytes: Buffer, end: number, integer: number, count: number): void {
  let left = integer
  for (let at = end - 1; at >= end - count; at -= 1) {
    const tenth = (left / 10) | 0
    bytes[at] = ZERO + left - tenth * 10
    left = tenth
  }
}

function countDigits(integer: number): number {
  if (integer < 10) return 1
  if (integer < 100) return 2
  if (integer < 1000) return 3
  if (integer < 10_000) return 4
  if (integer < 100_000) return 5
  if (integer < 1_000_000) return 6
  if (integer < 10_000_000) return 7
  if (integer < 100_000_000) return 8
  return integer < 1_000_000_000 ? 9 : 10
}
