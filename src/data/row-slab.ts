import { assert } from '../base/assert.ts'
import { BATCH_ROWS, type Batch, emptyBatch, type Rows, rawLines, type Slot } from './batch.ts'
import { Column } from './column.ts'
import type { ValueReader, ValueWriter } from './page.ts'
import {
  type AppendedRows,
  type CopiedRows,
  copyCells,
  keepCells,
  readCell,
  resizeColumn,
  resized,
  writeCell,
} from './slab-cells.ts'
import { SlabLines } from './slab-lines.ts'

const FIRST_CAPACITY = 64
/** One row in 2 ^ so many is free at the least, so that one is found soon. */
const FREE_SHIFT = 6
const NO_LINES = 'a slab that keeps lines got a batch without them'

export interface RowSlabOptions {
  readonly slots: readonly Slot[]
  /** Keep the line each row came from, for rows that leave as they came and for reports? */
  readonly keepsRaw: boolean
  /** So many of the last slots are for the owner alone: `copyTo` leaves them out. */
  readonly hidden?: number
}

/** As JSON. */
export interface RowShape {
  readonly columns: readonly Slot[]
  readonly lines: boolean
}

/**
 * Rows kept beyond their round, in plain columns that refer to nothing of the batch they came from. A row keeps its number until it is
 * released (or moved by `compact`); numbers of released rows are used again, and what they held is free then at the latest. Evaluators read a slab as they read a batch; they must take
 * `time` and the columns' arrays anew for each call, since both grow.
 */
export class RowSlab implements Rows {
  readonly columns: readonly Column[]
  time = new Float64Array(FIRST_CAPACITY)
  sequence = new Float64Array(FIRST_CAPACITY)
  kinds = new Uint8Array(FIRST_CAPACITY)
  readonly #slots: readonly Slot[]
  readonly #shown: number
  readonly #lines: SlabLines | null
  #isLive = new Uint8Array(FIRST_CAPACITY)
  readonly #one = new Int32Array(1)
  /** Rows from here on were never used. */
  #end = 0
  /** Where the next free row is looked for: rows that come one after the other lie near to one another. */
  #next = 0
  #size = 0

  constructor({ slots, keepsRaw, hidden = 0 }: RowSlabOptions) {
    this.#slots = slots
    this.#shown = slots.length - hidden
    this.columns = slots.map((slot) => new Column(slot.type, 'plain', FIRST_CAPACITY))
    this.#lines = keepsRaw ? new SlabLines() : null
  }

