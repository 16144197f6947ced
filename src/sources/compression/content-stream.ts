import type { ByteStream } from '../byte-stream.ts'
import type { ArchiveFault, Compression } from './archive-error.ts'

/** Where reading of a compressed file stands, for marks: a place in what it decompresses to says nothing about the file itself. */
export interface CompressedPlace {
  readonly compression: Compression
  /** Bytes of the file that were read, from `begin` on. */
  readonly read: number
  /** Where in the file the data began. */
  readonly begin: number
  /** Everything it decompresses to lies before the place. */
  readonly isAll: boolean
}

export interface ContentStreamOptions {
  /** The input in messages. */
  readonly word: string
  /** It is known not to be compressed: reading goes on in the middle of it. */
  readonly isPlain?: boolean
  /** Bytes to pass over first: of what the stream decompresses to. Only where it is known to be compressed. */
  readonly skip?: number
  /** Called when what stands behind the bytes that were passed over does not go on where they end. */
  readonly refuse?: (why: 'shorter' | 'grown-line') => Error
}

export const MAGIC_BYTES = 4
const SKIP_CHUNK = 64 * 1024
const NEWLINE = 0x0a
const RETURN = 0x0d

/** What a stream holds: decompressed if it begins as gzip or zstd data does, otherwise as it is, without a copy. Names do not count. */
export class ContentStream implements ByteStream {
  readonly #inner: CountedStream
  readonly #options: ContentStreamOptions
  #chosen: ByteStream | null = null
  #compression: Compression | null = null
  #handedOut = 0
  #hasEnded = false

  constructor(inner: ByteStream, options: ContentStreamOptions) {
    this.#inner = new CountedStream(inner)
    this.#options = options
    if (options.isPlain) this.#chosen = inner
  }

  get fd(): number | undefined {
    return this.#inner.fd
  }

