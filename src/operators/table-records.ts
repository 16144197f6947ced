import { type Column, Tag } from '../data/column.ts'
import { RowKeys } from '../data/row-keys.ts'
import { keyTextOf } from '../data/value.ts'
import { ByteArena } from '../state/byte-arena.ts'
import { HashIndex } from '../state/hash-index.ts'
import { NumberIndex } from '../state/number-index.ts'
import { IdCache } from './id-cache.ts'

/** Which types the keys had that were added or looked for: of one part only. */
export interface KeyKinds {
  hasNumbers: boolean
  hasOthers: boolean
}

/** Rows whose keys could not be computed. */
export interface RowSet {
  has(row: number): boolean
}

const NONE: RowSet = { has: () => false }

interface RowRange {
  readonly from: number
  readonly to: number
  readonly left: RowSet
}

/** A row of a batch that becomes a record. */
export interface NewRecord {
  /** Its number in the table, from 1 on. */
  readonly row: number
  /** Its text is bytes [start, end) of `view`, those of the batch; none is kept where they are equal. */
  readonly view: DataView
  readonly start: number
  readonly end: number
  /** The record that has its key now, and loses it; 0: none has. */
  readonly replaced: number
}

/** Before the text of a record: the number of its row, the length of the text, and where its key stands, from the record on, and how long that is. */
const HEADER_BYTES = 16
const TEXT_LENGTH = 4
const KEY_AT = 8
const KEY_LENGTH = 12
/** Places are 32-bit offsets. */
const MOST_BYTES = 2 ** 31 - 1

export class TooManyBytes extends Error {}

/**
 * The rows of a table by key, as records that stand one behind the other: what a look-up reads besides the index stands together, since memory that is not near
 * is what it waits for. A place is where a record begins; 0 is no record. Equal is what is equal everywhere (DESIGN 4.7), but for NULL: a key with a part that
 * is NULL is nowhere. A key that is one number is found by its value, any other by its canonical text.
 */
export class TableRecords {
  /** Of the table. */
  readonly kinds: KeyKinds = { hasNumbers: false, hasOthers: false }
  /** What `touch` read, so that it is not optimised away. */
  loaded = 0
  readonly #index = new HashIndex()
  readonly #numbers = new NumberIndex()
  readonly #arena = new ByteArena()
  readonly #rowKeys = new RowKeys()
  readonly #ids = new IdCache()

  constructor() {
    for (let at = 0; at < HEADER_BYTES; at += 4) this.#arena.appendInt(0) // no record is at 0
  }

  /** Another one after every record that is added. */
  get bytes(): Buffer {
    return this.#arena.bytes
  }

  rowAt(place: number): number {
    return this.#arena.view.getInt32(place, true)
  }

  /** The numbers of the rows at `places`, 0 where there is none, into the same places of `into`. */
  rowsAt(places: Int32Array, count: number, into: Int32Array): void {
    const { view } = this.#arena
    for (let i = 0; i < count; i += 1) into[i] = view.getInt32(places[i]!, true)
  }

  /** Where texts of the records at `places` begin and end in `bytes`. */
  textsAt(places: Int32Array, count: number, starts: Int32Array, ends: Int32Array): void {
    const { view } = this.#arena
    for (let i = 0; i < count; i += 1) {
      const place = places[i]!
      starts[i] = place + HEADER_BYTES
      ends[i] = place + HEADER_BYTES + view.getInt32(place + TEXT_LENGTH, true)
    }
  }

  /** Gets the keys of rows from <= i < to ready for `placeOf` and `add`. `columns`: one per part. */
  load(columns: readonly Column[], from: number, to: number, left: RowSet = NONE): void {
    const isLeft = (i: number) => isNull(columns, i) || isNumber(columns, i) || left.has(i)
    this.#rowKeys.load(columns, from, to, { has: isLeft })
    if (to - from > 1) this.#index.touch(this.#rowKeys.hashes, to)
  }

  /** The record that has the key of row i, which is loaded. */
  placeOf(columns: readonly Column[], i: number): number {
    if (isNull(columns, i)) return 0
    if (isNumber(columns, i)) return this.#numbers.find(columns[0]!.numbers[i]!)
    const found = this.#findText(i)
    return found === 0 && columns.length === 1 && columns[0]!.tags[i] === Tag.Exact
      ? this.#findExact(columns[0]!, i)
      : found
  }

