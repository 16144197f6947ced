import type { RowMembers } from './members.ts'
import { skipValue } from './skip.ts'
import { BACKSLASH, CLOSE_BRACE, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from './syntax.ts'

const NO_BYTES = Buffer.alloc(0)

/** What stands before a value, or behind the last one: words of four bytes, and the bytes that are left. */
interface Piece {
  readonly words: Int32Array
  readonly rest: Buffer
}

/**
 * The bytes that rows of one make have in common: names, colons, commas, white space; all but the values. To compare a row with those takes a
 * fraction of reading its members.
 */
export class RowSkeleton {
  /** Behind the value of the last member of the row that was found to be of the make. */
  valueEnd = 0
  #pieces: readonly Piece[] = []
  #source: Buffer = NO_BYTES
  #view: DataView = new DataView(NO_BYTES.buffer, 0, 0)

  get isKnown(): boolean {
    return this.#pieces.length > 0
  }

  /** Takes up the make of row [start, end), of which `members` are all. */
  learn(bytes: Buffer, start: number, end: number, members: RowMembers): void {
    const pieces: Piece[] = []
    let at = start
    for (let i = 0; i < members.count; i += 1) {
      pieces.push(pieceOf(bytes.subarray(at, members.valueStarts[i]!)))
      at = members.valueEnds[i]!
    }
    pieces.push(pieceOf(bytes.subarray(at, end)))
    this.#pieces = pieces
  }

  forget(): void {
    this.#pieces = []
  }

  /** Is row [start, end), which a scanner has taken, of the make? */
  matches(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#source) {
      this.#source = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    const pieces = this.#pieces
    const last = pieces.length - 1
    let at = this.#skipPiece(pieces[0]!, start, end)
    for (let i = 1; i <= last; i += 1) {
      if (at < 0) return false
      at = endOfValue(bytes, at)
      if (i === last) this.valueEnd = at
      at = this.#skipPiece(pieces[i]!, at, end)
    }
    return at === end
  }

  /** Where the piece ends that begins at `at`; -1: something else stands there. */
  #skipPiece({ words, rest }: Piece, at: number, end: number): number {
    const view = this.#view
    let next = at
    if (at + 4 * words.length + rest.length > end) return -1
    for (let w = 0; w < words.length; w += 1) {
      if (view.getInt32(next, true) !== words[w]) return -1
      next += 4
    }
    for (let r = 0; r < rest.length; r += 1) if (this.#source[next++] !== rest[r]) return -1
    return next
  }
}

function endOfValue(bytes: Buffer, at: number): number {
  let byte = bytes[at]!
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipValue(bytes, at, 1, 'object')
  let next = at
  if (byte === QUOTE) {
    for (byte = bytes[++next]!; byte !== QUOTE; byte = bytes[next]!) next += byte === BACKSLASH ? 2 : 1
    return next + 1
  }
  while (byte > SPACE && byte !== COMMA && byte !== CLOSE_BRACE) byte = bytes[++next]!
  return next
}

function pieceOf(bytes: Buffer): Piece {
  const count = bytes.length >> 2
  const words = new Int32Array(count)
  for (let w = 0; w < count; w += 1) words[w] = bytes.readInt32LE(4 * w)
  return { words, rest: Buffer.from(bytes.subarray(4 * count)) }
}
