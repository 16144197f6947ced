import type { ColumnType } from './column-type.ts'
import { type Decimal, parseDecimal } from './decimal.ts'
import type { Dictionary } from './dictionary.ts'
import { JsonText, numberOrBigInt, type Value } from './value.ts'

/**
 * What one row of a column holds. The order is meant: `tag <= Tag.Null` is SQL's IS NULL. Exact: a number that a double does not hold, a bigint
 * or a `Decimal`, in `values`.
 */
export const Tag = { Missing: 0, Null: 1, False: 2, True: 3, Number: 4, String: 5, Exact: 6, Json: 7 } as const
export type Tag = (typeof Tag)[keyof typeof Tag]

/**
 * How a column keeps its strings and nested values. Numbers and booleans are the same in all of them.
 * - `interned`: strings as ids of `dictionary`; nested values in `values`
 * - `span`: strings and nested values as stretches [ids[i], ends[i]) of `buffer`: the JSON text, a string without its quotes
 * - `plain`: strings and nested values in `values`
 */
export type Encoding = 'interned' | 'span' | 'plain'

/** One field of many rows. Exact numbers are in `values` whatever the encoding. Grown by `reserve`, never shrunk. */
export class Column {
  readonly type: ColumnType
  readonly encoding: Encoding
  tags: Uint8Array
  numbers: Float64Array
  ids: Int32Array
  ends: Int32Array
  values: Value[] = []
  /** Do fractions keep all the digits that they were written with? For what becomes a DECIMAL. */
  keepsDigits = false
  dictionary: Dictionary | null = null
  buffer: Buffer | null = null

  constructor(type: ColumnType, encoding: Encoding, capacity: number) {
    this.type = type
    this.encoding = encoding
    this.tags = new Uint8Array(capacity)
    this.numbers = new Float64Array(capacity)
    this.ids = new Int32Array(encoding === 'plain' ? 0 : capacity)
    this.ends = new Int32Array(encoding === 'span' ? capacity : 0)
  }

  get capacity(): number {
    return this.tags.length
  }

  /** Makes room for at least `capacity` rows; what is there stays. */
  reserve(capacity: number): void {
    if (capacity <= this.tags.length) return
    const size = Math.max(capacity, this.tags.length * 2)
    this.tags = grown(this.tags, new Uint8Array(size))
    this.numbers = grown(this.numbers, new Float64Array(size))
    if (this.encoding !== 'plain') this.ids = grown(this.ids, new Int32Array(size))
    if (this.encoding === 'span') this.ends = grown(this.ends, new Int32Array(size))
  }

  isNull(i: number): boolean {
    return this.tags[i]! <= Tag.Null
  }

  /** The logical value of row i, whatever the encoding. Timestamps and intervals are numbers (ms). */
  value(i: number): Value {
    switch (this.tags[i]) {
      case Tag.Number:
        return this.numbers[i]!
      case Tag.String:
        return this.text(i)
      case Tag.True:
        return true
      case Tag.False:
        return false
      case Tag.Exact:
        return this.values[i]!
      case Tag.Json:
        return this.encoding === 'span'
          ? new JsonText(this.buffer!.toString('utf8', this.ids[i]!, this.ends[i]!))
          : this.values[i]!
      default:
        return null
    }
  }

  /** The string of row i; its tag must be String. */
  text(i: number): string {
    if (this.encoding === 'interned') return this.dictionary!.text(this.ids[i]!)
    if (this.encoding === 'plain') return this.values[i] as string
    const text = this.buffer!.toString('utf8', this.ids[i]!, this.ends[i]!)
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string).toWellFormed() : text
  }

  /** Sets row i of a `plain` column; null clears it. The row must be within the capacity. */
  set(i: number, value: Value): void {
    if (typeof value === 'number') {
      this.tags[i] = Tag.Number
      this.numbers[i] = value
    } else if (value === null) {
      this.tags[i] = Tag.Null
    } else if (typeof value === 'boolean') {
      this.tags[i] = value ? Tag.True : Tag.False
    } else {
      this.tags[i] = typeof value === 'string' ? Tag.String : value instanceof JsonText ? Tag.Json : Tag.Exact
      this.values[i] = value
    }
  }

  /** Copies row `from` of a column of the same encoding to row `to`. Ids and spans are copied as they are. */
  copyRow(source: Column, from: number, to: number): void {
    const tag = source.tags[from]!
    this.tags[to] = tag
    if (tag === Tag.Number) this.numbers[to] = source.numbers[from]!
    else if (tag === Tag.Exact || (tag >= Tag.String && this.encoding === 'plain'))
      this.values[to] = source.values[from]!
    else if (tag >= Tag.String) {
      if (tag === Tag.Json && this.encoding === 'interned') this.values[to] = source.values[from]!
      else this.ids[to] = source.ids[from]!
      if (this.encoding === 'span') this.ends[to] = source.ends[from]!
    }
  }

  /** Takes over what spans and ids refer to. Call before `copyRow` from that column. */
  adopt(source: Column): void {
    this.dictionary = source.dictionary
    this.buffer = source.buffer
  }
}

/** An empty column that can take rows of `source` by `copyRow`. */
export function columnLike(source: Column, capacity: number): Column {
  const column = new Column(source.type, source.encoding, capacity)
  column.adopt(source)
  return column
}

/** Reads a number's text into row i of a column: a double, or what is exact where a double is not, as far as the column's type asks for it. */
export function setNumberText(column: Column, i: number, text: string): void {
  const value = column.keepsDigits ? exactNumber(text) : numberOrBigInt(text)
  if (typeof value === 'number') {
    column.tags[i] = Tag.Number
    column.numbers[i] = value
  } else {
    column.tags[i] = Tag.Exact
    column.values[i] = value
  }
}

/** The number with all its digits: a double only if its own text says the same. */
function exactNumber(text: string): number | bigint | Decimal {
  const value = numberOrBigInt(text)
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return value
  return parseDecimal(text) ?? value
}

function grown<A extends Uint8Array | Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from as never)
  return to
}
