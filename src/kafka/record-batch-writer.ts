import { crc32c } from '../data/crc32c.ts'
import { type Compression, codecs } from './compression.ts'
import { BATCH_HEAD } from './record-batch.ts'
import type { ProducerIdentity } from './requests/transactions.ts'

/** Where the parts of one record are that is on its way. Bytes are copied, so the same object may serve for the next one. */
export interface NewRecord {
  readonly keyBytes: Uint8Array
  readonly keyAt: number
  /** -1: no key. */
  readonly keyLength: number
  readonly valueBytes: Uint8Array
  readonly valueAt: number
  /** -1: a tombstone. */
  readonly valueLength: number
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
  /** ms */
  readonly time: number
}

/** Up to here a loop is faster than a call into the system's copy. */
const SHORT = 32

export interface BatchOrigin extends ProducerIdentity {
  /** Of the first record, counted by partition from 0 for each identity. */
  readonly sequence: number
  readonly isTransactional: boolean
  readonly compression: Compression
}

/** Collects records of one partition into one record batch (format 2). */
export class RecordBatchWriter {
  #buffer: Buffer
  #at = BATCH_HEAD
  #count = 0
  #baseTime = 0
  #maxTime = 0

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafeSlow(size)
  }

  get count(): number {
    return this.#count
  }

  /** Bytes so far, before they are packed. */
  get length(): number {
    return this.#at
  }

  add({ keyBytes, keyAt, keyLength, valueBytes, valueAt, valueLength, headers, time }: NewRecord): void {
    if (this.#count === 0) {
      this.#baseTime = time
      this.#maxTime = time
    }
    if (time > this.#maxTime) this.#maxTime = time
    const delta = time - this.#baseTime
    const names = headers.length === 0 ? NO_NAMES : headers.map(([name]) => Buffer.from(name))
    let length = 1 + sizeOf(delta) + sizeOf(this.#count) + sizeOfBytes(keyLength) + sizeOfBytes(valueLength)
    length += sizeOf(headers.length)
    for (const [i, [, bytes]] of headers.entries()) length += sizeOfBytes(names[i]!.length) + sizeOfBytes(bytes.length)
    this.#reserve(length + 10)
    this.#varint(length)
    this.#buffer[this.#at++] = 0
    this.#varint(delta)
    this.#varint(this.#count)
    this.#bytes(keyBytes, keyAt, keyLength)
    this.#bytes(valueBytes, valueAt, valueLength)
    this.#varint(headers.length)
    for (const [i, [, bytes]] of headers.entries()) {
      this.#bytes(names[i]!, 0, names[i]!.length)
      this.#bytes(bytes, 0, bytes.length)
    }
    this.#count += 1
  }

  /** The batch, whole; valid until the next `add`. */
  finish({ producer, epoch, sequence, isTransactional, compression }: BatchOrigin): Buffer {
    const batch = this.#packed(compression)
    batch.fill(0, 0, BATCH_HEAD)
    batch.writeInt32BE(batch.length - 12, 8)
    batch.writeInt32BE(-1, 12)
    batch[16] = 2
    batch.writeInt16BE(codecs().COMPRESSIONS.indexOf(compression) | (isTransactional ? 0x10 : 0), 21)
    batch.writeInt32BE(this.#count - 1, 23)
    writeInt64(batch, this.#baseTime, 27)
    writeInt64(batch, this.#maxTime, 35)
    writeInt64(batch, producer, 43)
    batch.writeInt16BE(epoch, 51)
    batch.writeInt32BE(sequence, 53)
    batch.writeInt32BE(this.#count, 57)
    batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17)
    return batch
  }

  clear(): void {
    this.#at = BATCH_HEAD
    this.#count = 0
  }

  #packed(compression: Compression): Buffer {
    if (compression === 'none') return this.#buffer.subarray(0, this.#at)
    const packed = codecs().pack(compression, this.#buffer.subarray(BATCH_HEAD, this.#at))
    return Buffer.concat([Buffer.alloc(BATCH_HEAD), packed])
  }

  #bytes(bytes: Uint8Array, from: number, length: number): void {
    this.#varint(length)
    if (length < 0) return
    if (length <= SHORT) for (let i = 0; i < length; i += 1) this.#buffer[this.#at + i] = bytes[from + i]!
    else this.#buffer.set(bytes.subarray(from, from + length), this.#at)
    this.#at += length
  }

  /** Exact up to 2^53. */
  #varint(value: number): void {
    let rest = value >= 0 ? value * 2 : -value * 2 - 1
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#buffer[this.#at++] = (rest % 128) | 0x80
    this.#buffer[this.#at++] = rest
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#at + size, 2 * this.#buffer.length))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32) | 0, at)
  buffer.writeUInt32BE(value >>> 0, at + 4)
}

const NO_NAMES: readonly Buffer[] = []

const sizeOfBytes = (length: number): number => (length < 0 ? 1 : sizeOf(length) + length)

function sizeOf(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  let size = 1
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1
  return size
}
