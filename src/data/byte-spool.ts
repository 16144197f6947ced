import { copyWords, RecentViews, SHORT_STRETCH } from './copy-bytes.ts'
import { viewOf } from './key-bytes.ts'

const NEWLINE = 0x0a

/** Bytes put together from many places, one stretch behind the other. */
export class ByteSpool {
  /** [0, length) is taken; another one after it had to grow. */
  bytes: Buffer
  length = 0
  /** The same memory as `bytes`. */
  view: DataView
  readonly #sources = new RecentViews()

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity)
    this.view = viewOf(this.bytes)
  }

  /** Would `count` more bytes make it grow? */
  hasRoom(count: number): boolean {
    return this.length + count <= this.bytes.length
  }

  /** Forgets the bytes; the memory is used again. */
  clear(): void {
    this.length = 0
  }

  /** Copies bytes [start, end) of a buffer behind those that are there. */
  append(from: Buffer, start: number, end: number): void {
    this.appendFrom(from, this.#sources.of(from), start, end)
  }

  /** `append` for who has the view of the buffer, and so no need to have one made. */
  appendFrom(from: Buffer, source: DataView, start: number, end: number): void {
    const count = end - start
    if (!this.hasRoom(count)) this.#grow(this.length + count)
    if (count > SHORT_STRETCH) from.copy(this.bytes, this.length, start, end)
    else copyWords(source, start, end, this.view, this.length)
    this.length += count
  }

  /** `append` of a line, and its newline. */
  appendLine(from: Buffer, start: number, end: number): void {
    if (!this.hasRoom(end - start + 1)) this.#grow(this.length + end - start + 1)
    this.append(from, start, end)
    this.view.setUint8(this.length, NEWLINE)
    this.length += 1
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
    this.view = viewOf(larger)
  }
}
