import { viewOf } from '../data/key-bytes.ts'

const FIRST_BYTES = 1024
/** An arena larger than this is not worth keeping without use. */
const KEPT_BYTES = 1 << 20

/** Stretches of bytes, one behind the other, that go all together. Bytes move four at a time. */
export class ByteArena {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  view = viewOf(this.bytes)
  length = 0

  /** Copies bytes [start, end) of `from` to the end; tells where they begin. */
  append(from: DataView, start: number, end: number): number {
    const first = this.length
    this.length = first + end - start
    if (this.length > this.bytes.length) this.#grow(first)
    const { view } = this
    let to = first
    let at = start
    for (; at + 4 <= end; at += 4) {
      view.setInt32(to, from.getInt32(at, true), true)
      to += 4
    }
    for (; at < end; at += 1) {
      view.setUint8(to, from.getUint8(at))
      to += 1
    }
    return first
  }

  /** Are `length` bytes from `at` on those of `other` from `start` on? */
  isEqual(at: number, length: number, other: DataView, start: number): boolean {
    const { view } = this
    let i = 0
    for (; i + 4 <= length; i += 4) if (view.getInt32(at + i, true) !== other.getInt32(start + i, true)) return false
    for (; i < length; i += 1) if (view.getUint8(at + i) !== other.getUint8(start + i)) return false
    return true
  }

  /** Forgets everything; true if it is of a size to be used again. */
  clear(): boolean {
    this.length = 0
    return this.bytes.length <= KEPT_BYTES
  }

  #grow(used: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.length, this.bytes.length * 2))
    this.bytes.copy(bigger, 0, 0, used)
    this.bytes = bigger
    this.view = viewOf(bigger)
  }
}
