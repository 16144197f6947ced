import { assert } from '../../base/assert.ts'
import type { Batch, RawLines } from '../../data/batch.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { ROW_KIND_NAMES } from '../../data/row-kind.ts'
import { type FixedText, fixedText, OUTPUT_BYTES, type OutputBuffer } from '../output-buffer.ts'
import { CellsWriter } from './cell-writer.ts'
import { RowMembers } from './members.ts'
import { RowSkeleton } from './row-skeleton.ts'
import { rowTemplate } from './row-template.ts'
import { skipSpace } from './skip.ts'
import { COMMA, NEWLINE } from './syntax.ts'
import type { TimeStyle } from './time-writer.ts'

/** One column of the output. */
export interface OutputColumn {
  /**
   * A member's name, or the path of a nested one. No two columns may write the same place, nor one inside the other.
   */
  readonly name: string | readonly string[]
  /** Slot of the batch. */
  readonly slot: number
  readonly type: ColumnType
  /** Digits of a timestamp's fraction. */
  readonly fraction: 0 | 3
}

/** What a printed row consists of, in this order: row kind, the row's own members, columns. */
export interface RowShape extends TimeStyle {
  /**
   * The row's own members as they came, byte for byte, minus these and minus those that a column or the row kind
   * writes. Null: none.
   */
  readonly rest: { readonly except: readonly string[] } | null
  readonly columns: readonly OutputColumn[]
  /** Does the row begin with `"_op":"+I"`? */
  readonly kind: boolean
}

/**
 * Rows as NDJSON. Values print as `jsonOf` says; a row that passes through whole leaves as the bytes it came in, white
 * space included.
 */
export interface RowWriter {
  /**
   * Appends one row and a newline. `more`: members to put at its end, already JSON (`"a":1,"b":2`), with names that the
   * shape leaves out.
   */
  write(batch: Batch, row: number, out: OutputBuffer, more?: string): void
  /**
   * Appends rows beginning with `from` until `out` is full; returns the row to go on with, `batch.length` when done.
   */
  writeFrom(batch: Batch, from: number, out: OutputBuffer): number
}

/** The member that carries the row kind. */
export const KIND_MEMBER = '_op'

const OPEN = fixedText('{')
/** By row kind. */
const OPEN_WITH_KIND = ROW_KIND_NAMES.map((kind) => fixedText(`{"${KIND_MEMBER}":"${kind}"`))
const SEPARATOR = fixedText(',')
const END_OF_LINE = fixedText('\n')

export function createRowWriter(shape: RowShape): RowWriter {
  const { rest, columns, kind } = shape
  const isWhole = rest !== null && rest.except.length === 0 && columns.length === 0 && !kind
  return isWhole ? new WholeRowWriter() : new MadeRowWriter(shape)
}

/** Copies lines as they are, neighbours in one go. */
class WholeRowWriter implements RowWriter {
  readonly #withMore = new MadeRowWriter({ rest: { except: [] }, columns: [], kind: false, timeOutput: 'iso' })

  write(batch: Batch, row: number, out: OutputBuffer, more?: string): void {
    if (more) {
      this.#withMore.write(batch, row, out, more)
      return
    }
    const raw = rawOf(batch)
    out.range(raw.buffer, raw.starts[row]!, raw.ends[row]!)
    out.fixed(END_OF_LINE)
  }

  writeFrom(batch: Batch, from: number, out: OutputBuffer): number {
    const { buffer, starts, ends } = rawOf(batch)
    let row = from
    while (row < batch.length && !out.isFull) {
      const start = starts[row]!
      let end = ends[row]!
      row += 1
      if (buffer[end] !== NEWLINE) {
        out.range(buffer, start, end)
        out.fixed(END_OF_LINE)
        continue
      }
      const most = start + OUTPUT_BYTES - out.length
      while (row < batch.length && starts[row] === end + 1 && end < most && buffer[ends[row]!] === NEWLINE) {
        end = ends[row]!
        row += 1
      }
      out.range(buffer, start, end + 1)
    }
    return row
  }
}

class MadeRowWriter implements RowWriter {
  readonly #kind: boolean
  readonly #hasRest: boolean
  readonly #hasColumns: boolean
  readonly #cells: CellsWriter
  readonly #after: string
  readonly #close: FixedText
  /** Names with their quotes of members that do not come through. */
  readonly #leftOut: readonly Buffer[]
  readonly #members = new RowMembers()
  /** Of rows whose members all come through; rows of one make often follow each other. */
  readonly #skeleton = new RowSkeleton()
  /** Where the name of the first member stands in such a row. */
  #firstName = 0

