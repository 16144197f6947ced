import { crc32c } from '../data/crc32c.ts'
import { codecs } from './compression.ts'
import { CODE, KafkaFault } from './fault.ts'

/** Bytes before the records of a batch: offset, length, leader epoch, magic, checksum, attributes, … */
export const BATCH_HEAD = 61
const LENGTH_AT = 8
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const NEWLINE = 0x0a

/** A record batch of format 2 (Kafka 0.11 and later; KIP-98), without its records. */
export interface BatchHead {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly attributes: number
  readonly baseTime: number
  readonly maxTime: number
  readonly producer: number
  readonly count: number
  readonly isTransactional: boolean
  /** It holds the end of a transaction, and no rows. */
  readonly isControl: boolean
  /** Where it begins in its buffer, and ends. */
  readonly at: number
  readonly end: number
}

const int64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)

/** The batch at `at`; null: there is none, or it is cut. Throws a KafkaFault for formats of before 0.11. */
export function readBatchHead(bytes: Buffer, at: number): BatchHead | null {
  if (at + BATCH_HEAD > bytes.length) return null
  const end = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT)
  if (end > bytes.length) return null
  if (bytes[at + MAGIC_AT] !== 2)
    throw new KafkaFault('answer', 'records in a format of before Kafka 0.11', CODE.unsupportedVersion)
  const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT)
  const baseOffset = int64(bytes, at)
  return {
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(at + 23),
    attributes,
    baseTime: int64(bytes, at + 27),
    maxTime: int64(bytes, at + 35),
    producer: int64(bytes, at + 43),
    count: bytes.readInt32BE(at + 57),
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    at,
    end,
  }
}

/** The end of a transaction in a control batch: was it committed? */
export const isCommitMarker = (bytes: Buffer, { at }: BatchHead): boolean => {
  const cursor = new RecordCursor()
  cursor.begin(bytes, readBatchHead(bytes, at)!)
  return cursor.next() && cursor.keyLength >= 4 && cursor.bytes.readInt16BE(cursor.keyAt + 2) === 1
}

/** Goes through the records of one batch without making anything of them: `offset`, `time`, and where key, value and headers are in `bytes`. */
export class RecordCursor {
  bytes: Buffer = Buffer.alloc(0)
  offset = 0
  /** ms */
  time = 0
  keyAt = 0
  /** -1: no key. */
  keyLength = -1
  valueAt = 0
  /** -1: no value, a tombstone. */
  valueLength = -1
  headersAt = 0
  /** The first newline of the batch at or behind a value that was asked for; values before it have none. */
  #newlineAt = -1
  #at = 0
  #left = 0
  #head: BatchHead | null = null

  /** Throws a KafkaFault where the batch is not as it was written. */
  begin(buffer: Buffer, head: BatchHead): void {
    const { at, end, attributes, count } = head
    if (crc32c(buffer, at + ATTRIBUTES_AT, end) !== buffer.readUInt32BE(at + CRC_AT))
      throw damaged(head, 'its checksum is wrong')
    const compression = codecs().COMPRESSIONS[attributes & 0x07]
    if (compression === undefined) throw damaged(head, `it is packed in a way (${attributes & 0x07}) that is not known`)
    const packed = buffer.subarray(at + BATCH_HEAD, end)
    try {
      this.bytes = codecs().unpack(compression, packed)
    } catch {
      throw damaged(head, `its ${compression} data cannot be unpacked`)
    }
    this.#at = 0
    this.#left = count
    this.#head = head
    this.#newlineAt = -1
  }

  /** Is one of the value's bytes a newline? Most batches have none, and so are searched once. */
  get hasNewline(): boolean {
    const { valueAt, valueLength, bytes } = this
    if (this.#newlineAt < valueAt) {
      const found = bytes.indexOf(NEWLINE, valueAt)
      this.#newlineAt = found < 0 ? bytes.length : found
    }
    return this.#newlineAt < valueAt + valueLength
  }

  /** On to the next record; false: there is none. */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left -= 1
    const { baseOffset, baseTime, maxTime, attributes } = this.#head!
    const length = this.#varint()
    const end = this.#at + length
    if (end > this.bytes.length) throw damaged(this.#head!, 'its records are cut')
    this.#at += 1 // attributes
    const delta = this.#varint()
    this.time = attributes & LOG_APPEND_TIME ? maxTime : baseTime + delta
    this.offset = baseOffset + this.#varint()
    this.keyLength = this.#varint()
    this.keyAt = this.#at
    if (this.keyLength > 0) this.#at += this.keyLength
    this.valueLength = this.#varint()
    this.valueAt = this.#at
    if (this.valueLength > 0) this.#at += this.valueLength
    this.headersAt = this.#at
    this.#at = end
    return true
  }

  /** Forgets the batch. */
  clear(): void {
    this.#left = 0
    this.bytes = Buffer.alloc(0)
  }

  /** Name and value of each header of the record; -1 as length: null. */
  headers(take: (name: string, valueAt: number, valueLength: number) => void): void {
    const after = this.#at
    this.#at = this.headersAt
    for (let count = this.#varint(); count > 0; count -= 1) {
      const nameLength = this.#varint()
      const name = this.bytes.toString('utf8', this.#at, this.#at + nameLength)
      this.#at += nameLength
      const valueLength = this.#varint()
      take(name, this.#at, valueLength)
      if (valueLength > 0) this.#at += valueLength
    }
    this.#at = after
  }

  /** VARINT and VARLONG: zigzag, 7 bits a byte; exact up to 2^53. */
  #varint(): number {
    const { bytes } = this
    const first = bytes[this.#at]!
    if (first < 0x80) {
      this.#at += 1
      return (first >>> 1) ^ -(first & 1)
    }
    const second = bytes[this.#at + 1]!
    if (second < 0x80) {
      this.#at += 2
      const raw = (first & 0x7f) | (second << 7)
      return (raw >>> 1) ^ -(raw & 1)
    }
    return this.#longVarint()
  }

  #longVarint(): number {
    let raw = 0
    let factor = 1
    for (let byte = 0x80; byte >= 0x80; factor *= 128) {
      byte = this.bytes[this.#at]!
      this.#at += 1
      raw += (byte & 0x7f) * factor
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }
}

const damaged = ({ baseOffset }: BatchHead, what: string): KafkaFault =>
  new KafkaFault('answer', `the batch at offset ${baseOffset} is damaged: ${what}`, CODE.corruptMessage)
