import { type Column, Tag } from './column.ts'
import type { ValueReader, ValueWriter } from './page.ts'
import type { Value } from './value.ts'

/** Rows of a batch that are kept. */
export interface AppendedRows {
  /** Of the slab's slots. */
  readonly columns: readonly Column[]
  /** Gets their numbers. */
  readonly rows: Int32Array
  /** Which rows of the batch they are; absent: rows [from, to) themselves. */
  readonly picked?: Int32Array
}

/** What rows have in the batch that they are copied to: the watermark promised before each, and the sequence of the row that caused it to come. */
export interface CopiedRows {
  readonly watermarks: Float64Array
  readonly sequences: Float64Array
}

/** The values of rows [from, to) of a batch, whatever their encoding, or of those that `picked` holds there, into rows `rows[0]` and so on of a plain column. */
export function keepCells(
  source: Column,
  column: Column,
  { from, to }: { readonly from: number; readonly to: number },
  { rows, picked }: Omit<AppendedRows, 'columns'>,
): void {
  const { tags, numbers } = column
  const [sourceTags, sourceNumbers] = [source.tags, source.numbers]
  for (let n = from; n < to; n += 1) {
    const i = picked === undefined ? n : picked[n]!
    const row = rows[n - from]!
    const tag = sourceTags[i]!
    tags[row] = tag
    if (tag === Tag.Number) numbers[row] = sourceNumbers[i]!
    else if (tag >= Tag.String) setValue(column, row, tag === Tag.String ? source.text(i) : source.value(i))
  }
}

/** Cells of plain columns to the rows of another one from `at` on. */
export function copyCells(
  source: Column,
  rows: Int32Array,
  count: number,
  { column, at }: { readonly column: Column; readonly at: number },
): void {
  const { tags, numbers, values } = column
  for (let r = 0; r < count; r += 1) {
    const row = rows[r]!
    const tag = source.tags[row]!
    tags[at + r] = tag
    if (tag === Tag.Number) numbers[at + r] = source.numbers[row]!
    else if (tag >= Tag.String) {
      while (values.length < at + r) values.push(null)
      values[at + r] = source.values[row]!
    }
  }
}

/** Fills up to the row first: an array written far behind its end would turn into a slow one. */
function setValue(column: Column, row: number, value: Value): void {
  const { values } = column
  while (values.length < row) values.push(null)
  values[row] = value
}

export function writeCell(column: Column, row: number, page: ValueWriter): void {
  const tag = column.tags[row]!
  page.u8(tag)
  if (tag === Tag.Number) page.f64(column.numbers[row]!)
  else if (tag >= Tag.String) page.value(column.values[row]!)
}

/** Reads what `writeCell` wrote. */
export function readCell(column: Column, row: number, page: ValueReader): void {
  const tag = page.u8()
  column.tags[row] = tag
  if (tag === Tag.Number) column.numbers[row] = page.f64()
  else if (tag >= Tag.String) setValue(column, row, page.value())
}

/** Gives a plain column so many rows; what lies behind them goes. */
export function resizeColumn(column: Column, capacity: number): void {
  column.tags = resized(column.tags, new Uint8Array(capacity))
  column.numbers = resized(column.numbers, new Float64Array(capacity))
  if (column.values.length > capacity) column.values = column.values.slice(0, capacity)
}

export function resized<A extends Float64Array | Uint8Array>(from: A, to: A): A {
  to.set((from.length > to.length ? from.subarray(0, to.length) : from) as never)
  return to
}
