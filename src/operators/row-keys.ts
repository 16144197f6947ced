import { type Column, Tag } from '../data/column.ts'
import type { Dictionary } from '../data/dictionary.ts'
import { hashOfBytes, type KeyBytes, viewOf } from '../data/key-bytes.ts'
import { keyTextOf } from '../data/value.ts'
import type { RowErrors } from './row-errors.ts'

/** Bytes kept for ids of one dictionary; a dictionary with more has keys that hardly repeat. */
const MOST_BYTES = 1 << 22
const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const BACKSLASHES = 0x5c5c5c5c
const NO_BYTES = viewOf(Buffer.alloc(0))

/**
 * The keys of a batch's rows in canonical bytes: the texts of the parts, joined by a comma, so that unlike keys never have the same. A string
 * between quotes in the input is its own canonical form unless it has escapes: it is not copied, let alone made a string of.
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
  /** 1: the bytes are in `#own`, not in the column's buffer. */
  #isOwn = new Uint8Array(0)
  #spans: DataView = NO_BYTES
  readonly #own = new KeyText()
  #texts: DataView = NO_BYTES
  readonly #interned: InternedTexts[] = []

  /** Reads the keys of rows below `to` that have no error. What was read stays good for the round. */
  load(columns: readonly Column[], to: number, errors: RowErrors): void {
    if (this.hashes.length < to) this.#grow(columns[0]!.capacity)
    this.#own.length = 0
    const column = columns[0]!
    const isSpan = columns.length === 1 && column.encoding === 'span'
    if (isSpan) this.#loadSpans(column, to)
    for (let i = 0; i < to; i += 1) {
      if ((isSpan && this.#isOwn[i] === 0) || errors.has(i)) continue
      this.#isOwn[i] = 1
      this.#starts[i] = this.#own.length
      this.#join(columns, i)
      this.#ends[i] = this.#own.length
    }
    if (this.#own.length === 0) return
    this.#texts = viewOf(this.#own.bytes)
    for (let i = 0; i < to; i += 1)
      if (this.#isOwn[i] === 1 && !errors.has(i))
        this.hashes[i] = hashOfBytes(this.#texts, this.#starts[i]!, this.#ends[i]!)
  }

  /** Makes this the key of row i. */
  at(i: number): this {
    this.view = this.#isOwn[i] === 1 ? this.#texts : this.#spans
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
  #loadSpans({ tags, ids, ends, buffer }: Column, to: number): void {
    if (buffer === null) {
      this.#isOwn.fill(1, 0, to)
      return
    }
    const view = viewOf(buffer)
    this.#spans = view
    for (let i = 0; i < to; i += 1) {
      const start = ids[i]! - 1
      const end = ends[i]! + 1
      const isSpan = tags[i] === Tag.String && isCanonical(view, start, end)
      this.#isOwn[i] = isSpan ? 0 : 1
      if (!isSpan) continue
      this.#starts[i] = start
      this.#ends[i] = end
      this.hashes[i] = hashOfBytes(view, start, end)
    }
  }

  #join(columns: readonly Column[], i: number): void {
    const own = this.#own
    for (let k = 0; k < columns.length; k += 1) {
      if (k > 0) own.byte(COMMA)
      const column = columns[k]!
      if (column.encoding === 'interned' && column.tags[i] === Tag.String) this.#internedOf(k).append(column, i, own)
      else own.text(keyTextOf(column.value(i)))
    }
  }

  #internedOf(k: number): InternedTexts {
    while (this.#interned.length <= k) this.#interned.push(new InternedTexts())
    return this.#interned[k]!
  }
}

/** Are bytes [start, end) of JSON a string in quotes, as it stands its own canonical form? Only an escape can be written otherwise. */
function isCanonical(view: DataView, start: number, end: number): boolean {
  if (start < 0 || end > view.byteLength) return false
  if (view.getUint8(start) !== QUOTE || view.getUint8(end - 1) !== QUOTE) return false
  let at = start + 1
  for (; at + 4 < end; at += 4) {
    const difference = view.getInt32(at, true) ^ BACKSLASHES
    // some byte of it is 0 (Mycroft 1987, as in C's strlen)
    if (((difference - 0x01010101) & ~difference & 0x80808080) !== 0) return false
  }
  for (; at < end - 1; at += 1) if (view.getUint8(at) === BACKSLASH) return false
  return true
}

/** UTF-8 that is put together piece by piece. */
class KeyText {
  bytes = Buffer.allocUnsafe(256)
  length = 0

  byte(byte: number): void {
    this.#reserve(1)
    this.bytes[this.length] = byte
    this.length += 1
  }

  stretch(from: Buffer, start: number, end: number): void {
    this.#reserve(end - start)
    const { bytes, length } = this
    for (let i = start; i < end; i += 1) bytes[length + i - start] = from[i]!
    this.length = length + end - start
  }

  text(text: string): void {
    this.#reserve(text.length * 3)
    const { bytes, length } = this
    let i = 0
    for (; i < text.length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) break
      bytes[length + i] = unit
    }
    this.length = length + (i < text.length ? bytes.write(text, length) : i)
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const bigger = Buffer.allocUnsafe(Math.max(this.length + more, this.bytes.length * 2))
    this.bytes.copy(bigger, 0, 0, this.length)
    this.bytes = bigger
  }
}

/** Canonical bytes of interned strings, kept since they come again. */
class InternedTexts {
  #dictionary: Dictionary | null = null
  #generation = -1
  readonly #kept = new KeyText()
  /** By id: [start, end) in `#kept`; an end of 0: not there. */
  #bounds = new Int32Array(0)

  append(column: Column, i: number, to: KeyText): void {
    const dictionary = column.dictionary!
    if (dictionary !== this.#dictionary || dictionary.generation !== this.#generation) {
      this.#dictionary = dictionary
      this.#generation = dictionary.generation
      this.#clear()
    }
    const id = column.ids[i]!
    if (2 * id >= this.#bounds.length) this.#grow(id)
    if (this.#bounds[2 * id + 1] === 0) this.#keep(id, keyTextOf(column.text(i)))
    to.stretch(this.#kept.bytes, this.#bounds[2 * id]!, this.#bounds[2 * id + 1]!)
  }

  #keep(id: number, text: string): void {
    if (this.#kept.length > MOST_BYTES) this.#clear()
    this.#bounds[2 * id] = this.#kept.length
    this.#kept.text(text)
    this.#bounds[2 * id + 1] = this.#kept.length
  }

  #clear(): void {
    this.#bounds.fill(0)
    this.#kept.length = 0
  }

  #grow(id: number): void {
    const bigger = new Int32Array(Math.max(2 * id + 2, this.#bounds.length * 2, 1024))
    bigger.set(this.#bounds)
    this.#bounds = bigger
  }
}
