// Lines of JSON objects to columns. The host validates UTF-8, finishes what needs JavaScript values, and asks the reference scanner about
// every line that is refused here: refusing a good line costs time only, accepting a bad one would be a fault.

import { NEWLINE, skipSpace, skipValue } from './bytes.ts'
import { Target, clearRows, forgetAll, internRows, readValue, setColumns, takeHostWork } from './columns.ts'
import { clearDictionary, dictionaryBytes, dictionarySize, intern, textAt, textLength } from './dictionary.ts'
import { learn, segmentEnd } from './learn.ts'
import { askMember } from './members.ts'
import { endRow, numberRows, setBase, setRowColumns, startOf, startRow } from './rows.ts'
import { NEXT_LINE, Segment, WITH_RESETS, childAt, depthOfValue, resetsOf, root, shapeOf, unkept } from './segments.ts'
import { AT_END, AT_SEGMENT, stoppedAt, stoppedBehind, stoppedRow, walk } from './walk.ts'

export { askMember, clearDictionary, dictionaryBytes, dictionarySize, intern, setColumns, setRowColumns }
export { takeHostWork, textAt, textLength }
/** Not for the host: what is exported stays a function of its own. */
export { walk }

/** Memory that stays where it is. Aligned to 16 bytes; 64 bytes behind it may be read. */
export function allocate(size: usize): usize {
  return heap.alloc(size + 64)
}

export function release(address: usize): void {
  heap.free(address)
}

let position: usize = 0
let lineNumber: f64 = 0
let isRefused: bool = false

/** Behind the last line that was taken, which is the beginning of a refused one. */
export function nextPosition(): usize {
  return position
}

/** Number of the line at `nextPosition`. */
export function nextLine(): f64 {
  return lineNumber
}

/** Did the last scan stop at a line that it does not take? */
export function hasRefused(): bool {
  return isRefused
}

/** Where the scan is, behind what segment, in what row. */
let at: usize = 0
let behind: Segment = root
let row: i32 = 0
/** The first row that has no line number yet. */
let unnumbered: i32 = 0

/**
 * Scans the whole lines in [from, to) into rows from `first` to below `capacity`; returns the row behind the last. Columns count bytes from
 * `base`.
 */
export function scan(from: usize, to: usize, base: usize, first: i32, capacity: i32, line: f64): i32 {
  setBase(base)
  isRefused = false
  lineNumber = line
  at = from
  behind = root
  row = first
  unnumbered = first
  clearRows(first, capacity)
  while ((at < to && row < capacity) || behind != root) {
    if (behind == root) startRow(row, at)
    const why = walk(at, behind, row, to, capacity)
    at = stoppedAt
    behind = stoppedBehind
    row = stoppedRow
    if (why == AT_END) break
    if (!(why == AT_SEGMENT ? turn() : takeValue())) {
      if (behind == root && passBlank()) continue
      isRefused = true
      at = startOf(row)
      break
    }
  }
  position = at
  lineNumber = numberRows(unnumbered, row, lineNumber)
  internRows(first, row)
  return row
}

/** Passes over a line of white space. */
function passBlank(): bool {
  const end = skipSpace(at)
  if (load<u8>(end) != NEWLINE) return false
  lineNumber = numberRows(unnumbered, row, lineNumber) + 1
  unnumbered = row
  at = end + 1
  return true
}

/** Where the predicted segment does not stand: another that is known, or a new one, and the value behind it. */
function turn(): bool {
  let segment = changetype<Segment>(childAt(behind, at))
  if (changetype<usize>(segment) != 0) at += segment.length
  else {
    segment = changetype<Segment>(learn(behind, at))
    if (changetype<usize>(segment) == 0) return false
    at = segmentEnd
  }
  if (segment.kind >= WITH_RESETS) forgetAll(resetsOf(segment), row)
  behind = segment
  if ((segment.kind & 3) != NEXT_LINE) return takeValue()
  endRow(row++, at, segment == unkept ? 0 : shapeOf(segment))
  behind = root
  return true
}

/** The value at hand. */
function takeValue(): bool {
  const depth = depthOfValue(behind)
  const target = behind.target
  const end = target != 0 ? readValue(at, changetype<Target>(target), row, depth) : skipValue(at, depth)
  if (end == 0) return false
  at = end
  return true
}