  /** Adds a record with the key of row i, which is loaded and has no NULL in it. Returns where its text begins. Throws TooManyBytes. */
  add(columns: readonly Column[], i: number, { row, view, start, end, replaced }: NewRecord): number {
    const arena = this.#arena
    const place = arena.length
    const isByNumber = isNumber(columns, i)
    const key = this.#rowKeys.at(i)
    const keyLength = isByNumber ? 0 : key.end - key.start
    if (place + HEADER_BYTES + end - start + keyLength > MOST_BYTES) throw new TooManyBytes()
    const isWithin = keyLength > 0 && isSame(key.view, view) && key.start >= start && key.end <= end
    arena.appendInt(row)
    arena.appendInt(end - start)
    arena.appendInt(HEADER_BYTES + (isWithin ? key.start : end) - start)
    arena.appendInt(keyLength)
    const at = arena.append(view, start, end)
    if (!isWithin && keyLength > 0) arena.append(key.view, key.start, key.end)
    if (isByNumber) this.#numbers.set(columns[0]!.numbers[i]!, place)
    else if (replaced === 0) this.#index.add(key.hash, place)
    else this.#index.replace(key.hash, replaced, place)
    if (isByNumber) this.kinds.hasNumbers = true
    else this.kinds.hasOthers = true
    return at
  }

  /** The records that have the keys of rows from <= i < to, into the same places of `into`; 0: there is none. What is found for rows that are `left` out means nothing. */
  find(columns: readonly Column[], from: number, to: number, into: Int32Array, left: RowSet): void {
    const [column] = columns
    if (columns.length === 1 && column!.encoding === 'interned') this.#findIds(columns, from, to, into)
    else if (columns.length === 1 && isAllNumbers(column!, from, to))
      this.#numbers.findAll(column!.numbers, from, to, into)
    else this.#findLoaded(columns, { from, to, left }, into)
  }

  /** Most rows are found at once: where hashes lead is loaded for many of them at a time. */
  #findLoaded(columns: readonly Column[], { from, to, left }: RowRange, into: Int32Array): void {
    const keys = this.#rowKeys
    this.load(columns, from, to, left)
    this.#index.firstOf(keys.hashes, from, to, into)
    this.#touch(into, from, to)
    for (let i = from; i < to; i += 1) {
      const place = into[i]!
      if (place > 0 && !left.has(i) && isText(columns, i) && this.#isEqual(place, i)) continue
      into[i] = left.has(i) ? 0 : this.placeOf(columns, i)
    }
  }

  #findIds(columns: readonly Column[], from: number, to: number, into: Int32Array): void {
    const { tags, ids, dictionary } = columns[0]!
    const cache = this.#ids
    cache.follow(dictionary!)
    for (let i = from; i < to; i += 1) {
      const known = tags[i] === Tag.String ? cache.get(ids[i]!) : -1
      if (known >= 0) {
        into[i] = known
        continue
      }
      this.load(columns, i, i + 1)
      into[i] = this.placeOf(columns, i)
      if (tags[i] === Tag.String) cache.set(ids[i]!, into[i]!)
    }
  }

  #findText(i: number): number {
    const index = this.#index
    for (let at = index.first(this.#rowKeys.at(i).hash); ; at = index.after(at)) {
      const place = index.numberAt(at)
      if (place < 0) return 0
      if (this.#isEqual(place, i)) return place
    }
  }

  /** A number with all its digits may be one that a double holds, too. */
  #findExact(column: Column, i: number): number {
    const text = keyTextOf(column.value(i))
    const number = Number(text)
    return keyTextOf(number) === text ? this.#numbers.find(number) : 0
  }

  #isEqual(place: number, i: number): boolean {
    const key = this.#rowKeys.at(i)
    const { view } = this.#arena
    const length = view.getInt32(place + KEY_LENGTH, true)
    if (length !== key.end - key.start) return false
    return this.#arena.isEqual(place + view.getInt32(place + KEY_AT, true), length, key.view, key.start)
  }

  /** Loads the beginnings of many records, all at once as far as the processor can. */
  #touch(places: Int32Array, from: number, to: number): void {
    const { view } = this.#arena
    let loaded = 0
    for (let i = from; i < to; i += 1) if (places[i]! > 0) loaded ^= view.getInt32(places[i]!, true)
    this.loaded = loaded
  }
}

const isSame = (one: DataView, other: DataView): boolean =>
  one.buffer === other.buffer && one.byteOffset === other.byteOffset

/** Is a part of the key NULL? */
export function isNull(columns: readonly Column[], i: number): boolean {
  for (let k = 0; k < columns.length; k += 1) if (columns[k]!.tags[i]! <= Tag.Null) return true
  return false
}

const isNumber = (columns: readonly Column[], i: number): boolean =>
  columns.length === 1 && columns[0]!.tags[i] === Tag.Number

/** Is the key found by its text, and nowhere else? */
const isText = (columns: readonly Column[], i: number): boolean =>
  columns.length === 1 ? columns[0]!.tags[i] === Tag.String : !isNull(columns, i)

function isAllNumbers({ tags }: Column, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (tags[i] !== Tag.Number) return false
  return true
}
