const FIRST_BYTES = 1024
/** An arena larger than this is not worth keeping without use. */
const KEPT_BYTES = 1 << 20

/** Stretches of bytes, one behind the other, that go all together. */
export class ByteArena {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  length = 0

  /** Copies bytes [start, end) of `from` to the end; tells where they begin. */
  append(from: Buffer, start: number, end: number): number {
    const at = this.length
    const length = end - start
    if (at + length > this.bytes.length) this.#grow(at + length)
    const { bytes } = this
    for (let i = 0; i < length; i += 1) bytes[at + i] = from[start + i]!
    this.length = at + length
    return at
  }

  /** Are `length` bytes from `at` on those of `other` from `start` on? */
  isEqual(at: number, length: number, other: Buffer, start: number): boolean {
    const { bytes } = this
    for (let i = 0; i < length; i += 1) if (bytes[at + i] !== other[start + i]) return false
    return true
  }

  /** Forgets everything; true if it is of a size to be used again. */
  clear(): boolean {
    this.length = 0
    return this.bytes.length <= KEPT_BYTES
  }

  #grow(length: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2))
    this.bytes.copy(bigger, 0, 0, this.length)
    this.bytes = bigger
  }
}
