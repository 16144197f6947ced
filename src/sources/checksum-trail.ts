import { checksum } from './file-mark.ts'

/** CRC-32 of all bytes before a place. */
interface Sum {
  readonly offset: number
  readonly crc: number
}

/**
 * CRC-32 of a stream up to any place that may still be asked for. Keeps the bytes that its reader keeps, no more: of what the reader has let go of there is one
 * sum.
 */
export class ChecksumTrail {
  /** The earliest place that can be asked for. */
  #first: Sum
  /** Before the bytes that are kept. */
  #base: Sum
  #bytes = Buffer.alloc(0)
  #length = 0

  /** Of a stream that was read up to a place. */
  constructor(begin: Sum) {
    this.#first = begin
    this.#base = begin
  }

  /** The place behind all bytes. */
  get end(): number {
    return this.#base.offset + this.#length
  }

  /** The next bytes of the stream. */
  took(bytes: Buffer): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(2 * length)
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    bytes.copy(this.#bytes, this.#length)
    this.#length = length
  }

  /** From now on nobody asks for a place but `first`, and those that have `held` bytes behind them at the most. */
  release(first: number, held: number): void {
    this.#first = this.#sumAt(first)
    const offset = Math.max(first, this.end - held)
    const begin = offset - this.#base.offset
    if (begin <= 0) return
    this.#base = this.#sumAt(offset)
    this.#bytes.copyWithin(0, begin, this.#length)
    this.#length -= begin
  }

  /** CRC-32 of the bytes before `offset`. */
  at(offset: number): number {
    return this.#sumAt(offset).crc
  }

  #sumAt(offset: number): Sum {
    if (offset === this.#first.offset) return this.#first
    const bytes = this.#bytes.subarray(0, offset - this.#base.offset)
    return { offset, crc: checksum(bytes, this.#base.crc) }
  }
}
