import { copyWords, RecentViews, SHORT_STRETCH } from '../data/copy-bytes.ts'
import { viewOf } from '../data/key-bytes.ts'

/** About as many bytes are handed to a sink at a time; a single row may be longer. */
export const OUTPUT_BYTES = 1 << 16

const FIRST_CAPACITY = 512
/** Memory beyond this, which a long row took, is given back. */
const KEPT_CAPACITY = 1 << 20
/** Up to here, a loop over the units of a text is faster than a call of the encoder. */
const SHORT_TEXT = 24

/** A text that is written often, ready to be copied four bytes at a time. */
export interface FixedText {
  /** Its bytes and up to three more. */
  readonly words: Int32Array
  /** Bytes of the text. */
  readonly length: number
}

export const fixedText = (text: string): FixedText => fixedBytes(Buffer.from(text))

/** The bytes are copied. */
export function fixedBytes(bytes: Buffer): FixedText {
  const words = new Int32Array((bytes.length + 3) >> 2)
  const view = new DataView(words.buffer)
  bytes.copy(new Uint8Array(words.buffer))
  for (let i = 0; i < words.length; i += 1) words[i] = view.getInt32(i << 2, true)
  return { words, length: bytes.length }
}

/**
 * Collects output, from text and from ranges of bytes in any order. Ask `isFull` after each row; then hand on `contents` and
 * `clear`, or `take`.
 *
 * What writes cell by cell may do so by itself: `reserve`, write to `bytes` from `length` on, set `length`.
 */
export class OutputBuffer {
  /** [0, length) is collected; what follows is free. Another one after `reserve`. */
  bytes: Buffer = Buffer.alloc(0)
  /** The same memory as `bytes`. */
  view: DataView = viewOf(this.bytes)
  /** Bytes collected so far. */
  length = 0
  readonly #sources = new RecentViews()

  get isFull(): boolean {
    return this.length >= OUTPUT_BYTES
  }

  /** Makes room for `count` bytes more. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count)
  }

  fixed({ words, length }: FixedText): void {
    this.reserve(words.length << 2)
    const { view } = this
    let at = this.length
    for (let i = 0; i < words.length; i += 1) {
      view.setInt32(at, words[i]!, true)
      at += 4
    }
    this.length += length
  }

  /** Appends text; what is not well-formed becomes U+FFFD. */
  text(text: string): void {
    this.reserve(text.length * 3)
    if (text.length > SHORT_TEXT || !this.#asciiText(text)) this.length += this.bytes.write(text, this.length)
  }

  /** False if the text is not ASCII; then nothing is appended. */
  #asciiText(text: string): boolean {
    const { bytes, length } = this
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) return false
      bytes[length + i] = unit
    }
    this.length = length + text.length
    return true
  }

  /** Appends bytes [start, end), which are copied at once. */
  range(from: Buffer, start: number, end: number): void {
    const count = end - start
    this.reserve(count)
    if (count > SHORT_STRETCH) from.copy(this.bytes, this.length, start, end)
    else copyWords(this.#sources.of(from), start, end, this.view, this.length)
    this.length += count
  }

  /** All that was collected. Valid until `clear`. */
  contents(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  /** Forgets what was collected. */
  clear(): void {
    this.length = 0
    if (this.bytes.length > KEPT_CAPACITY) this.#become(Buffer.alloc(0))
  }

  /** All that was collected, for good: a copy. May be empty. */
  take(): Buffer {
    const taken = Buffer.copyBytesFrom(this.bytes, 0, this.length)
    this.clear()
    return taken
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length, FIRST_CAPACITY))
    this.bytes.copy(larger, 0, 0, this.length)
    this.#become(larger)
  }

  #become(bytes: Buffer): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}
