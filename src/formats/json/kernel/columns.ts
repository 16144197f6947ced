// Where values go. The host gives each field four columns of the batch that is being filled; only what its tag says is written of a row.

import { MINUS, OPEN_BRACE, OPEN_BRACKET, QUOTE, ZERO, nextStop, skipNumber, skipStringFrom, skipValue } from './bytes.ts'
import { intern } from './dictionary.ts'
import { plainNumber, plainNumberEnd } from './numbers.ts'

/** As `Tag` in data/column.ts. */
const TAG_NULL: u8 = 1
const TAG_FALSE: u8 = 2
const TAG_TRUE: u8 = 3
const TAG_NUMBER: u8 = 4
const TAG_STRING: u8 = 5
const TAG_JSON: u8 = 7
/** For the host only: a string with escapes, and a number that is read from its text, both at [ids, ends). */
const TAG_ESCAPED_TEXT: u8 = 8
const TAG_NUMBER_TEXT: u8 = 9

/** Does a column keep its strings as ids? Otherwise as spans. */
const INTERNED: u32 = 1

export const MOST_FIELDS: i32 = 64

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

/** Byte 0 of the buffer that spans count from. */
let spanBase: usize = 0

export function setSpanBase(address: usize): void {
  spanBase = address
}

const targets: usize = heap.alloc(<usize>MOST_FIELDS * offsetof<Target>())
memory.fill(targets, 0, <usize>MOST_FIELDS * offsetof<Target>())

export function targetOf(field: i32): Target {
  return changetype<Target>(targets + <usize>field * offsetof<Target>())
}

export function forget(field: i32, row: i32): void {
  store<u8>(targetOf(field).tags + row, 0)
}

@inline
function putSpan(target: Target, row: i32, from: usize, to: usize): void {
  store<u32>(target.ids + (<usize>row << 2), <u32>(from - spanBase))
  store<u32>(target.ends + (<usize>row << 2), <u32>(to - spanBase))
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

/** Reads the value at `at`; returns the position behind it, 0 if it is none. `depth` counts the containers around it. */
@inline
export function readValue(at: usize, target: Target, row: i32, depth: i32): usize {
  const byte: u32 = load<u8>(at)
  if (byte == QUOTE) return readString(at + 1, target, row)
  if (byte == MINUS || byte - ZERO < 10) return readNumber(at, target, row)
  const end = skipValue(at, depth)
  if (end == 0) return 0
  if (byte == OPEN_BRACE || byte == OPEN_BRACKET) putForHost(target, row, TAG_JSON, at, end)
  else putTag(target, row, byte == 110 ? TAG_NULL : byte == 116 ? TAG_TRUE : TAG_FALSE)
  return end
}

/** `at` is behind the opening quote. */
@inline
function readString(at: usize, target: Target, row: i32): usize {
  const stop = nextStop(at)
  if (load<u8>(stop) == QUOTE) {
    putTag(target, row, TAG_STRING)
    if (target.encoding == INTERNED) store<u32>(target.ids + (<usize>row << 2), intern(at, <i32>(stop - at)))
    else putSpan(target, row, at, stop)
    return stop + 1
  }
  const end = skipStringFrom(stop)
  if (end == 0) return 0
  if (target.encoding == INTERNED) putForHost(target, row, TAG_ESCAPED_TEXT, at, end - 1)
  else {
    putTag(target, row, TAG_STRING)
    putSpan(target, row, at, end - 1)
  }
  return end
}

@inline
function readNumber(at: usize, target: Target, row: i32): usize {
  const value = plainNumber(at)
  if (plainNumberEnd != 0) {
    putTag(target, row, TAG_NUMBER)
    store<f64>(target.numbers + (<usize>row << 3), value)
    return plainNumberEnd
  }
  const end = skipNumber(at)
  if (end != 0) putForHost(target, row, TAG_NUMBER_TEXT, at, end)
  return end
}
