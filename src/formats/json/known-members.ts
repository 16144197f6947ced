import { viewOf } from '../../data/key-bytes.ts'
import { membersOf } from './members.ts'
import { skipValue } from './skip.ts'
import { BACKSLASH, CLOSE_BRACE, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './syntax.ts'

/** More than producers of rows usually have shapes; what has more is not worth looking for. */
const MOST_SHAPES = 8
const MOST_LEARNT = 64

const SPACE = 0x20

/** Bytes [start, end) of a buffer and of its view: a row that a scanner took, without white space around it. */
export interface RowPlace {
  readonly buffer: Buffer
  readonly view: DataView
  readonly start: number
  readonly end: number
}

/** What stands before each value, from the opening brace on. */
type Shape = readonly { readonly bytes: Buffer; readonly view: DataView }[]

/** Recognises rows with the same members in the same order, written alike, as rows that were shown to it, in far less time than it takes to read the members. */
export class KnownMembers {
  readonly #shapes: Shape[] = []
  #last = 0
  #learnt = 0

  /** Has the row the members of one that was learnt? */
  has(row: RowPlace): boolean {
    const shapes = this.#shapes
    for (let tried = 0; tried < shapes.length; tried += 1) {
      const at = this.#last + tried
      const place = at < shapes.length ? at : at - shapes.length
      if (!isOfShape(shapes[place]!, row)) continue
      this.#last = place
      return true
    }
    return false
  }

  learn({ buffer, start, end }: Omit<RowPlace, 'view'>): void {
    if (this.#learnt >= MOST_LEARNT) return
    const members = membersOf(buffer, start, end)
    if (members.length === 0) return
    const shape = members.map(({ valueStart }, i) => {
      const before = Buffer.from(buffer.subarray(i === 0 ? start : members[i - 1]!.valueEnd, valueStart))
      return { bytes: before, view: viewOf(before) }
    })
    this.#shapes[this.#learnt % MOST_SHAPES] = shape
    this.#learnt += 1
  }
}

function isOfShape(shape: Shape, { buffer, view, start, end }: RowPlace): boolean {
  let at = start
  for (let i = 0; i < shape.length; i += 1) {
    const piece = shape[i]!
    if (at + piece.bytes.length >= end || !standsAt(piece.view, piece.bytes.length, view, at)) return false
    at = behindValue(buffer, at + piece.bytes.length)
    if (at < 0) return false
  }
  return buffer[at] === CLOSE_BRACE && at + 1 === end
}

function standsAt(piece: DataView, length: number, view: DataView, start: number): boolean {
  let k = 0
  for (; k + 4 <= length; k += 4) if (piece.getInt32(k) !== view.getInt32(start + k)) return false
  for (; k < length; k += 1) if (piece.getUint8(k) !== view.getUint8(start + k)) return false
  return true
}

/** -1: a string with escapes. */
function behindValue(bytes: Buffer, at: number): number {
  let byte = bytes[at]!
  if (byte === QUOTE) {
    do byte = bytes[++at]!
    while (byte !== QUOTE && byte !== BACKSLASH)
    return byte === QUOTE ? at + 1 : -1
  }
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipValue(bytes, at, 1, 'object')
  while (byte !== COMMA && byte !== CLOSE_BRACE && byte > SPACE) byte = bytes[++at]!
  return at
}
