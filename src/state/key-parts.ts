import { type Column, Tag } from '../data/column.ts'
import { type ColumnType, decimalShape } from '../data/column-type.ts'
import { fitDecimal, parseDecimal } from '../data/decimal.ts'
import { grown } from '../data/grown.ts'
import type { KeyBytes } from '../data/key-bytes.ts'
import { JsonText, type Value, valueOfJson } from '../data/value.ts'
import { ByteArena } from './byte-arena.ts'

const FIRST_SLOTS = 512
/** With less garbage than this, moving what is left is not worth the time. */
const LEAST_GARBAGE = 1 << 16

/**
 * The keys of slots, in bytes: the canonical text of each (its parts with commas between), and where in it the parts are. Strings are held as
 * columns of spans hold them, without their quotes, so that results need no string either.
 */
export class KeyParts {
  readonly #types: readonly ColumnType[]
  #arena = new ByteArena()
  #garbage = 0
  /** What `touch` read, so that it is not optimised away. */
  loaded = 0
  /** Part k of a slot is at slot * parts + k, and is bytes [start, end) of the arena. */
  #tags: Uint8Array
  /** Empty until there is a part that is a number. */
  #numbers = new Float64Array(0)
  #starts: Int32Array
  #ends: Int32Array
  /** By slot. */
  #hashes = new Int32Array(FIRST_SLOTS)

  /** `types`: the static type of each part; a BIGINT part is given back as a bigint. */
  constructor(types: readonly ColumnType[]) {
    const places = FIRST_SLOTS * types.length
    this.#types = types
    this.#tags = new Uint8Array(places)
    this.#starts = new Int32Array(places)
    this.#ends = new Int32Array(places)
  }