  constructor({ rest, columns, kind, ...style }: RowShape) {
    const { before, order, after, names } = rowTemplate(
      columns.map(({ name }) => (typeof name === 'string' ? [name] : name)),
    )
    this.#kind = kind
    this.#hasRest = rest !== null
    this.#hasColumns = columns.length > 0
    this.#cells = new CellsWriter(
      order.map((column, i) => ({ ...columns[column]!, before: before[i]! })),
      style,
    )
    this.#after = after
    this.#close = fixedText(`${after}}\n`)
    const leftOut = new Set([...(rest?.except ?? []), ...names, ...(kind ? [KIND_MEMBER] : [])])
    this.#leftOut = [...leftOut].map((name) => Buffer.from(`"${name}"`))
  }

  write(batch: Batch, row: number, out: OutputBuffer, more = ''): void {
    out.fixed(this.#kind ? OPEN_WITH_KIND[batch.kinds === null ? 0 : batch.kinds[row]!]! : OPEN)
    let isEmpty = !this.#kind
    if (this.#hasRest && this.#writeRest(rawOf(batch), row, out, isEmpty)) isEmpty = false
    if (this.#hasColumns) {
      if (!isEmpty) out.fixed(SEPARATOR)
      this.#cells.write(batch, row, out)
      isEmpty = false
    }
    if (more === '') out.fixed(this.#close)
    else out.text(`${this.#after}${isEmpty ? '' : ','}${more}}\n`)
  }

  writeFrom(batch: Batch, from: number, out: OutputBuffer): number {
    let row = from
    while (row < batch.length && !out.isFull) this.write(batch, row++, out)
    return row
  }

  /** The row's own members; true if there was one. Neighbours are copied in one go, with what stands between them. */
  #writeRest(raw: RawLines, row: number, out: OutputBuffer, isEmpty: boolean): boolean {
    const { buffer } = raw
    const start = raw.starts[row]!
    if (this.#skeleton.isKnown && this.#skeleton.matches(buffer, start, raw.ends[row]!)) {
      if (!isEmpty) out.fixed(SEPARATOR)
      out.range(buffer, start + this.#firstName, this.#skeleton.valueEnd)
      return true
    }
    return this.#writeMembers(raw, row, out, isEmpty)
  }

  #writeMembers(raw: RawLines, row: number, out: OutputBuffer, isEmpty: boolean): boolean {
    const members = this.#members
    const { buffer } = raw
    members.read(buffer, raw.starts[row]!, raw.ends[row]!)
    this.#learn(raw, row)
    let wrote = false
    let start = -1
    let end = -1
    for (let i = 0; i < members.count; i += 1) {
      if (this.#isLeftOut(i)) continue
      const nameStart = members.nameStarts[i]!
      const isNeighbour = start >= 0 && isJustBehind(buffer, end, nameStart)
      if (start >= 0 && !isNeighbour) out.range(buffer, start, end)
      if (!isNeighbour) {
        if (wrote || !isEmpty) out.fixed(SEPARATOR)
        start = nameStart
      }
      wrote = true
      end = members.valueEnds[i]!
    }
    if (start >= 0) out.range(buffer, start, end)
    return wrote
  }

  #learn({ buffer, starts, ends }: RawLines, row: number): void {
    const members = this.#members
    this.#skeleton.forget()
    if (members.count === 0 || members.hadDuplicates) return
    for (let i = 0; i < members.count; i += 1) if (this.#isLeftOut(i)) return
    this.#skeleton.learn(buffer, starts[row]!, ends[row]!, members)
    this.#firstName = members.nameStarts[0]! - starts[row]!
  }

  #isLeftOut(i: number): boolean {
    const leftOut = this.#leftOut
    for (let k = 0; k < leftOut.length; k += 1) if (this.#members.isNamed(i, leftOut[k]!)) return true
    return false
  }
}

/** Is there nothing but a comma between a member's end and the next one? */
function isJustBehind(buffer: Buffer, end: number, nameStart: number): boolean {
  const comma = skipSpace(buffer, end)
  return buffer[comma] === COMMA && skipSpace(buffer, comma + 1) === nameStart
}

function rawOf(batch: Batch): RawLines {
  assert(batch.raw !== null, 'rows that pass through have their raw lines')
  return batch.raw
}
