import { grown } from '../data/grown.ts'
import { viewOf } from '../data/key-bytes.ts'

const FIRST_BYTES = 1024
/** An arena larger than this is not worth keeping without use. */
const KEPT_BYTES = 1 << 20

/** Stretches of bytes, one behind the other, that go all together. Bytes move four at a time. */
export class ByteArena {
  #memory = new Uint8Array(FIRST_BYTES)
  bytes: Buffer = bufferOf(this.#memory)
  view = viewOf(this.bytes)
  length = 0

  /** Copies bytes [start, end) of `from` to the end; tells where they begin. */
  append(from: DataView, start: number, end: number): number {
    const first = this.length
    this.length = first + end - start
    if (this.length > this.bytes.length) this.#grow()
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

  /** Appends a number of 32 bits, the lowest byte first. */
  appendInt(value: number): void {
    const at = this.length
    this.length = at + 4
    if (this.length > this.bytes.length) this.#grow()
    this.view.setInt32(at, value, true)
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

  /** A buffer that was given out before keeps its bytes: they are only ever added to. */
  #grow(): void {
    this.#memory = grown(this.#memory, Math.max(this.length, this.bytes.length * 2))
    this.bytes = bufferOf(this.#memory)
    this.view = viewOf(this.bytes)
  }
}

const bufferOf = ({ buffer, length }: Uint8Array): Buffer => Buffer.from(buffer, 0, length)