  reserve(slots: number): void {
    const places = slots * this.#types.length
    if (slots > this.#hashes.length) this.#hashes = grown(this.#hashes, slots)
    if (places <= this.#tags.length) return
    this.#tags = grown(this.#tags, places)
    if (this.#numbers.length > 0) this.#numbers = grown(this.#numbers, places)
    this.#starts = grown(this.#starts, places)
    this.#ends = grown(this.#ends, places)
  }

  /** Is the key of a slot one string? */
  isString(slot: number): boolean {
    return this.#types.length === 1 && this.#tags[slot] === Tag.String
  }

  /** Slots below `slots` whose keys are one string each. */
  *strings(slots: number): Generator<number> {
    for (let slot = 0; slot < slots; slot += 1) if (this.isString(slot)) yield slot
  }

  /** Gives a slot its key. `ends`: where in `key.view` each part ends. */
  set(slot: number, key: KeyBytes, ends: Int32Array): void {
    const shift = this.#arena.append(key.view, key.start, key.end) - key.start
    let start = key.start
    this.#hashes[slot] = key.hash
    for (let k = 0; k < ends.length; k += 1) {
      this.#setPart(slot * ends.length + k, start + shift, ends[k]! + shift)
      if (this.#isExact(k) && this.#tags[slot * ends.length + k] === Tag.Number)
        this.#tags[slot * ends.length + k] = Tag.Exact
      start = ends[k]! + 1
    }
  }

  #setPart(place: number, start: number, end: number): void {
    const { bytes } = this.#arena
    const isString = bytes[start] === QUOTE
    this.#starts[place] = isString ? start + 1 : start
    this.#ends[place] = isString ? end - 1 : end
    this.#tags[place] = Tag.String
    if (isString) return
    const value = valueOfJson(bytes.toString('utf8', start, end))
    if (typeof value === 'number') this.#setNumber(place, value)
    this.#tags[place] = tagOf(value)
  }

  #setNumber(place: number, value: number): void {
    if (this.#numbers.length === 0) this.#numbers = new Float64Array(this.#tags.length)
    this.#numbers[place] = value
  }

  /** A slot's key goes. */
  clear(slot: number): void {
    const parts = this.#types.length
    if (parts > 0) this.#garbage += this.#endOf(slot) - this.#startOf(slot)
    for (let place = slot * parts; place < (slot + 1) * parts; place += 1) this.#tags[place] = Tag.Missing
  }

  /** Moves the keys of slots below `slots` together if that gives much memory back. Bytes that were given out before stay as they are. */
  tidy(slots: number): void {
    if (this.#garbage < LEAST_GARBAGE || this.#garbage * 2 < this.#arena.length) return
    this.#arena = this.#movedTogether(slots)
    this.#garbage = 0
  }

  /** By itself, so that what the engine makes of the loop while it runs has no other end than this. */
  #movedTogether(slots: number): ByteArena {
    const parts = this.#types.length
    const { view } = this.#arena
    const arena = new ByteArena()
    for (let slot = 0; slot < slots; slot += 1) {
      if (this.#tags[slot * parts] === Tag.Missing) continue
      const start = this.#startOf(slot)
      const shift = arena.append(view, start, this.#endOf(slot)) - start
      for (let place = slot * parts; place < (slot + 1) * parts; place += 1) {
        this.#starts[place]! += shift
        this.#ends[place]! += shift
      }
    }
    return arena
  }

  #startOf(slot: number): number {
    const place = slot * this.#types.length
    return this.#tags[place] === Tag.String ? this.#starts[place]! - 1 : this.#starts[place]!
  }

  #endOf(slot: number): number {
    const place = (slot + 1) * this.#types.length - 1
    return this.#tags[place] === Tag.String ? this.#ends[place]! + 1 : this.#ends[place]!
  }

  hashOf(slot: number): number {
    return this.#hashes[slot]!
  }

  /** Loads what `isEqual` reads of the slots `slots[i]`, from <= i < to, that are not negative: all at once as far as the processor can. */
  touch(slots: Int32Array, from: number, to: number): void {
    const { view } = this.#arena
    let loaded = 0
    for (let i = from; i < to; i += 1) {
      const slot = slots[i]!
      if (slot < 0) continue
      loaded ^= this.#tags[slot]! ^ this.#ends[slot]! ^ view.getUint8(this.#starts[slot]!)
    }
    this.loaded = loaded
  }

  isEqual(slot: number, { view, start, end }: KeyBytes): boolean {
    if (this.#types.length === 0) return true
    const own = this.#startOf(slot)
    return this.#endOf(slot) - own === end - start && this.#arena.isEqual(own, end - start, view, start)
  }

  /** Part k of a key. Nested values have the canonical text of keys. */
  part(slot: number, k: number): Value {
    const place = slot * this.#types.length + k
    switch (this.#tags[place]) {
      case Tag.Number:
        return this.#numbers[place]!
      case Tag.String:
        return JSON.parse(`"${this.#text(place)}"`) as string
      case Tag.Exact:
        return this.#exactPart(place, k)
      case Tag.Json:
        return new JsonText(this.#text(place))
      default:
        return this.#tags[place] === Tag.True ? true : this.#tags[place] === Tag.False ? false : null
    }
  }

  /** Part k has a type that tells how many digits there are, whatever its text. */
  #exactPart(place: number, k: number): Value {
    const text = this.#text(place)
    const shape = decimalShape(this.#types[k]!)
    return shape ? fitDecimal(parseDecimal(text)!, shape) : BigInt(valueOfJson(text) as number | bigint)
  }

  #isExact(k: number): boolean {
    return this.#types[k] === 'bigint' || decimalShape(this.#types[k]!) !== undefined
  }

  #text(place: number): string {
    return this.#arena.bytes.toString('utf8', this.#starts[place]!, this.#ends[place]!)
  }

  /** Writes part k of all `slots` to the rows of a column of spans that begin with `at`. */
  fill(k: number, slots: Int32Array, column: Column, at: number): void {
    const parts = this.#types.length
    const { tags, numbers, ids, ends } = column
    column.buffer = this.#arena.bytes
    for (let i = 0; i < slots.length; i += 1) {
      const place = slots[i]! * parts + k
      const tag = this.#tags[place]!
      tags[at + i] = tag
      ids[at + i] = this.#starts[place]!
      ends[at + i] = this.#ends[place]!
      if (tag === Tag.Number) numbers[at + i] = this.#numbers[place]!
      else if (tag === Tag.Exact) putValue(column, at + i, this.part(slots[i]!, k))
    }
  }

  /** The canonical text of a key, to be written to a page. */
  bytesOf(slot: number): readonly [bytes: Buffer, start: number, end: number] {
    return [this.#arena.bytes, this.#startOf(slot), this.#endOf(slot)]
  }

  /** Where within its text each part of a key ends. */
  endsOf(slot: number, into: Int32Array): Int32Array {
    const start = this.#startOf(slot)
    for (let k = 0; k < into.length; k += 1) {
      const place = slot * into.length + k
      into[k] = this.#ends[place]! + (this.#tags[place] === Tag.String ? 1 : 0) - start
    }
    return into
  }
}

const QUOTE = 0x22

function tagOf(value: Value): Tag {
  if (value === null) return Tag.Null
  if (typeof value === 'boolean') return value ? Tag.True : Tag.False
  if (typeof value === 'number') return Tag.Number
  return value instanceof JsonText ? Tag.Json : Tag.Exact
}

/** An array written far behind its end would turn into a slow one. */
function putValue({ values }: Column, row: number, value: Value): void {
  while (values.length < row) values.push(null)
  values[row] = value
}
