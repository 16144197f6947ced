// Where values go. The host gives each field four columns of the batch that is being filled; only what its tag says is written of a row.

import { MINUS, OPEN_BRACE, OPEN_BRACKET, QUOTE, ZERO, nextStop, skipNumber, skipStringFrom, skipValue } from './bytes.ts'
import { internColumn } from './intern-column.ts'
import { MOST_FIELDS } from './members.ts'
import { plainNumber, plainNumberEnd } from './numbers.ts'
import { offsetOf } from './rows.ts'

/** As `Tag` in data/column.ts. */
const TAG_NULL: u8 = 1
const TAG_FALSE: u8 = 2
const TAG_TRUE: u8 = 3
const TAG_NUMBER: u8 = 4
export const TAG_STRING: u8 = 5
const TAG_JSON: u8 = 7
/** For the host only: a string with escapes, and a number that is read from its text, both at [ids, ends). */
const TAG_ESCAPED_TEXT: u8 = 8
const TAG_NUMBER_TEXT: u8 = 9

/** How a column keeps its strings; otherwise as spans. As values means: for the host. */
const INTERNED: u32 = 1
const PLAIN: u32 = 2

/** One field. Lives in linear memory without a header. */
@unmanaged
export class Target {
  tags: usize
  numbers: usize
  ids: usize
  ends: usize
  encoding: u32
  /** 1: some row has what the host must finish: a tag above, or nested values. */
  hasHostWork: u32
}

const targets: usize = heap.alloc(<usize>MOST_FIELDS * offsetof<Target>())
memory.fill(targets, 0, <usize>MOST_FIELDS * offsetof<Target>())

let fieldCount: i32 = 0

export function setColumns(field: i32, tags: usize, numbers: usize, ids: usize, ends: usize, encoding: u32): void {
  const target = targetOf(field)
  target.tags = tags
  target.numbers = numbers
  target.ids = ids
  target.ends = ends
  target.encoding = encoding
  fieldCount = max(fieldCount, field + 1)
}

/** Rows [from, to) have no fields. */
export function clearRows(from: i32, to: i32): void {
  for (let field = 0; field < fieldCount; field++) memory.fill(targetOf(field).tags + from, 0, <usize>(to - from))
}

/** Has the host work to do in this column? Asking forgets it. */
export function takeHostWork(field: i32): u32 {
  const target = targetOf(field)
  const work = target.hasHostWork
  target.hasHostWork = 0
  return work
}

export function targetOf(field: i32): Target {
  return changetype<Target>(targets + <usize>field * offsetof<Target>())
}

/** One bit for each field. */
@inline
export function forgetAll(fields: u64, row: i32): void {
  while (fields != 0) {
    store<u8>(targetOf(<i32>ctz(fields)).tags + row, 0)
    fields &= fields - 1
  }
}

@inline
function putSpan(target: Target, row: i32, from: usize, to: usize): void {
  store<u32>(target.ids + (<usize>row << 2), offsetOf(from))
  store<u32>(target.ends + (<usize>row << 2), offsetOf(to))
}

@inline
function putTag(target: Target, row: i32, tag: u8): void {
  store<u8>(target.tags + row, tag)
}

function putForHost(target: Target, row: i32, tag: u8, from: usize, to: usize): void {
  putTag(target, row, tag)
  putSpan(target, row, from, to)
  target.hasHostWork = 1
}

/** The text [from, to), which has no escapes. What is interned gets its id later, see `internRows`. */
@inline
export function putText(target: Target, row: i32, from: usize, to: usize): void {
  putTag(target, row, TAG_STRING)
  putSpan(target, row, from, to)
  if (target.encoding == PLAIN) target.hasHostWork = 1
}

@inline
export function putNumber(target: Target, row: i32, value: f64): void {
  putTag(target, row, TAG_NUMBER)
  store<f64>(target.numbers + (<usize>row << 3), value)
}

/** The word of JSON that begins with `byte`. */
@inline
export function putWord(target: Target, row: i32, byte: u32): void {
  putTag(target, row, byte == 110 ? TAG_NULL : byte == 116 ? TAG_TRUE : TAG_FALSE)
}

/** Reads the value at `at`; returns the position behind it, 0 if it is none. `depth` counts the containers around it. */
export function readValue(at: usize, target: Target, row: i32, depth: i32): usize {
  const byte: u32 = load<u8>(at)
  if (byte == QUOTE) return readString(at + 1, target, row)
  if (byte == MINUS || byte - ZERO < 10) return readNumber(at, target, row)
  const end = skipValue(at, depth)
  if (end == 0) return 0
  if (byte == OPEN_BRACE || byte == OPEN_BRACKET) putForHost(target, row, TAG_JSON, at, end)
  else putWord(target, row, byte)
  return end
}

/** `at` is behind the opening quote. */
function readString(at: usize, target: Target, row: i32): usize {
  const stop = nextStop(at)
  if (load<u8>(stop) == QUOTE) {
    putText(target, row, at, stop)
    return stop + 1
  }
  const end = skipStringFrom(stop)
  if (end == 0) return 0
  if (target.encoding == INTERNED) putForHost(target, row, TAG_ESCAPED_TEXT, at, end - 1)
  else putText(target, row, at, end - 1)
  return end
}

function readNumber(at: usize, target: Target, row: i32): usize {
  const value = plainNumber(at)
  if (plainNumberEnd != 0) {
    putNumber(target, row, value)
    return plainNumberEnd
  }
  const end = skipNumber(at)
  if (end != 0) putForHost(target, row, TAG_NUMBER_TEXT, at, end)
  return end
}

/** Turns the texts of rows [from, to) into ids where a column keeps ids. */
export function internRows(from: i32, to: i32): void {
  for (let field = 0; field < fieldCount; field++) {
    const target = targetOf(field)
    if (target.encoding == INTERNED) internColumn(target.tags, target.ids, target.ends, from, to)
  }
}
