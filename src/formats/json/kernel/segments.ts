// A segment is what stands between two values: from the end of one to the start of the next, braces, names and white space included
// (`,"user":{"id": `), or to the end of the line. Lines of one producer repeat their segments, so what was read once is learned: a trie
// whose nodes are segments, each with the value behind it. Reading a line is then comparing bytes with the predicted child.

import { OPEN_BRACE, SPACE, sameBytes } from './bytes.ts'
import { ROW_CONTEXT, depthOf } from './members.ts'

/** What stands behind a segment: a value; the next line; a value of a member that has members asked for, and so no object. */
export const VALUE: u8 = 0
export const NEXT_LINE: u8 = 1
export const NO_OBJECT: u8 = 2

/** One cache line. */
@unmanaged
export class Segment {
  inline0: u64
  inline1: u64
  inline2: u64
  inline3: u64
  length: i32
  /** Where the value goes; 0: nobody asks for it. */
  target: usize
  firstChild: usize
  nextSibling: usize
  /** The child that came last. */
  predicted: usize
  context: i32
  /** Its bytes; short ones stand in the segment itself. */
  text: usize
  kind: u8
  children: u8
  /** 1: it names members whose fields must be forgotten, see `resetsOf`. */
  hasResets: u8
  /** Objects around the value. */
  depth: u8
}

const INLINE_BYTES: i32 = 32
const LONGEST: i32 = 1000
const MOST_SEGMENTS: i32 = 4096
/** Beyond that a place is where data stands in names, and trying children costs more than reading. */
const MOST_CHILDREN: u8 = 12
const TEXT_BYTES: usize = 1 << 17

const segments: usize = (heap.alloc((<usize>MOST_SEGMENTS + 1) << 6) + 63) & ~63
memory.fill(segments, 0, <usize>MOST_SEGMENTS << 6)
const resets: usize = heap.alloc(<usize>MOST_SEGMENTS << 3)
let segmentCount: usize = 1
let text: usize = heap.alloc(TEXT_BYTES)
const textEnd: usize = text + TEXT_BYTES - 32

/** What lines begin with is its children. */
export const root: Segment = changetype<Segment>(segments)
root.context = ROW_CONTEXT

/** For a segment that is not kept: it never has children. */
const unkept: Segment = changetype<Segment>(segments + (<usize>(MOST_SEGMENTS - 1) << 6))

/**
 * Do these bytes stand at `at`? White space may not follow: a segment ends where its value begins, and one that was learned without the
 * space before the value would match there as well.
 */
@inline
function stands(segment: Segment, at: usize): bool {
  if (!sameBytes(segment.text, at, segment.length)) return false
  if (segment.kind == NEXT_LINE) return true
  const next: u32 = load<u8>(at + segment.length)
  return next > SPACE && (segment.kind == VALUE || next != OPEN_BRACE)
}

/** The child that stands at `at`, 0 if none does; it is predicted from then on. */
@inline
export function childAt(segment: Segment, at: usize): usize {
  const predicted = segment.predicted
  if (predicted == 0) return 0
  return stands(changetype<Segment>(predicted), at) ? predicted : otherChildAt(segment, at)
}

function otherChildAt(segment: Segment, at: usize): usize {
  let child = segment.firstChild
  while (child != 0) {
    if (stands(changetype<Segment>(child), at)) {
      segment.predicted = child
      return child
    }
    child = changetype<Segment>(child).nextSibling
  }
  return 0
}

/** The fields that a segment's members make missing, one bit each. */
export function resetsOf(segment: Segment): u64 {
  return load<u64>(resets + (((changetype<usize>(segment) - segments) >> 6) << 3))
}

/** A new child for bytes [from, to), kept if there is room. Its target is 0. */
export function addChild(parent: Segment, from: usize, to: usize, kind: u8, context: i32, fieldsReset: u64): Segment {
  const length = <i32>(to - from)
  const isKept =
    segmentCount < <usize>MOST_SEGMENTS - 1 &&
    text + length < textEnd &&
    length < LONGEST &&
    parent != unkept &&
    parent.children < MOST_CHILDREN
  const child = isKept ? changetype<Segment>(segments + (segmentCount << 6)) : unkept
  child.kind = kind
  child.context = context
  child.depth = <u8>(context == 0 ? 0 : depthOf(context))
  child.target = 0
  child.hasResets = fieldsReset != 0 ? 1 : 0
  store<u64>(resets + (((changetype<usize>(child) - segments) >> 6) << 3), fieldsReset)
  if (isKept) keep(parent, child, from, length)
  return child
}

function keep(parent: Segment, child: Segment, from: usize, length: i32): void {
  segmentCount++
  parent.children++
  child.length = length
  child.text = changetype<usize>(child)
  if (length > INLINE_BYTES) {
    child.text = text
    text += (length + 31) & ~15
  }
  memory.copy(child.text, from, length)
  child.nextSibling = parent.firstChild
  parent.firstChild = changetype<usize>(child)
  parent.predicted = changetype<usize>(child)
}
