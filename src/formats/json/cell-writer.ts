import type { Batch } from '../../data/batch.ts'
import { type Column, Tag } from '../../data/column.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { jsonOf } from '../../data/value.ts'
import { type FixedText, fixedBytes, fixedText, type OutputBuffer } from '../output-buffer.ts'
import { type TimeStyle, TimeWriter } from './time-writer.ts'
import { writeNumber } from './write-number.ts'
import { writeSpan, writeString } from './write-string.ts'

/** One printed column of a row. */
export interface CellPlace {
  /** What stands before the cell: comma, name, colon. */
  readonly before: string
  /** Slot of the batch. */
  readonly slot: number
  readonly type: ColumnType
  /** Digits of a timestamp's fraction. */
  readonly fraction: 0 | 3
}

interface Cell {
  readonly before: FixedText
  readonly slot: number
  readonly times: TimeWriter | null
}

const TRUE = fixedText('true')
const FALSE = fixedText('false')
const NULL = fixedText('null')

/**
 * Prints the cells of a row as JSON. Missing and NULL print `null`; intervals print as a number of ms; everything else
 * as `jsonOf` says, whatever the encoding.
 */
export class CellsWriter {
  readonly #cells: readonly Cell[]
  /** How many cells at the beginning are times that are printed as text. Rows of one window have the same there. */
  readonly #leading: number
  readonly #lastTimes: Float64Array
  /** The leading cells of the last two rows, if they were the same. */
  #lead: FixedText | null = null

  constructor(places: readonly CellPlace[], style: TimeStyle) {
    this.#cells = places.map(({ before, slot, type, fraction }) => {
      const times = type === 'timestamp' && style.timeOutput === 'iso' ? new TimeWriter(fraction, style) : null
      return { before: fixedText(before), slot, times }
    })
    const first = this.#cells.findIndex(({ times }) => times === null)
    this.#leading = first < 0 ? places.length : first
    this.#lastTimes = new Float64Array(this.#leading).fill(Number.NaN)
  }

  write(batch: Batch, row: number, out: OutputBuffer): void {
    const { columns } = batch
    const cells = this.#cells
    const leading = this.#leading
    if (leading > 0) this.#writeLeading(columns, row, out)
    for (let i = leading; i < cells.length; i += 1) {
      const { before, slot, times } = cells[i]!
      out.fixed(before)
      if (times === null) writeValue(columns[slot]!, row, out)
      else writeTime(timeOf(columns[slot]!, row), times, out)
    }
  }

  #writeLeading(columns: readonly Column[], row: number, out: OutputBuffer): void {
    const isSame = this.#hasLastTimes(columns, row)
    if (isSame && this.#lead !== null) {
      out.fixed(this.#lead)
      return
    }
    const start = out.length
    for (let i = 0; i < this.#leading; i += 1) {
      const { before, slot, times } = this.#cells[i]!
      out.fixed(before)
      writeTime(timeOf(columns[slot]!, row), times!, out)
    }
    this.#lead = isSame ? fixedBytes(out.bytes.subarray(start, out.length)) : null
  }

  /** Has the row the leading times of the row before? Keeps them for the next. */
  #hasLastTimes(columns: readonly Column[], row: number): boolean {
    const last = this.#lastTimes
    let isSame = true
    for (let i = 0; i < last.length; i += 1) {
      const time = timeOf(columns[this.#cells[i]!.slot]!, row)
      if (time === last[i]) continue
      last[i] = time
      isSame = false
    }
    return isSame
  }
}

/** NaN if there is none. */
const timeOf = (column: Column, row: number): number =>
  column.tags[row] === Tag.Number ? column.numbers[row]! : Number.NaN

function writeTime(ms: number, times: TimeWriter, out: OutputBuffer): void {
  if (Number.isFinite(ms)) times.write(ms, out)
  else out.fixed(NULL)
}

function writeValue(column: Column, row: number, out: OutputBuffer): void {
  switch (column.tags[row]) {
    case Tag.Number:
      writeNumber(out, column.numbers[row]!)
      break
    case Tag.String:
      if (column.encoding === 'span') writeSpan(out, column.buffer!, column.ids[row]!, column.ends[row]!)
      else writeString(out, column.text(row))
      break
    case Tag.True:
      out.fixed(TRUE)
      break
    case Tag.False:
      out.fixed(FALSE)
      break
    case Tag.Json:
      if (column.encoding === 'span') out.range(column.buffer!, column.ids[row]!, column.ends[row]!)
      else out.text(jsonOf(column.values[row]!))
      break
    case Tag.Exact:
      out.text(jsonOf(column.values[row]!))
      break
    default:
      out.fixed(NULL)
  }
}
