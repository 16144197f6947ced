import { Batch } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { newTextPlace, type TextPlace } from '../data/row-texts.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { KeyReader } from './key-reader.ts'
import { RowErrors } from './row-errors.ts'

/** Points `into` at the text of row i: its line, or what it would print. Good until the next call. */
export type ReadText = (batch: Batch, i: number, into: TextPlace) => void

/** One side of a join, as the plan has it. */
export interface JoinSide {
  readonly keys: KeyReader
  /** Slots of the input that are kept of its rows. */
  readonly columns: readonly number[]
  /** null: the text of a row is not wanted. */
  readonly readText: ReadText | null
  /** Makes what `readText` tells of the text of a row that an earlier run kept, perhaps for another use. Absent: it is that already. */
  readonly asKept?: (text: TextPlace) => void
  /** Can its rows be taken back? */
  readonly isRetracted: boolean
}

/** A row that goes into a result: of a batch, or of those that are kept. Reused from row to row. */
export interface RowView {
  /** One for each kept column. */
  columns: readonly Column[]
  row: number
  readonly text: TextPlace
}

export const newRowView = (): RowView => ({ columns: [], row: 0, text: newTextPlace() })

/** The rows that come in at one port of a join: their keys, and what is kept of them. */
export class JoinInput {
  readonly errors = new RowErrors()
  readonly #side: JoinSide
  readonly #table: KeyTable
  #batch: Batch | null = null
  /** The kept columns of the batch at hand. */
  #kept: Batch = new Batch([], 0)
  #slots = new Int32Array(0)
  #keyColumns: readonly Column[] = []
  /** May a part of a key of the batch at hand be NULL? */
  #hasNulls = false

  constructor(side: JoinSide, table: KeyTable) {
    this.#side = side
    this.#table = table
  }

  get keepsText(): boolean {
    return this.#side.readText !== null
  }

  get isRetracted(): boolean {
    return this.#side.isRetracted
  }

  asKept(text: TextPlace): void {
    this.#side.asKept?.(text)
  }

  /** The columns of `kept`, as places of the input. */
  get columns(): readonly number[] {
    return this.#side.columns
  }

  /** The row with the kept columns alone. */
  get kept(): Batch {
    return this.#kept
  }

  /** Reads the keys of a batch, once. False: it is at hand already. */
  load(batch: Batch): boolean {
    if (batch === this.#batch) return false
    this.#batch = batch
    const { length } = batch
    this.errors.clear()
    if (this.#slots.length < length) this.#slots = new Int32Array(Math.max(length, 4096))
    this.#keyColumns = this.#side.keys.columns(batch, 0, length, this.errors.add)
    if (this.errors.size === 0) this.#table.slotsOf(this.#keyColumns, 0, length, this.#slots)
    else {
      for (let i = 0; i < length; i += 1)
        if (!this.errors.has(i)) this.#slots[i] = this.#table.slotOf(this.#keyColumns, i)
    }
    this.#hasNulls = this.#keyColumns.some(({ tags }) => hasNull(tags, length))
    this.#kept = keptOf(batch, this.#side.columns)
    return true
  }

  /** The batch is used up. */
  forget(): void {
    this.#batch = null
    this.#keyColumns = []
    this.#kept = new Batch([], 0)
  }

  slotOf(i: number): number {
    return this.#slots[i]!
  }

  /** Is a part of the key NULL? Such a row meets no other. */
  isNull(i: number): boolean {
    if (!this.#hasNulls) return false
    for (const { tags } of this.#keyColumns) if (tags[i]! <= Tag.Null) return true
    return false
  }

  view(i: number, into: RowView): void {
    into.columns = this.#kept.columns
    into.row = i
    this.#side.readText?.(this.#batch!, i, into.text)
  }
}

function hasNull(tags: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (tags[i]! <= Tag.Null) return true
  return false
}

/** The same rows with some of the columns. */
function keptOf(batch: Batch, columns: readonly number[]): Batch {
  const kept = new Batch(
    columns.map((slot) => batch.columns[slot]!),
    0,
  )
  kept.length = batch.length
  kept.time = batch.time
  kept.sequence = batch.sequence
  kept.watermark = batch.watermark
  kept.kinds = batch.kinds
  kept.raw = batch.raw
  return kept
}
