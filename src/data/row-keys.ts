import { type Column, Tag } from './column.ts'
import { hashOfBytes, type KeyBytes, viewOf } from './key-bytes.ts'
import { isQuotedText, KeyText } from './key-text.ts'

const NO_BYTES = viewOf(Buffer.alloc(0))

/**
 * The keys of a batch's rows in canonical bytes. A string between quotes in the input is its own canonical form unless it has escapes: it is
 * not copied, let alone made a string of.
 */
export class RowKeys implements KeyBytes {
  /** The key that `at` was asked for last. */
  view: DataView = NO_BYTES
  start = 0
  end = 0
  hash = 0
  /** By row. */
  hashes = new Int32Array(0)
  #starts = new Int32Array(0)
  #ends = new Int32Array(0)
  /** 1: the bytes are in `#texts`, not in the column's buffer. */
  #isOwn = new Uint8Array(0)
  #spans: DataView = NO_BYTES
  readonly #texts = new KeyText()

  /** Reads the keys of rows from <= i < to, but of those that are `left` out. What was read stays good for the round. */
  load(columns: readonly Column[], from: number, to: number, left?: { has(row: number): boolean }): void {
    const [column] = columns
    if (this.hashes.length < to) this.#grow(column!.capacity)
    if (columns.length === 1 && column!.encoding === 'span' && column!.buffer !== null)
      this.#loadSpans(column!, from, to)
    else this.#isOwn.fill(1, from, to)
    const texts = this.#texts
    texts.clear()
    for (let i = from; i < to; i += 1) {
      if (this.#isOwn[i] === 0 || left?.has(i) === true) continue
      this.#starts[i] = texts.length
      for (let k = 0; k < columns.length; k += 1) {
        if (k > 0) texts.comma()
        texts.value(columns[k]!, i)
      }
      this.#ends[i] = texts.length
      this.hashes[i] = hashOfBytes(texts.view, this.#starts[i]!, texts.length)
    }
  }

  /** Makes this the key of row i. */
  at(i: number): this {
    this.view = this.#isOwn[i] === 1 ? this.#texts.view : this.#spans
    this.start = this.#starts[i]!
    this.end = this.#ends[i]!
    this.hash = this.hashes[i]!
    return this
  }

  #grow(rows: number): void {
    this.hashes = new Int32Array(rows)
    this.#starts = new Int32Array(rows)
    this.#ends = new Int32Array(rows)
    this.#isOwn = new Uint8Array(rows)
  }

  /** Takes the spans of one column as they are, and leaves other rows with `#isOwn` set. */
  #loadSpans({ buffer, tags, ids, ends }: Column, from: number, to: number): void {
    const view = viewOf(buffer!)
    this.#spans = view
    for (let i = from; i < to; i += 1) {
      const start = ids[i]! - 1
      const end = ends[i]! + 1
      const isSpan = tags[i] === Tag.String && isQuotedText(view, start, end)
      this.#isOwn[i] = isSpan ? 0 : 1
      if (!isSpan) continue
      this.#starts[i] = start
      this.#ends[i] = end
      this.hashes[i] = hashOfBytes(view, start, end)
    }
  }
}