  /** At decompressed byte `offset`; null: the stream is not compressed. */
  placeAt(offset: number, begin: number): CompressedPlace | null {
    if (this.#compression === null) return null
    const isAll = this.#hasEnded && offset === this.#handedOut
    return { compression: this.#compression, read: this.#inner.count, begin, isAll }
  }

  read(into: Buffer, at: number): number | Promise<number> {
    if (this.#chosen === null) return this.#begin(into, at)
    if (this.#compression === null) return this.#chosen.read(into, at)
    return this.#readCompressed(this.#chosen, into, at)
  }

  close(): Promise<void> {
    return (this.#chosen ?? this.#inner).close()
  }

  /** The first bytes of plain data stay where they were read to. */
  #begin(into: Buffer, at: number): number | Promise<number> {
    const length = this.#inner.read(into, at)
    return typeof length === 'number'
      ? this.#judge(into, at, length)
      : length.then((length) => this.#judge(into, at, length))
  }

  #judge(into: Buffer, at: number, length: number): number | Promise<number> {
    const head = into.subarray(at, at + length)
    if (length > 0 && compressionOf(head) !== null) return this.#takeHead(Buffer.from(head), into, at)
    this.#chosen = this.#inner.stream
    return length
  }

  /** `head` may still be too short to tell. */
  async #takeHead(head: Buffer, into: Buffer, at: number): Promise<number> {
    let verdict = compressionOf(head)
    for (let more = head.length; verdict === 'unknown' && more > 0; verdict = compressionOf(head)) {
      const some = Buffer.alloc(MAGIC_BYTES - head.length)
      more = await this.#inner.read(some, 0)
      head = Buffer.concat([head, some.subarray(0, more)])
    }
    const whole = new PrefixedStream(head, this.#inner)
    const compression = verdict === 'unknown' ? null : verdict
    this.#chosen = compression === null ? whole : await decompressed(whole, compression, this.#options.word)
    this.#compression = compression
    if (compression !== null) await this.#skip(this.#chosen)
    return this.read(into, at)
  }

  async #readCompressed(stream: ByteStream, into: Buffer, at: number): Promise<number> {
    const length = await stream.read(into, at)
    this.#handedOut += length
    if (length === 0) this.#hasEnded = true
    return length
  }

  async #skip(stream: ByteStream): Promise<void> {
    const { skip = 0, refuse } = this.#options
    if (skip === 0) return
    const chunk = Buffer.allocUnsafeSlow(SKIP_CHUNK)
    let last = NEWLINE
    let left = skip
    while (left > 0) {
      const length = await stream.read(chunk.subarray(0, Math.min(left, SKIP_CHUNK)), 0)
      if (length === 0) throw refuse!('shorter')
      left -= length
      last = chunk[length - 1]!
    }
    this.#handedOut = skip
    // a line that had no newline when it was taken may have got that, but nothing else
    const behind = last === NEWLINE ? 0 : await stream.read(chunk.subarray(0, 1), 0)
    if (behind === 0) return
    if (chunk[0] !== NEWLINE && chunk[0] !== RETURN) throw refuse!('grown-line')
    this.#chosen = new PrefixedStream(Buffer.from(chunk.subarray(0, 1)), stream)
  }
}

/** Decompressors are loaded when a file asks for them: few do. */
async function decompressed(stream: ByteStream, compression: Compression, word: string): Promise<ByteStream> {
  const { archiveError } = await import('./archive-error.ts')
  const fail = (fault: ArchiveFault) => archiveError(word, fault)
  if (compression === 'gzip') {
    const { GzipStream } = await import('./gzip-stream.ts')
    return new GzipStream(stream, fail)
  }
  const { ZstdStream } = await import('./zstd-stream.ts')
  return new ZstdStream(stream, fail)
}

/** null: neither; `unknown`: too few bytes to tell. Magic numbers of RFC 1952 and RFC 8878, frames to skip included. */
export function compressionOf(head: Buffer): Compression | 'unknown' | null {
  if (head.length === 0) return 'unknown'
  const [a, b = -1, c = -1, d = -1] = head
  if (a === 0x1f) return head.length < 2 ? 'unknown' : b === 0x8b ? 'gzip' : null
  const isShort = head.length < MAGIC_BYTES
  if (a === 0x28) return begins([b, c, d], [0xb5, 0x2f, 0xfd]) ? (isShort ? 'unknown' : 'zstd') : null
  if (a! >= 0x50 && a! <= 0x5f) return begins([b, c, d], [0x2a, 0x4d, 0x18]) ? (isShort ? 'unknown' : 'zstd') : null
  return null
}

/** Are the bytes those wanted, as far as they are there? */
const begins = (bytes: readonly number[], wanted: readonly number[]): boolean =>
  bytes.every((byte, i) => byte < 0 || byte === wanted[i])

/** Counts what was read. */
class CountedStream implements ByteStream {
  readonly stream: ByteStream
  count = 0

  constructor(stream: ByteStream) {
    this.stream = stream
  }

  get fd(): number | undefined {
    return this.stream.fd
  }

  read(into: Buffer, at: number): number | Promise<number> {
    const length = this.stream.read(into, at)
    if (typeof length === 'number') return this.#counted(length)
    return length.then((length) => this.#counted(length))
  }

  close(): Promise<void> {
    return this.stream.close()
  }

  #counted(length: number): number {
    this.count += length
    return length
  }
}

/** Bytes that were read already, then the rest. */
class PrefixedStream implements ByteStream {
  #prefix: Buffer
  readonly #rest: ByteStream

  constructor(prefix: Buffer, rest: ByteStream) {
    this.#prefix = prefix
    this.#rest = rest
  }

  read(into: Buffer, at: number): number | Promise<number> {
    if (this.#prefix.length === 0) return this.#rest.read(into, at)
    const length = this.#prefix.copy(into, at)
    this.#prefix = this.#prefix.subarray(length)
    return length
  }

  close(): Promise<void> {
    return this.#rest.close()
  }
}
