import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { Column, Tag } from '../data/column.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch, gatherColumn } from './forwarding.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowSelection } from './row-selection.ts'
import type { KeyKinds, TableRecords } from './table-records.ts'
import type { TableRows } from './table-rows.ts'

/** Where a column of the result comes from: the input's slot, column `index` of the table, or the text of the table's row. */
export type EnrichColumn =
  | { readonly kind: 'input'; readonly slot: number }
  | { readonly kind: 'table'; readonly index: number }
  | { readonly kind: 'text' }

export interface EnrichOptions {
  readonly keys: KeyReader
  readonly join: 'left' | 'inner' | 'semi' | 'anti'
  readonly columns: readonly EnrichColumn[]
  readonly context: OperatorContext
}

/** Puts the row of a table that has its key beside each row of the input, or lets rows through by whether there is one. Keeps no state. */
export class Enrich implements Operator {
  readonly structures: readonly StateStructure[] = []
  /** What rows are looked up in: to be set before the first batch, and maybe replaced between two rounds. */
  table: TableRows | null = null
  /** Of the rows so far, until one was found. */
  readonly kinds: KeyKinds = { hasNumbers: false, hasOthers: false }
  /** Rows so far that the table has. */
  matched = 0
  readonly #options: EnrichOptions
  readonly #selection: RowSelection
  /** By row of the batch at hand: the record of the table and the number of its row, 0: none. */
  #found = new Int32Array(0)
  #rows = new Int32Array(0)
  #made: readonly Column[] = []
  /** Those of the table that were gathered last, and what they were gathered into. */
  readonly #texts = new Column('any', 'span', 0)
  readonly #own: { from: Column; to: Column }[] = []

  constructor(options: EnrichOptions) {
    this.#options = options
    this.#selection = new RowSelection(options.context)
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: ForwardBatch): number {
    if (from === 0) this.#begin(batch)
    return this.#selection.handOver({ batch, columns: this.#made }, from, out)
  }

  #begin(batch: Batch): void {
    const selection = this.#selection
    const { length } = batch
    selection.begin(batch)
    if (this.#found.length < length) {
      this.#found = new Int32Array(Math.max(length, batch.capacity))
      this.#rows = new Int32Array(this.#found.length)
    }
    const keys = this.#options.keys.columns(batch, 0, length, selection.errors.add)
    this.#find(keys, length)
    this.#select(length)
    const { records, columns } = this.table!
    if (columns.length > 0) records.rowsAt(this.#found, length, this.#rows)
    this.#made = this.#options.columns.map((column, c) => {
      if (column.kind === 'input') return batch.columns[column.slot]!
      return column.kind === 'text'
        ? this.#gatherTexts(records, length)
        : this.#gather(columns[column.index]!, c, length)
    })
  }

  #find(keys: readonly Column[], length: number): void {
    const { kinds } = this
    const found = this.#found
    this.table!.records.find(keys, 0, length, found, this.#selection.errors)
    if (this.matched > 0) return
    const { tags } = keys[0]!
    for (let i = 0; i < length; i += 1) {
      if (tags[i] === Tag.Number) kinds.hasNumbers = true
      else if (tags[i]! > Tag.Null) kinds.hasOthers = true
    }
  }

  #select(length: number): void {
    const selection = this.#selection
    const { rows, errors } = selection
    const { join } = this.#options
    const found = this.#found
    let count = 0
    let matched = 0
    for (let i = 0; i < length; i += 1) {
      if (errors.size > 0 && errors.has(i)) {
        found[i] = 0
        continue
      }
      const isThere = found[i] !== 0
      if (isThere) matched += 1
      if (join === 'left' || isThere === (join !== 'anti')) rows[count++] = i
    }
    selection.count = count
    this.matched += matched
  }

  /** The rows that were found, of a column of the table. */
  #gather(from: Column, c: number, length: number): Column {
    let own = this.#own[c]
    if (own?.from !== from) {
      own = { from, to: new Column(from.type, from.encoding, this.#found.length) }
      own.to.adopt(from)
      this.#own[c] = own
    }
    own.to.reserve(length)
    gatherColumn(from, { rows: this.#rows, from: 0, to: length }, own.to, 0)
    return own.to
  }

  #gatherTexts(records: TableRecords, length: number): Column {
    const texts = this.#texts
    texts.reserve(this.#found.length)
    texts.buffer = records.bytes
    const found = this.#found
    records.textsAt(found, length, texts.ids, texts.ends)
    const { tags } = texts
    for (let i = 0; i < length; i += 1) tags[i] = found[i] === 0 ? Tag.Null : Tag.Json
    return texts
  }

  facts(): unknown {
    return { matched: this.matched, kinds: { ...this.kinds } }
  }

  restoreFacts(facts: unknown): void {
    const { matched = 0, kinds = {} } = (facts ?? {}) as Partial<Pick<Enrich, 'matched' | 'kinds'>>
    this.matched = matched
    Object.assign(this.kinds, kinds)
  }
}
