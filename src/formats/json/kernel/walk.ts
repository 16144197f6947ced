// The way through lines as long as all of it is as predicted: known segments and plain values. No calls, and little that is alive at the same
// time, so that the loop runs in registers; what is rare is left to the caller.

import { DOT, LOWER_F, MINUS, QUOTE, SPACE, digitBits, isWord, nextStop, runOf } from './bytes.ts'
import { Target, forgetAll, putNumber, putText, putWord } from './columns.ts'
import { doubleOf, isPlainNumber } from './numbers.ts'
import { endRow, startRow } from './rows.ts'
import { FIRST_BYTES, NEXT_LINE, READ, Segment, WITH_RESETS, firstStand, lastStand, mayPrecede, resetsOf, root, shapeOf, siblingAt } from './segments.ts'

/** Why a walk stopped: at the end of its lines or rows; at a segment that is not the predicted one; at a value that is not plain. */
export const AT_END: i32 = 0
export const AT_SEGMENT: i32 = 1
export const AT_VALUE: i32 = 2

/** Bytes below are no letters: what begins with one of them is a number, or no value. */
const LETTERS: u32 = 65

/** Where it stopped, in what row, behind what segment. */
export let stoppedAt: usize = 0
export let stoppedRow: i32 = 0
export let stoppedBehind: Segment = root

@inline
function stop(why: i32, at: usize, behind: Segment, row: i32): i32 {
  stoppedAt = at
  stoppedRow = row
  stoppedBehind = behind
  return why
}

/**
 * Walks from `at`, where a segment begins behind the value of `behind`, through row `row` and on, up to `to` or to row `capacity`.
 *
 * What limits it is how soon the next position is known. So a position never waits for the checks of what stands before it: it is
 * computed as if they held, and then they are branches.
 */
export function walk(at: usize, behind: Segment, row: i32, to: usize, capacity: i32): i32 {
  while (true) {
    let segment = changetype<Segment>(behind.predicted)
    if (!firstStand(segment, at) || (segment.length > FIRST_BYTES && !lastStand(segment, at))) {
      segment = changetype<Segment>(siblingAt(behind, at))
      if (changetype<usize>(segment) == 0) return stop(AT_SEGMENT, at, behind, row)
    }
    const value = at + segment.length
    const byte: u32 = load<u8>(value)
    let kind: u32 = segment.kind
    if (kind > NEXT_LINE) {
      if (!mayPrecede(kind, byte)) return stop(AT_SEGMENT, at, behind, row)
      if (kind >= WITH_RESETS) forgetAll(resetsOf(segment), row)
      kind &= 3
    }
    if (byte == QUOTE && kind != NEXT_LINE) {
      const end = nextStop(value + 1)
      if (load<u8>(end) != QUOTE) return stop(AT_VALUE, value, segment, row)
      if (kind == READ) putText(changetype<Target>(segment.target), row, value + 1, end)
      at = end + 1
    } else if (kind == NEXT_LINE) {
      endRow(row++, value, shapeOf(segment))
      if (value >= to || row >= capacity) return stop(AT_END, value, root, row)
      startRow(row, value)
      at = value
      behind = root
      continue
    } else if (byte < LETTERS) {
      if (byte <= SPACE) return stop(AT_SEGMENT, at, behind, row)
      const digits = value + <usize>(byte == MINUS)
      const bits = digitBits(digits)
      const point = digits + runOf(bits)
      let end = point
      if (load<u8>(point) == DOT) end += 1 + runOf(bits >> <u32>(point - digits + 1))
      if (!isPlainNumber(digits, point, end)) return stop(AT_VALUE, value, segment, row)
      if (kind == READ) putNumber(changetype<Target>(segment.target), row, doubleOf(value, digits, point, end))
      at = end
    } else {
      if (!isWord(value)) return stop(AT_VALUE, value, segment, row)
      if (kind == READ) putWord(changetype<Target>(segment.target), row, byte)
      at = value + 4 + <usize>(byte == LOWER_F)
    }
    behind = segment
  }
}
