import { Decimal, parseDecimal } from './decimal.ts'
import { JsonText, keyTextOf, type Value, valueOfJson } from './value.ts'

/** The buffer of the last writer that ended: pages are written one after the other, so that hardly any needs one of its own. */
let spare: Buffer | null = null
const MOST_SPARE_BYTES = 1 << 20
const NO_BYTES = Buffer.alloc(0)

/** Takes values one after the other: to a checkpoint page, or to the text of a savepoint. */
export interface ValueWriter {
  u8(value: number): void
  u32(value: number): void
  f64(value: number): void
  /** Doubles [from, to) of an array. */
  f64s(values: Float64Array, from: number, to: number): void
  i32s(values: Int32Array, from: number, to: number): void
  text(value: string): void
  /** Bytes, one in each character. */
  latin1(bytes: string): void
  value(value: Value): void
}

/** Gives back what a `ValueWriter` took, in the same order. */
export interface ValueReader {
  u8(): number
  u32(): number
  f64(): number
  f64s(into: Float64Array, from: number, to: number): void
  i32s(into: Int32Array, from: number, to: number): void
  text(): string
  latin1(): string
  value(): Value
}

/** Appends values to a growing buffer; a checkpoint page's bytes. Little endian. `PageReader` reads them in the same order. */
export class PageWriter implements ValueWriter {
  #buffer = spare ?? Buffer.allocUnsafe(16_384)
  #length = 0

  constructor() {
    spare = null
  }

  #room(bytes: number): number {
    const at = this.#length
    if (at + bytes > this.#buffer.length) {
      const bigger = Buffer.allocUnsafe(Math.max(at + bytes, this.#buffer.length * 2))
      this.#buffer.copy(bigger, 0, 0, at)
      this.#buffer = bigger
    }
    this.#length = at + bytes
    return at
  }

  u8(value: number): void {
    const at = this.#room(1) // first: it may put another buffer in place
    this.#buffer[at] = value
  }

  u32(value: number): void {
    const at = this.#room(4)
    this.#buffer.writeUInt32LE(value, at)
  }

  f64(value: number): void {
    const at = this.#room(8)
    this.#buffer.writeDoubleLE(value, at)
  }

  /** Doubles [from, to) of an array, bit for bit. */
  f64s(values: Float64Array, from: number, to: number): void {
    const at = this.#room((to - from) * 8)
    Buffer.from(values.buffer, values.byteOffset + from * 8, (to - from) * 8).copy(this.#buffer, at)
  }

  i32s(values: Int32Array, from: number, to: number): void {
    const at = this.#room((to - from) * 4)
    Buffer.from(values.buffer, values.byteOffset + from * 4, (to - from) * 4).copy(this.#buffer, at)
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value)
    this.u32(bytes)
    const at = this.#room(bytes)
    this.#buffer.write(value, at)
  }

  latin1(bytes: string): void {
    this.text(bytes)
  }

  /** A text that is there as UTF-8: bytes [start, end) of `from`. */
  textBytes(from: Buffer, start: number, end: number): void {
    this.u32(end - start)
    const at = this.#room(end - start)
    from.copy(this.#buffer, at, start, end)
  }

  /** Any value; doubles bit for bit, nested values with the text they have. */
  value(value: Value): void {
    if (value === null) this.u8(0)
    else if (typeof value === 'number') {
      this.u8(1)
      this.f64(value)
    } else if (typeof value === 'string') {
      this.u8(2)
      this.text(value)
    } else if (value instanceof Decimal) {
      this.u8(5)
      this.text(value.toString())
    } else if (value instanceof JsonText) {
      this.u8(4)
      this.text(value.text)
    } else {
      this.u8(3)
      this.text(keyTextOf(value))
    }
  }

  /** What was written. Ends the writer: it begins anew. */
  bytes(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#length))
    if (this.#buffer.length <= MOST_SPARE_BYTES) spare = this.#buffer
    this.#buffer = NO_BYTES
    this.#length = 0
    return bytes
  }
}

export class PageReader implements ValueReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#buffer.length
  }

  #skip(bytes: number): number {
    const at = this.#at
    this.#at = at + bytes
    return at
  }

  u8(): number {
    return this.#buffer[this.#skip(1)]!
  }

  u32(): number {
    return this.#buffer.readUInt32LE(this.#skip(4))
  }

  f64(): number {
    return this.#buffer.readDoubleLE(this.#skip(8))
  }

  f64s(into: Float64Array, from: number, to: number): void {
    const at = this.#skip((to - from) * 8)
    this.#buffer.copy(Buffer.from(into.buffer, into.byteOffset + from * 8, (to - from) * 8), 0, at)
  }

  i32s(into: Int32Array, from: number, to: number): void {
    const at = this.#skip((to - from) * 4)
    this.#buffer.copy(Buffer.from(into.buffer, into.byteOffset + from * 4, (to - from) * 4), 0, at)
  }

  text(): string {
    const bytes = this.u32()
    const at = this.#skip(bytes)
    return this.#buffer.toString('utf8', at, at + bytes)
  }

  latin1(): string {
    return this.text()
  }

  /** A text as UTF-8, not copied. */
  textBytes(): Buffer {
    const bytes = this.u32()
    const at = this.#skip(bytes)
    return this.#buffer.subarray(at, at + bytes)
  }

  value(): Value {
    switch (this.u8()) {
      case 0:
        return null
      case 1:
        return this.f64()
      case 2:
        return this.text()
      case 4:
        return valueOfNested(this.text())
      case 5:
        return parseDecimal(this.text())!
      default:
        return scalarOf(this.text())
    }
  }
}

const valueOfNested = (text: string): Value => valueOfJson(text)
/** Booleans and bigints; a bigint must stay one even where a double would be exact. */
const scalarOf = (text: string): Value =>
  text === 'true' ? true : text === 'false' ? false : BigInt(text.includes('e') ? Number(text) : text)
