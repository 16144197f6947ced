import type { Batch } from '../data/batch.ts'
import { Column, Tag } from '../data/column.ts'
import type { Dictionary } from '../data/dictionary.ts'
import { grown } from '../data/grown.ts'
import { viewOf } from '../data/key-bytes.ts'
import { keyTextOf } from '../data/value.ts'
import { ByteArena } from '../state/byte-arena.ts'
import { FrozenDictionary } from './frozen-dictionary.ts'
import { isNull, TableRecords } from './table-records.ts'

const SPACE = 0x20

/** A row of a table has the key of an earlier one. */
export class RepeatedKey extends Error {
  readonly batch: Batch
  readonly row: number
  /** The canonical text of the key. */
  readonly key: string
  /** Where the earlier one stands: a line of the file. */
  readonly earlier: number

  constructor({ batch, row, key, earlier }: Pick<RepeatedKey, 'batch' | 'row' | 'key' | 'earlier'>) {
    super('two rows have the same key')
    this.name = 'RepeatedKey'
    this.batch = batch
    this.row = row
    this.key = key
    this.earlier = earlier
  }
}

/** A table in memory, by key. Row 0 is no row: all of its columns are NULL. */
export interface TableRows {
  readonly records: TableRecords
  /** Rows read, those included that have no key or another's. */
  readonly read: number
  /** One for each column that is wanted. */
  readonly columns: readonly Column[]
}

export interface TableShape {
  /** Slots of the batches that are added, as far as more than the key is wanted of them. */
  readonly slots: readonly number[]
  /** Are the rows wanted as they stand in the file, as JSON? */
  readonly keepsTexts: boolean
  /** What becomes of a row whose key another has; `refuse` throws `RepeatedKey`. */
  readonly repeated: 'refuse' | 'first' | 'last'
}

/** Takes the rows of a table, batch by batch. Nothing of a batch is needed afterwards, but for the ids of its dictionaries until `finish`. */
export class TableBuilder {
  readonly #shape: TableShape
  readonly #records = new TableRecords()
  /** The spans of rows whose texts are not kept. */
  readonly #arena = new ByteArena()
  #columns: readonly Column[] | null = null
  #lines = new Int32Array(1024)
  #rows = 0
  #read = 0

  constructor(shape: TableShape) {
    this.#shape = shape
  }

  /** Throws RepeatedKey, TooManyBytes. */
  add(batch: Batch, keys: readonly Column[]): void {
    const { slots, keepsTexts } = this.#shape
    const from = slots.map((slot) => batch.columns[slot]!)
    this.#columns ??= from.map(({ type, encoding }) => new Column(type, encoding, 1024))
    const columns = this.#columns
    const view = viewOf(batch.raw!.buffer)
    this.#read += batch.length
    this.#records.load(keys, 0, batch.length)
    for (let i = 0; i < batch.length; i += 1) {
      if (isNull(keys, i)) continue
      const shift = this.#take(batch, keys, i, view)
      if (shift === null) continue
      const row = this.#rows
      for (let c = 0; c < columns.length; c += 1) {
        if (!keepsTexts && from[c]!.encoding === 'span') this.#keepSpan(from[c]!, i, columns[c]!, view)
        else keep(from[c]!, i, columns[c]!, row, shift)
      }
    }
  }

  /** Nothing can be added afterwards. */
  finish(): TableRows {
    const columns = this.#columns ?? this.#shape.slots.map(() => new Column('any', 'plain', 1))
    const frozen = new Map<Dictionary, FrozenDictionary>()
    for (const column of columns) {
      column.buffer = this.#shape.keepsTexts ? this.#records.bytes : this.#arena.bytes
      const { dictionary } = column
      if (dictionary === null) continue
      column.dictionary = frozen.get(dictionary) ?? new FrozenDictionary(dictionary, this.#mostIds(dictionary))
      frozen.set(dictionary, column.dictionary as FrozenDictionary)
    }
    return { records: this.#records, read: this.#read, columns }
  }

  /** Makes row i the last row, and returns by how much its bytes have moved; null: another has its key and counts. */
  #take(batch: Batch, keys: readonly Column[], i: number, view: DataView): number | null {
    const known = this.#records.placeOf(keys, i)
    if (known !== 0) {
      const { repeated } = this.#shape
      if (repeated === 'refuse') {
        const earlier = this.#lines[this.#records.rowAt(known)]!
        throw new RepeatedKey({ batch, row: i, key: keyOf(keys, i), earlier })
      }
      if (repeated === 'first') return null
    }
    const row = this.#rows + 1
    this.#rows = row
    if (row >= this.#lines.length) this.#grow(row + 1)
    this.#lines[row] = batch.raw!.lines[i]!
    const { start, end } = this.#textOf(batch, i)
    return this.#records.add(keys, i, { row, view, start, end, replaced: known }) - start
  }

  #grow(rows: number): void {
    const size = Math.max(rows, this.#lines.length * 2)
    this.#lines = grown(this.#lines, size)
    for (const column of this.#columns!) column.reserve(size)
  }

  /** Without blanks around it. */
  #textOf({ raw }: Batch, i: number): { readonly start: number; readonly end: number } {
    const { buffer } = raw!
    let start = raw!.starts[i]!
    let end = raw!.ends[i]!
    if (!this.#shape.keepsTexts) return { start, end: start }
    while (buffer[start]! <= SPACE) start += 1
    while (buffer[end - 1]! <= SPACE) end -= 1
    return { start, end }
  }

  /** A string with its quotes, as it stands in a row. */
  #keepSpan(from: Column, i: number, to: Column, view: DataView): void {
    const row = this.#rows
    const quote = from.tags[i] === Tag.String ? 1 : 0
    const isSpan = from.tags[i] === Tag.String || from.tags[i] === Tag.Json
    const shift = isSpan
      ? this.#arena.append(view, from.ids[i]! - quote, from.ends[i]! + quote) - from.ids[i]! + quote
      : 0
    keep(from, i, to, row, shift)
  }

  /** One more than the greatest id of the dictionary. */
  #mostIds(dictionary: Dictionary): number {
    let most = -1
    for (const column of this.#columns!) {
      if (column.dictionary !== dictionary) continue
      const { tags, ids } = column
      for (let row = 1; row <= this.#rows; row += 1) if (tags[row] === Tag.String && ids[row]! > most) most = ids[row]!
    }
    return most + 1
  }
}

const keyOf = (keys: readonly Column[], i: number): string =>
  keys.map((column) => keyTextOf(column.value(i))).join(', ')

/** Row i of a scanned column as a row of the table's; spans stand `shift` bytes further on. */
function keep(from: Column, i: number, to: Column, row: number, shift: number): void {
  if (to.encoding === 'interned') to.dictionary ??= from.dictionary
  const tag = from.tags[i]!
  const isValue =
    tag === Tag.Exact ||
    (tag >= Tag.String && to.encoding === 'plain') ||
    (tag === Tag.Json && to.encoding === 'interned')
  // an array written far behind its end would turn into a slow one
  if (isValue) while (to.values.length < row) to.values.push(null)
  to.copyRow(from, i, row)
  if (to.encoding !== 'span' || tag < Tag.String || tag === Tag.Exact) return
  to.ids[row]! += shift
  to.ends[row]! += shift
}
