import { type Column, Tag } from './column.ts'
import { hashOfBytes, type KeyBytes, viewOf } from './key-bytes.ts'
import { jsonOf, keyTextOf } from './value.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const BACKSLASHES = 0x5c5c5c5c
const NO_BYTES = Buffer.alloc(0)

/** Canonical texts of keys (`keyTextOf`) as UTF-8, put together piece by piece, one behind the other until `clear`. */
export class KeyText {
  view: DataView
  length = 0
  #bytes = Buffer.allocUnsafeSlow(1024)
  /** The buffer of spans that was read last. */
  #spans: Buffer = NO_BYTES
  #spanView = viewOf(NO_BYTES)
  readonly #key: { -readonly [K in keyof KeyBytes]: KeyBytes[K] }

  constructor() {
    this.view = viewOf(this.#bytes)
    this.#key = { view: this.view, start: 0, end: 0, hash: 0 }
  }

  clear(): void {
    this.length = 0
  }

  /** All that there is as a key; good until the next change. */
  key(): KeyBytes {
    const key = this.#key
    key.view = this.view
    key.end = this.length
    key.hash = hashOfBytes(this.view, 0, this.length)
    return key
  }

  /** A key of several parts is their texts with commas between: unlike keys never have the same. */
  comma(): void {
    this.#reserve(1)
    this.#byte(COMMA)
  }

  /** Appends the canonical text of row i: bytes as they are wherever strings are held as bytes. */
  value(column: Column, i: number): void {
    if (column.tags[i] !== Tag.String || column.encoding === 'plain') this.text(keyTextOf(column.value(i)))
    else if (column.encoding === 'interned') this.#interned(column, i)
    else if (!this.#isQuoted(column, i)) this.text(jsonOf(column.text(i)))
    else this.#stretch(column.buffer!, column.ids[i]! - 1, column.ends[i]! + 1)
  }

  text(text: string): void {
    this.#reserve(text.length * 3)
    const { length } = this
    const bytes = this.#bytes
    let i = 0
    for (; i < text.length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) break
      bytes[length + i] = unit
    }
    this.length = length + (i < text.length ? bytes.write(text, length) : i)
  }

  #interned({ dictionary, ids }: Column, i: number): void {
    const id = ids[i]!
    const start = dictionary!.startOf(id)
    const end = dictionary!.endOf(id)
    const { bytes } = dictionary!
    if (needsEscape(bytes, start, end)) {
      this.text(jsonOf(dictionary!.text(id)))
      return
    }
    this.#reserve(end - start + 2)
    this.#byte(QUOTE)
    this.#stretch(bytes, start, end)
    this.#byte(QUOTE)
  }

  #isQuoted({ buffer, ids, ends }: Column, i: number): boolean {
    if (buffer !== this.#spans) {
      this.#spans = buffer!
      this.#spanView = viewOf(buffer!)
    }
    return isQuotedText(this.#spanView, ids[i]! - 1, ends[i]! + 1)
  }

  #byte(byte: number): void {
    this.#bytes[this.length] = byte
    this.length += 1
  }

  #stretch(from: Buffer, start: number, end: number): void {
    this.#reserve(end - start + 1)
    const { length } = this
    const bytes = this.#bytes
    for (let i = start; i < end; i += 1) bytes[length + i - start] = from[i]!
    this.length = length + end - start
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.#bytes.length * 2))
    this.#bytes.copy(bigger, 0, 0, this.length)
    this.#bytes = bigger
    this.view = viewOf(bigger)
  }
}

/** Does the text need escapes in JSON? */
function needsEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return true
  }
  return false
}

/** Are bytes [start, end) of JSON a string in quotes, as it stands its own canonical form? Only an escape can be written otherwise. */
export function isQuotedText(view: DataView, start: number, end: number): boolean {
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
