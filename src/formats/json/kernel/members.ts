// What is asked for: a tree of member names. And contexts: the objects that the scanner can be inside of, by how it came there. All objects
// that nobody asks for are one context in each other one, so there are few.

import { BACKSLASH } from './bytes.ts'

/** A member that is asked for, or that has such members below it. */
@unmanaged
export class Member {
  /** Its object; -1: the row. */
  parent: i32
  name: usize
  nameLength: i32
  /** -1: only members below it are asked for. */
  field: i32
  /** The fields below it, one bit each: its next appearance forgets them. */
  fieldsBelow: u64
}

@unmanaged
class Context {
  /** The context around it; 0: none, it is the row. */
  parent: i32
  /** The member that holds this object, one of the constants below otherwise. */
  member: i32
  depth: i32
}

/** In the place of a member: nobody asks for it; the row itself; its name has escapes, so it cannot be told here. */
export const NOT_ASKED: i32 = -2
const THE_ROW: i32 = -1
export const UNREADABLE: i32 = -3

export const ROW_CONTEXT: i32 = 1
const MOST_CONTEXTS: i32 = 1000
export const MOST_FIELDS: i32 = 64
const MOST_MEMBERS: i32 = MOST_FIELDS * 32
/** Objects deeper than this are skipped as a value. Paths are shorter. */
const DEEPEST_CONTEXT: i32 = 64

const members: usize = heap.alloc(<usize>MOST_MEMBERS * offsetof<Member>())
let memberCount: i32 = 0
const contexts: usize = heap.alloc(<usize>MOST_CONTEXTS * offsetof<Context>())
let contextCount: i32 = 2
setContext(ROW_CONTEXT, 0, THE_ROW, 1)

@inline
export function memberAt(member: i32): Member {
  return changetype<Member>(members + <usize>member * offsetof<Member>())
}

@inline
function contextAt(context: i32): Context {
  return changetype<Context>(contexts + <usize>context * offsetof<Context>())
}

function setContext(context: i32, parent: i32, member: i32, depth: i32): void {
  const made = contextAt(context)
  made.parent = parent
  made.member = member
  made.depth = depth
}

/** Asks for a member of `parent` (-1: of the row); the name's bytes must stay where they are. Returns its number. */
export function askMember(parent: i32, name: usize, nameLength: i32, field: i32): i32 {
  const member = memberAt(memberCount)
  member.parent = parent
  member.name = name
  member.nameLength = nameLength
  member.field = field
  member.fieldsBelow = 0
  for (let above = parent; field >= 0 && above >= 0; above = memberAt(above).parent) {
    memberAt(above).fieldsBelow |= (<u64>1) << (<u64>field)
  }
  return memberCount++
}

/** The member of this name, whose bytes stand between its quotes, in an object; or NOT_ASKED, UNREADABLE. */
export function findMember(context: i32, name: usize, nameLength: i32): i32 {
  const parent = contextAt(context).member
  if (parent == NOT_ASKED) return NOT_ASKED
  for (let i = 0; i < nameLength; i++) if (load<u8>(name + i) == BACKSLASH) return UNREADABLE
  for (let i = 0; i < memberCount; i++) {
    const member = memberAt(i)
    if (member.parent != parent || member.nameLength != nameLength) continue
    if (memory.compare(member.name, name, nameLength) == 0) return i
  }
  return NOT_ASKED
}

/** The object that a member of `parent` holds; 0: too many or too deep. */
export function contextWithin(parent: i32, member: i32): i32 {
  for (let i = ROW_CONTEXT + 1; i < contextCount; i++) {
    if (contextAt(i).parent == parent && contextAt(i).member == member) return i
  }
  const depth = depthOf(parent) + 1
  if (contextCount == MOST_CONTEXTS || depth > DEEPEST_CONTEXT) return 0
  setContext(contextCount, parent, member, depth)
  return contextCount++
}

/** Objects around a member of this context, the row included. */
export function depthOf(context: i32): i32 {
  return contextAt(context).depth
}

export function contextAround(context: i32): i32 {
  return contextAt(context).parent
}
