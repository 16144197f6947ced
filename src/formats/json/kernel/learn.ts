// The slow way from one value to the next: reads and validates the structure between them, and keeps it as a segment.

import { CLOSE_BRACE, COLON, COMMA, NEWLINE, OPEN_BRACE, QUOTE, skipSpace, skipString } from './bytes.ts'
import { targetOf } from './columns.ts'
import { NOT_ASKED, UNREADABLE, contextAround, contextWithin, findMember, memberAt } from './members.ts'
import { NEXT_LINE, NO_OBJECT, READ, SKIPPED, Segment, addChild, root } from './segments.ts'

/** Where the walk is, in what object, and what it met on its way. */
let at: usize = 0
let context: i32 = 0
let member: i32 = 0
let resets: u64 = 0

/** What a step of the walk came to. */
const FAULT: i32 = 0
const AT_MEMBER: i32 = 1
const AT_VALUE: i32 = 2
const BEHIND_VALUE: i32 = 3
const BEHIND_LINE: i32 = 4

/** Where the learned segment ends. */
export let segmentEnd: usize = 0

/** The segment at `from`, behind the value of `before` (of the root: at the start of a line). 0: no JSON, or nothing for the kernel. */
export function learn(before: Segment, from: usize): usize {
  at = from
  context = before.context
  member = NOT_ASKED
  resets = 0
  let step = before == root ? beginRow() : BEHIND_VALUE
  while (step == AT_MEMBER || step == BEHIND_VALUE) step = step == AT_MEMBER ? readName() : passValue()
  if (step == FAULT) return 0
  segmentEnd = at
  if (step == BEHIND_LINE) return changetype<usize>(addChild(before, from, at, NEXT_LINE, 0, resets))
  const field = member >= 0 ? memberAt(member).field : -1
  const kind = member < 0 ? SKIPPED : field < 0 ? NO_OBJECT : READ
  const segment = addChild(before, from, at, kind, context, resets)
  if (field >= 0) segment.target = changetype<usize>(targetOf(field))
  return changetype<usize>(segment)
}

function beginRow(): i32 {
  at = skipSpace(at)
  return load<u8>(at) == OPEN_BRACE ? enterObject() : FAULT
}

/** `at` is on an opening brace whose object is the context. An empty object is left at once. */
function enterObject(): i32 {
  at = skipSpace(at + 1)
  if (load<u8>(at) == CLOSE_BRACE) return leaveObject()
  return AT_MEMBER
}

function leaveObject(): i32 {
  at++
  context = contextAround(context)
  if (context != 0) return BEHIND_VALUE
  at = skipSpace(at)
  if (load<u8>(at) != NEWLINE) return FAULT
  at++
  return BEHIND_LINE
}

/** From behind a value to the next member's name. */
function passValue(): i32 {
  at = skipSpace(at)
  if (load<u8>(at) == CLOSE_BRACE) return leaveObject()
  if (load<u8>(at) != COMMA) return FAULT
  at = skipSpace(at + 1)
  return AT_MEMBER
}

/** From a name to its value, into the value if it is an object that can be walked through. */
function readName(): i32 {
  if (load<u8>(at) != QUOTE) return FAULT
  const name = at + 1
  at = skipString(name)
  if (at == 0) return FAULT
  member = findMember(context, name, <i32>(at - 1 - name))
  if (member == UNREADABLE) return FAULT
  const isInterior = member >= 0 && memberAt(member).field < 0
  if (isInterior) resets |= memberAt(member).fieldsBelow
  at = skipSpace(at)
  if (load<u8>(at) != COLON) return FAULT
  at = skipSpace(at + 1)
  if (load<u8>(at) != OPEN_BRACE || (member >= 0 && !isInterior)) return AT_VALUE
  const inner = contextWithin(context, member)
  if (inner == 0) return isInterior ? FAULT : AT_VALUE
  context = inner
  return enterObject()
}
