// A segment is what stands between two values: from the end of one to the start of the next, braces, names and white space included
// (`,"user":{"id": `), or to the end of the line. Lines of one producer repeat their segments, so what was read once is learned: a trie
// whose nodes are segments, each with the value behind it. Reading a line is then comparing bytes with the predicted child.

import { OPEN_BRACE, SPACE, sameBytes } from './bytes.ts'
import { ROW_CONTEXT, depthOf } from './members.ts'

/** What stands behind a segment: a value that nobody asks for; one that is read; the next line; a value of a member that has members asked for, and so no object. */
export const SKIPPED: u32 = 0
export const READ: u32 = 1
export const NEXT_LINE: u32 = 2
export const NO_OBJECT: u32 = 3
/** Added to a kind: it names members whose fields must be forgotten, see `resetsOf`. */
export const WITH_RESETS: u32 = 4

/** One cache line. */
@unmanaged
export class Segment {
  /** Its first bytes; all of them if they are at most so many. */
  inline0: u64
  inline1: u64
  inline2: u64
  inline3: u64
  length: u32
  /** One bit for each of the first 16 bytes that is none of the segment's. */
  ignored: u32
  /** The child that came last; never 0. */
  predicted: usize
  /** Where the value goes; 0: nobody asks for it. */
  target: usize
  /** All its bytes. */
  text: usize
  firstChild: usize
  nextSibling: usize
  context: u16
  kind: u8
  children: u8
}
export const FIRST_BYTES: u32 = 16
const INLINE_BYTES: u32 = 32
const LONGEST: u32 = 1000
const MOST_SEGMENTS: i32 = 4096
/** Beyond that a place is where data stands in names, and trying children costs more than reading. */
const MOST_CHILDREN: u8 = 12
const TEXT_BYTES: usize = 1 << 17

const segments: usize = (heap.alloc((<usize>MOST_SEGMENTS + 1) << 6) + 63) & ~63
memory.fill(segments, 0, <usize>MOST_SEGMENTS << 6)
const resets: usize = heap.alloc(<usize>MOST_SEGMENTS << 3)
let segmentCount: usize = 2
let text: usize = heap.alloc(TEXT_BYTES)
const textEnd: usize = text + TEXT_BYTES - 32

/** Stands for a child where there is none: its bytes are never part of UTF-8. */
const nothing: usize = segments
memory.fill(nothing, 0xff, INLINE_BYTES)

/** What lines begin with is its children. */
export const root: Segment = changetype<Segment>(segments + 64)
root.context = <u16>ROW_CONTEXT
root.predicted = nothing

/** For a segment that is not kept: it never has children. */
export const unkept: Segment = changetype<Segment>(segments + (<usize>(MOST_SEGMENTS - 1) << 6))
unkept.predicted = nothing

/** One bit for each of the 16 bytes at `a` and `b` that are the same. */
@inline
function sameAt(a: usize, b: usize): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)))
}

/** Do the first 16 bytes of a segment stand at `at`? */
@inline
export function firstStand(segment: Segment, at: usize): bool {
  return (sameAt(changetype<usize>(segment), at) | segment.ignored) == 0xffff
}

/** And the last 16? For a segment of more; one of more than 32 is never seen here. */
@inline
export function lastStand(segment: Segment, at: usize): bool {
  const last = <usize>(segment.length - FIRST_BYTES)
  return segment.length <= INLINE_BYTES && sameAt(changetype<usize>(segment) + last, at + last) == 0xffff
}

function stands(segment: Segment, at: usize): bool {
  return firstStand(segment, at) && (segment.length <= FIRST_BYTES || sameBytes(segment.text, at, segment.length))
}

/**
 * May a value that begins with this byte follow? White space may not: a segment ends where its value begins, and one that was learned without
 * the space before the value would stand there as well.
 */
@inline
export function mayPrecede(kind: u32, byte: u32): bool {
  return byte > SPACE && (byte != OPEN_BRACE || (kind & 3) != NO_OBJECT)
}

/** As `childAt`, but without segments of more than 32 bytes. */
@inline
export function siblingAt(segment: Segment, at: usize): usize {
  let child = segment.firstChild
  while (child != 0) {
    const known = changetype<Segment>(child)
    if (firstStand(known, at) && (known.length <= FIRST_BYTES || lastStand(known, at))) {
      if (<u32>load<u8>(at + known.length) > SPACE) {
        segment.predicted = child
        break
      }
    }
    child = known.nextSibling
  }
  return child
}

/** The child that stands at `at`, 0 if none does; it is predicted from then on. */
export function childAt(segment: Segment, at: usize): usize {
  let child = segment.firstChild
  while (child != 0) {
    const known = changetype<Segment>(child)
    if (stands(known, at)) {
      const kind: u32 = known.kind
      if ((kind & 3) == NEXT_LINE || mayPrecede(kind, load<u8>(at + known.length))) {
        segment.predicted = child
        return child
      }
    }
    child = known.nextSibling
  }
  return 0
}

/** The fields that a segment's members make missing, one bit each. */
export function resetsOf(segment: Segment): u64 {
  return load<u64>(resets + (((changetype<usize>(segment) - segments) >> 6) << 3))
}

/**
 * The shape of a line, by the segment that ends it: all lines with this number have the same segments, and so the same members in the same order, written alike.
 */
@inline
export function shapeOf(segment: Segment): u32 {
  return <u32>((changetype<usize>(segment) - segments) >> 6)
}

/** Objects around the value behind a segment. */
export function depthOfValue(segment: Segment): i32 {
  return depthOf(segment.context)
}

/** A new child for bytes [from, to), kept if there is room. Its target is 0. */
export function addChild(parent: Segment, from: usize, to: usize, kind: u32, context: i32, fieldsReset: u64): Segment {
  const length = <u32>(to - from)
  const isKept =
    segmentCount < <usize>MOST_SEGMENTS - 1 &&
    text + length < textEnd &&
    length < LONGEST &&
    parent != unkept &&
    parent.children < MOST_CHILDREN
  const child = isKept ? changetype<Segment>(segments + (segmentCount << 6)) : unkept
  child.kind = <u8>(fieldsReset != 0 ? kind | WITH_RESETS : kind)
  child.context = <u16>context
  child.target = 0
  store<u64>(resets + (((changetype<usize>(child) - segments) >> 6) << 3), fieldsReset)
  if (isKept) keep(parent, child, from, length)
  return child
}

function keep(parent: Segment, child: Segment, from: usize, length: u32): void {
  segmentCount++
  parent.children++
  child.length = length
  child.ignored = length < FIRST_BYTES ? (0xffff << length) & 0xffff : 0
  child.text = changetype<usize>(child)
  memory.copy(child.text, from, min(length, INLINE_BYTES))
  if (length > INLINE_BYTES) {
    child.text = text
    memory.copy(text, from, length)
    text += (length + 31) & ~15
  }
  child.predicted = nothing
  child.nextSibling = parent.firstChild
  parent.firstChild = changetype<usize>(child)
  parent.predicted = changetype<usize>(child)
}
