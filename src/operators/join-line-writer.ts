import { BATCH_ROWS, Batch, rawLines } from '../data/batch.ts'
import { ByteSpool } from '../data/byte-spool.ts'
import { viewOf } from '../data/key-bytes.ts'
import type { RowView } from './join-input.ts'
import { type JoinHeader, MOST_BYTES } from './join-writer.ts'

/** Bytes with their view. */
interface Piece {
  readonly bytes: Buffer
  readonly view: DataView
}

const piece = (text: string): Piece => {
  const bytes = Buffer.from(text)
  return { bytes, view: viewOf(bytes) }
}

const OPEN = piece('{')
const NULL = piece('null')
const CLOSE = piece('}\n')
/** `{}` */
const EMPTY_LENGTH = 2

/**
 * Results that are printed and nothing else, as the lines that leave: the members of the left row and the right row as one more, copied once. The
 * text of a left row is an object without white space around it or inside its braces, and without a member of the right row's name.
 */
export class JoinLineWriter {
  readonly #first: Piece
  readonly #next: Piece
  #spool = new ByteSpool(0)

  /** `name`: of the member that holds the right row. */
  constructor(name: string) {
    this.#first = piece(`${JSON.stringify(name)}:`)
    this.#next = piece(`,${JSON.stringify(name)}:`)
  }

  createOutput(): Batch {
    const batch = new Batch([], BATCH_ROWS)
    batch.raw = rawLines(BATCH_ROWS)
    return batch
  }

  isFull(out: Batch): boolean {
    return out.length >= out.capacity || (out.length > 0 && this.#spool.length >= MOST_BYTES)
  }

  /** Appends a result; null: there is no row of that side. There must be room. */
  write(out: Batch, left: RowView | null, right: RowView | null, header: JoinHeader): void {
    const at = out.length
    if (at === 0) this.#begin()
    out.time[at] = header.time
    out.watermark[at] = header.watermark
    out.sequence[at] = header.sequence
    const raw = out.raw!
    raw.starts[at] = this.#spool.length
    this.#writeMembers(left)
    this.#writeRow(right)
    raw.ends[at] = this.#spool.length
    this.#append(CLOSE)
    raw.ends[at]! += 1 // the brace belongs to the line, the newline does not
    raw.buffer = this.#spool.bytes
    out.length = at + 1
  }

  /** Nobody reads the last rows any more: sinks, and only they take lines, copy them before this operator goes on. */
  #begin(): void {
    if (this.#spool.bytes.length > 2 * MOST_BYTES) this.#spool = new ByteSpool(MOST_BYTES)
    else this.#spool.clear()
  }

  #writeMembers(left: RowView | null): void {
    const isEmpty = left === null || left.text.end - left.text.start === EMPTY_LENGTH
    if (isEmpty) this.#append(OPEN)
    else this.#spool.appendFrom(left.text.buffer, left.text.view, left.text.start, left.text.end - 1)
    this.#append(isEmpty ? this.#first : this.#next)
  }

  #writeRow(right: RowView | null): void {
    if (right === null) this.#append(NULL)
    else this.#spool.appendFrom(right.text.buffer, right.text.view, right.text.start, right.text.end)
  }

  #append({ bytes, view }: Piece): void {
    this.#spool.appendFrom(bytes, view, 0, bytes.length)
  }
}
