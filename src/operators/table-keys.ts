import { type Column, Tag } from '../data/column.ts'
import { RowKeys } from '../data/row-keys.ts'
import { keyTextOf } from '../data/value.ts'
import { ByteArena } from '../state/byte-arena.ts'
import { grown } from '../state/grown.ts'
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

/**
 * The keys of a table's rows, which are numbered from 1 on; 0 is no row. Equal is what is equal everywhere (DESIGN 4.7), but for NULL: a key with
 * a part that is NULL is nowhere. A key that is one number is found by its value, any other by its canonical text.
 */
export class TableKeys {
  /** Of the table. */
  readonly kinds: KeyKinds = { hasNumbers: false, hasOthers: false }
  readonly #index = new HashIndex()
  readonly #numbers = new NumberIndex()
  readonly #arena = new ByteArena()
  /** The text of the key of row r is bytes [ends[r - 1], ends[r]); there is none if it is a number. */
  #ends = new Int32Array(1024)
  /** What `touch` read, so that it is not optimised away. */
  loaded = 0
  readonly #rowKeys = new RowKeys()
  readonly #ids = new IdCache()

  /** Gets the keys of rows from <= i < to ready for `rowOf` and `set`. `columns`: one per part. */
  load(columns: readonly Column[], from: number, to: number, left: RowSet = NONE): void {
    const isLeft = (i: number) => isNull(columns, i) || isNumber(columns, i) || left.has(i)
    this.#rowKeys.load(columns, from, to, { has: isLeft })
    if (to - from > 1) this.#index.touch(this.#rowKeys.hashes, to)
  }

  /** The row that has the key of row i, which is loaded. */
  rowOf(columns: readonly Column[], i: number): number {
    if (isNull(columns, i)) return 0
    if (isNumber(columns, i)) return this.#numbers.find(columns[0]!.numbers[i]!)
    const found = this.#findText(i)
    return found === 0 && columns.length === 1 && columns[0]!.tags[i] === Tag.Exact
      ? this.#findExact(columns[0]!, i)
      : found
  }

  /** Gives `row` the key of row i, which is loaded, has no NULL in it, and which `known` has now; 0: no row has. */
  set(columns: readonly Column[], i: number, row: number, known: number): void {
    if (row >= this.#ends.length) this.#ends = grown(this.#ends, Math.max(row + 1, this.#ends.length * 2))
    if (isNumber(columns, i)) {
      this.kinds.hasNumbers = true
      this.#numbers.set(columns[0]!.numbers[i]!, row)
    } else {
      this.kinds.hasOthers = true
      const key = this.#rowKeys.at(i)
      this.#arena.append(key.view, key.start, key.end)
      if (known === 0) this.#index.add(key.hash, row)
      else this.#index.replace(key.hash, known, row)
    }
    this.#ends[row] = this.#arena.length
  }

  /** The rows that have the keys of rows from <= i < to, into the same places of `into`; 0: there is none. What is found for rows that are `left` out means nothing. */
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
      const row = into[i]!
      if (row >= 0 && !left.has(i) && isText(columns, i) && this.#isEqual(row, i)) continue
      into[i] = left.has(i) ? 0 : this.rowOf(columns, i)
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
      into[i] = this.rowOf(columns, i)
      if (tags[i] === Tag.String) cache.set(ids[i]!, into[i]!)
    }
  }

  #findText(i: number): number {
    const index = this.#index
    for (let place = index.first(this.#rowKeys.at(i).hash); ; place = index.after(place)) {
      const row = index.numberAt(place)
      if (row < 0) return 0
      if (this.#isEqual(row, i)) return row
    }
  }

  /** A number with all its digits may be one that a double holds, too. */
  #findExact(column: Column, i: number): number {
    const text = keyTextOf(column.value(i))
    const number = Number(text)
    return keyTextOf(number) === text ? this.#numbers.find(number) : 0
  }

  #isEqual(row: number, i: number): boolean {
    const { view, start, end } = this.#rowKeys.at(i)
    const own = this.#ends[row - 1]!
    return this.#ends[row]! - own === end - start && this.#arena.isEqual(own, end - start, view, start)
  }

  /** Loads what `#isEqual` reads of many rows, all at once as far as the processor can. */
  #touch(rows: Int32Array, from: number, to: number): void {
    const ends = this.#ends
    const { view } = this.#arena
    let loaded = 0
    for (let i = from; i < to; i += 1) if (rows[i]! > 0) loaded ^= view.getUint8(ends[rows[i]! - 1]!)
    this.loaded = loaded
  }
}

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
