// Lines of JSON objects to columns. The host validates UTF-8, finishes what needs JavaScript values, and asks the reference scanner about
// every line that is refused here: refusing a good line costs time only, accepting a bad one would be a fault.

import { NEWLINE, QUOTE, skipSpace, skipString, skipValue } from './bytes.ts'
import { Target, forget, readValue, setSpanBase, targetOf } from './columns.ts'
import { clearDictionary, dictionaryBytes, dictionarySize, intern, textAt, textLength } from './dictionary.ts'
import { learn, segmentEnd } from './learn.ts'
import { askMember } from './members.ts'
import { NEXT_LINE, Segment, childAt, resetsOf, root } from './segments.ts'

export { askMember, clearDictionary, dictionaryBytes, dictionarySize, intern, textAt, textLength }

/** Memory that stays where it is. Aligned to 16 bytes; 64 bytes behind it may be read. */
export function allocate(size: usize): usize {
  return heap.alloc(size + 64)
}

export function release(address: usize): void {
  heap.free(address)
}

export function setColumns(field: i32, tags: usize, numbers: usize, ids: usize, ends: usize, encoding: u32): void {
  const target = targetOf(field)
  target.tags = tags
  target.numbers = numbers
  target.ids = ids
  target.ends = ends
  target.encoding = encoding
}

/** Has the host work to do in this column? Asking forgets it. */
export function takeHostWork(field: i32): u32 {
  const target = targetOf(field)
  const work = target.hasHostWork
  target.hasHostWork = 0
  return work
}

let rowStarts: usize = 0
let rowEnds: usize = 0
let rowLines: usize = 0

export function setRowColumns(starts: usize, ends: usize, lines: usize): void {
  rowStarts = starts
  rowEnds = ends
  rowLines = lines
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

/**
 * Scans the whole lines in [from, to) into rows from `row` to below `capacity`; returns the row behind the last. Columns count bytes from
 * `base`. Tags of the rows must be 0.
 */
export function scan(from: usize, to: usize, base: usize, row: i32, capacity: i32, line: f64): i32 {
  setSpanBase(base)
  isRefused = false
  let start = from
  while (start < to && row < capacity) {
    const end = scanLine(start, row)
    if (end == 0) {
      if (isBlank(start)) {
        start = skipSpace(start) + 1
        line += 1
        continue
      }
      isRefused = true
      break
    }
    const at = <usize>row << 2
    store<u32>(rowStarts + at, <u32>(start - base))
    store<u32>(rowEnds + at, <u32>(end - 1 - base))
    store<f64>(rowLines + (at << 1), line)
    start = end
    line += 1
    row++
  }
  position = start
  lineNumber = line
  return row
}

function isBlank(start: usize): bool {
  return load<u8>(skipSpace(start)) == NEWLINE
}

/** One line into one row; returns the start of the next line, 0 if it is refused. */
@inline
function scanLine(start: usize, row: i32): usize {
  let at = start
  let before = root
  while (true) {
    let found = childAt(before, at)
    if (found != 0) at += changetype<Segment>(found).length
    else {
      found = learn(before, at)
      if (found == 0) return 0
      at = segmentEnd
    }
    const segment = changetype<Segment>(found)
    if (segment.hasResets) forgetAll(resetsOf(segment), row)
    if (segment.kind == NEXT_LINE) return at
    if (segment.target != 0) at = readValue(at, changetype<Target>(segment.target), row, segment.depth)
    else if (load<u8>(at) == QUOTE) at = skipString(at + 1)
    else at = skipValue(at, segment.depth)
    if (at == 0) return 0
    before = segment
  }
}

function forgetAll(fields: u64, row: i32): void {
  while (fields != 0) {
    forget(<i32>ctz(fields), row)
    fields &= fields - 1
  }
}