  /** What a slab must be made of to read the rows of this one. */
  get shape(): RowShape {
    return { columns: this.#slots.map(({ name, type }) => ({ name, type })), lines: this.#lines !== null }
  }

  /** Live rows. */
  get size(): number {
    return this.#size
  }

  /** Rows there is memory for. */
  get capacity(): number {
    return this.time.length
  }

  /** Every live row's number is below this. */
  get end(): number {
    return this.#end
  }

  isLive(row: number): boolean {
    return this.#isLive[row] === 1
  }

  /** Copies row i of a batch, whatever its encodings; returns the row's number. `columns`: of the slab's slots, where the batch has others. */
  append(batch: Batch, i: number, columns: readonly Column[] = batch.columns): number {
    if (this.columns.length === 0 && this.#lines === null) return this.#appendStamps(batch, i)
    this.appendAll(batch, i, i + 1, { columns, rows: this.#one })
    return this.#one[0]!
  }

  /** Of a slab that keeps nothing else. */
  #appendStamps(batch: Batch, i: number): number {
    const row = this.#take()
    this.time[row] = batch.time[i]!
    this.sequence[row] = batch.sequence[i]!
    this.kinds[row] = batch.kinds === null ? 0 : batch.kinds[i]!
    return row
  }

  /** `append` of rows [from, to), which get the numbers `rows[i - from]`; or of the rows that `picked` holds there. */
  appendAll(batch: Batch, from: number, to: number, { columns, rows, picked }: AppendedRows): void {
    this.#tidyLines()
    for (let n = from; n < to; n += 1) rows[n - from] = this.#take()
    const { time, sequence, kinds } = this
    for (let n = from; n < to; n += 1) {
      const i = picked === undefined ? n : picked[n]!
      const row = rows[n - from]!
      time[row] = batch.time[i]!
      sequence[row] = batch.sequence[i]!
      kinds[row] = batch.kinds === null ? 0 : batch.kinds[i]!
    }
    const some = picked === undefined ? { rows } : { rows, picked }
    for (let c = 0; c < this.columns.length; c += 1) keepCells(columns[c]!, this.columns[c]!, { from, to }, some)
    if (this.#lines === null) return
    assert(batch.raw, NO_LINES)
    for (let n = from; n < to; n += 1) this.#lines.keep(rows[n - from]!, batch.raw, picked?.[n] ?? n)
  }

  /** Forgets a row. */
  release(row: number): void {
    assert(this.#isLive[row] === 1, 'a row was released twice')
    this.#isLive[row] = 0
    this.#lines?.clear(row)
    this.#size -= 1
    if (this.#size === 0) this.#empty()
  }

  #empty(): void {
    this.#end = 0
    this.#next = 0
    for (const column of this.columns) if (column.values.length > 0) column.values = []
  }

  /** Gives back what the lines of rows that are gone held. */
  #tidyLines(): void {
    if (this.#lines?.isSparse) this.#lines.rewrite(this.#liveRows())
  }

  *#liveRows(): Generator<number> {
    for (let row = 0; row < this.#end; row += 1) if (this.#isLive[row] === 1) yield row
  }

  /** `release` of the first `count` of `rows`. */
  releaseAll(rows: Int32Array, count: number): void {
    for (let r = 0; r < count; r += 1) {
      const row = rows[r]!
      assert(this.#isLive[row] === 1, 'a row was released twice')
      this.#isLive[row] = 0
      this.#lines?.clear(row)
    }
    this.#size -= count
    if (this.#size === 0) this.#empty()
  }

  /** Which of two rows' lines comes first by its bytes; the slab must keep lines. */
  compareLines(a: number, b: number): number {
    return this.#lines!.compare(a, b)
  }

  get keepsLines(): boolean {
    return this.#lines !== null
  }

  /** The line of a row; null: lines are not kept. */
  lineOf(row: number): string | null {
    return this.#lines === null ? null : this.#lines.textOf(row)
  }

  /** Is most of the memory unused? Then the owner calls `compact` when it can follow moved rows. */
  get isSparse(): boolean {
    return this.capacity > 1024 && this.#size * 4 < this.capacity
  }

  /** Gives unused memory back. Rows with high numbers move to low free ones; `moved` is called for each of them. */
  compact(moved: (from: number, to: number) => void): void {
    let to = 0
    let from = this.#end - 1
    for (;;) {
      while (to < from && this.#isLive[to] === 1) to += 1
      while (from > to && this.#isLive[from] === 0) from -= 1
      if (to >= from) break
      this.#move(from, to)
      moved(from, to)
    }
    this.#end = this.#size
    this.#next = this.#size
    this.#resize(Math.max(FIRST_CAPACITY, this.#size * 2))
  }

  /**
   * Appends a row to a batch of `createOutput`. `watermark` and `sequence` are the output's: what was promised before, and the row that
   * caused this one to come. Columns that the slab does not have are left to the caller.
   */
  copyTo(row: number, out: Batch, watermark: number, sequence: number): void {
    const at = out.length
    out.time[at] = this.time[row]!
    out.watermark[at] = watermark
    out.sequence[at] = sequence
    const kind = this.kinds[row]!
    if (kind !== 0) out.withKinds()[at] = kind
    else if (out.kinds) out.kinds[at] = 0
    for (let c = 0; c < this.#shown; c += 1) {
      const to = out.columns[c]!
      while (to.values.length < at) to.values.push(null)
      to.copyRow(this.columns[c]!, row, at)
    }
    if (this.#lines) {
      this.#one[0] = row
      this.#lines.appendAll(this.#one, 1, out.raw!, at)
    }
    out.length = at + 1
  }

  /** `copyTo` of the first `count` of `rows`; each has its place in `watermarks` and `sequences`. */
  copyAll(rows: Int32Array, count: number, out: Batch, { watermarks, sequences }: CopiedRows): void {
    const at = out.length
    for (let r = 0; r < count; r += 1) {
      const row = rows[r]!
      out.time[at + r] = this.time[row]!
      out.watermark[at + r] = watermarks[r]!
      out.sequence[at + r] = sequences[r]!
      const kind = this.kinds[row]!
      if (kind !== 0) out.withKinds()[at + r] = kind
      else if (out.kinds) out.kinds[at + r] = 0
    }
    for (let c = 0; c < this.#shown; c += 1) copyCells(this.columns[c]!, rows, count, { column: out.columns[c]!, at })
    this.#lines?.appendAll(rows, count, out.raw!, at)
    out.length = at + count
  }

  /** An empty batch that takes rows of this slab by `copyTo`, with more columns behind theirs. */
  createOutput(capacity: number = BATCH_ROWS, more: readonly Slot[] = []): Batch {
    const batch = emptyBatch([...this.#slots.slice(0, this.#shown), ...more], capacity)
    if (this.#lines) batch.raw = rawLines(capacity)
    return batch
  }

  writeRow(row: number, page: ValueWriter): void {
    page.f64(this.time[row]!)
    page.f64(this.sequence[row]!)
    page.u8(this.kinds[row]!)
    for (const column of this.columns) writeCell(column, row, page)
    page.u8(this.#lines ? 1 : 0)
    this.#lines?.write(row, page)
  }

  /** Reads what `writeRow` wrote into a new row. */
  readRow(page: ValueReader): number {
    const row = this.#take()
    this.time[row] = page.f64()
    this.sequence[row] = page.f64()
    this.kinds[row] = page.u8()
    for (const column of this.columns) readCell(column, row, page)
    const hasLine = page.u8() === 1
    assert(hasLine === (this.#lines !== null), 'kept rows with and without their lines do not mix')
    this.#lines?.load(row, page)
    return row
  }

  #take(): number {
    if (this.#size >= this.capacity - (this.capacity >> FREE_SHIFT)) this.#resize(this.capacity * 2)
    const isLive = this.#isLive
    let row = this.#next
    while (row === isLive.length || isLive[row] === 1) row = row >= isLive.length ? 0 : row + 1
    this.#next = row + 1
    if (row >= this.#end) this.#end = row + 1
    isLive[row] = 1
    this.#size += 1
    return row
  }

  #move(from: number, to: number): void {
    this.#isLive[from] = 0
    this.#isLive[to] = 1
    this.time[to] = this.time[from]!
    this.sequence[to] = this.sequence[from]!
    this.kinds[to] = this.kinds[from]!
    for (const column of this.columns) {
      column.copyRow(column, from, to)
      if (from < column.values.length) column.values[from] = null
    }
    this.#lines?.move(from, to)
  }

  #resize(capacity: number): void {
    this.time = resized(this.time, new Float64Array(capacity))
    this.sequence = resized(this.sequence, new Float64Array(capacity))
    this.kinds = resized(this.kinds, new Uint8Array(capacity))
    this.#isLive = resized(this.#isLive, new Uint8Array(capacity))
    for (const column of this.columns) resizeColumn(column, capacity)
    this.#lines?.resize(capacity)
  }
}
