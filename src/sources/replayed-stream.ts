import { TidemarkError } from '../base/errors.ts'
import type { ByteStream } from './byte-stream.ts'
import { ChecksumTrail } from './checksum-trail.ts'
import { checksum } from './file-mark.ts'
import { grownLineError, NEWLINE, RESET, RETURN } from './place-marks.ts'

/** How much of a stream an earlier run has taken. */
export interface ReplayPlace {
  readonly offset: number
  /** 1-based number of the line at `offset`. */
  readonly line: number
  /** CRC-32 of the bytes before `offset`. */
  readonly crc: number
}

const PASS_CHUNK = 64 * 1024
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * A stream that comes again from its beginning whenever the job is started again (`--replay`): what was taken of it is read, compared with what it was, and
 * passed over. Of compressed streams this is what they decompress to.
 */
export class ReplayedStream implements ByteStream {
  readonly #inner: ByteStream
  /** In messages. */
  readonly #word: string
  readonly #begin: ReplayPlace
  readonly #trail: ChecksumTrail
  #isPassed: boolean
  /** The byte behind the place, where it had to be looked at. */
  #ahead: number | null = null

  constructor(inner: ByteStream, word: string, begin: ReplayPlace) {
    this.#inner = inner
    this.#word = word
    this.#begin = begin
    this.#trail = new ChecksumTrail(begin)
    this.#isPassed = begin.offset === 0
  }

  /** `from`: see `Source.read`. Throws E_SOURCE_CHANGED where the stream is not what was taken before. */
  read(into: Buffer, at: number, from: number = this.#trail.end - at): number | Promise<number> {
    if (!this.#isPassed) return this.#pass().then(() => this.read(into, at, from))
    this.#trail.release(Math.max(from, this.#begin.offset), at)
    const length = this.#ahead === null ? this.#inner.read(into, at) : this.#readAhead(into, at, this.#ahead)
    return typeof length === 'number'
      ? this.#taken(into, at, length)
      : length.then((length) => this.#taken(into, at, length))
  }

  /** CRC-32 of the bytes before a place that may still be asked for. */
  crcAt(offset: number): number {
    return this.#trail.at(offset)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #taken(into: Buffer, at: number, length: number): number {
    this.#trail.took(into.subarray(at, at + length))
    return length
  }

  #readAhead(into: Buffer, at: number, byte: number): number {
    into[at] = byte
    this.#ahead = null
    return 1
  }

  async #pass(): Promise<void> {
    const { offset, line, crc } = this.#begin
    const chunk = Buffer.allocUnsafeSlow(PASS_CHUNK)
    let passed = 0
    let found = 0
    let last = NEWLINE
    while (passed < offset) {
      const length = await this.#inner.read(chunk.subarray(0, Math.min(offset - passed, PASS_CHUNK)), 0)
      if (length === 0) throw this.#endedError(passed)
      const bytes = chunk.subarray(0, length)
      found = checksum(bytes, found)
      last = bytes[length - 1]!
      passed += length
    }
    if (found !== crc) throw this.#changedError()
    this.#isPassed = true
    if (last === NEWLINE || (offset === 3 && crc === checksum(BYTE_ORDER_MARK))) return
    // a line that had no newline when it was taken may have got that, but nothing else
    const behind = await this.#inner.read(chunk.subarray(0, 1), 0)
    if (behind === 0) return
    if (chunk[0] !== NEWLINE && chunk[0] !== RETURN) throw grownLineError(this.#word, line)
    this.#ahead = chunk[0]
  }

  #endedError(passed: number): TidemarkError {
    const message = `${this.#word} ended after ${passed} bytes; ${this.#begin.offset} bytes of it were read before`
    return new TidemarkError('E_SOURCE_CHANGED', message, { hint: REPLAYED })
  }

  #changedError(): TidemarkError {
    const message = `the first ${this.#begin.offset} bytes of ${this.#word} are not those that were read before`
    return new TidemarkError('E_SOURCE_CHANGED', message, { hint: REPLAYED })
  }
}

const REPLAYED = `--replay needs all that was read again, from its first byte; ${RESET}`
