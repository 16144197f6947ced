/** Up to here, words of four bytes are faster than a call of `copy`. */
const SHORT = 256
const NEWLINE = 0x0a

/** Copies the bytes [start, end) of a view to `at` of another. */
function copyWords(from: DataView, start: number, end: number, to: DataView, at: number): void {
  let next = start
  for (; next + 16 <= end; next += 16) {
    to.setInt32(at, from.getInt32(next, true), true)
    to.setInt32(at + 4, from.getInt32(next + 4, true), true)
    to.setInt32(at + 8, from.getInt32(next + 8, true), true)
    to.setInt32(at + 12, from.getInt32(next + 12, true), true)
    at += 16
  }
  if (next + 8 <= end) {
    to.setInt32(at, from.getInt32(next, true), true)
    to.setInt32(at + 4, from.getInt32(next + 4, true), true)
    at += 8
    next += 8
  }
  if (next === end) return
  if (end - start < 8) {
    for (; next < end; next += 1) to.setUint8(at++, from.getUint8(next))
    return
  }
  // the last eight bytes, some of them again
  at -= 8 - (end - next)
  to.setInt32(at, from.getInt32(end - 8, true), true)
  to.setInt32(at + 4, from.getInt32(end - 4, true), true)
}

/** Bytes put together from many places, one stretch behind the other. */
export class ByteSpool {
  /** [0, length) is taken; another one after it had to grow. */
  bytes: Buffer
  length = 0
  /** The same memory as `bytes`. */
  view: DataView
  /** Where the last two stretches came from: a join copies from two buffers in turn. */
  #source: Buffer
  #sourceView: DataView
  #otherSource: Buffer
  #otherView: DataView

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity)
    this.view = viewOf(this.bytes)
    this.#source = this.bytes
    this.#sourceView = this.view
    this.#otherSource = this.bytes
    this.#otherView = this.view
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
    const count = end - start
    if (!this.hasRoom(count)) this.#grow(this.length + count)
    if (count > SHORT) from.copy(this.bytes, this.length, start, end)
    else this.#appendShort(from, start, end)
    this.length += count
  }

  /** `append` for who has the view of the buffer, and so no need to have one made. */
  appendFrom(from: Buffer, source: DataView, start: number, end: number): void {
    const count = end - start
    if (!this.hasRoom(count)) this.#grow(this.length + count)
    if (count > SHORT) from.copy(this.bytes, this.length, start, end)
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

  #appendShort(from: Buffer, start: number, end: number): void {
    if (from !== this.#source) this.#turnTo(from)
    copyWords(this.#sourceView, start, end, this.view, this.length)
  }

  #turnTo(from: Buffer): void {
    const [other, otherView] = [this.#otherSource, this.#otherView]
    this.#otherSource = this.#source
    this.#otherView = this.#sourceView
    this.#source = from
    this.#sourceView = from === other ? otherView : viewOf(from)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
    this.view = viewOf(larger)
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength)
