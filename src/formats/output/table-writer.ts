import type { Batch } from '../../data/batch.ts'
import type { RowWriter } from '../json/row-writer.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import { ColumnOrder } from './column-order.ts'
import { namesOf } from './delimited-writer.ts'
import type { OutputWriter } from './output-writer.ts'
import { RowText } from './row-text.ts'
import { fitted, shown, textWidth } from './text-width.ts'

export interface TableOptions {
  /** Of every row, where the plan knows them; null: those of the first row. */
  readonly columns: readonly string[] | null
  /** Columns of the terminal; null: rows may be as long as they are. */
  readonly width: number | null
  /** Makes the header stand out. */
  readonly emphasize: (header: string) => string
}

/** The widths of columns follow so many rows, or those that have come when the input goes quiet. */
const SAMPLE_ROWS = 500
const GAP = '  '
/** No column is cut down to less than this. */
const LEAST_WIDTH = 4

interface Cell {
  readonly text: string
  readonly isNumber: boolean
}

/**
 * Rows for people: columns aligned, numbers to the right, one header. The first rows are held back for the widths; later cells that are
 * wider push their neighbours. On a terminal the widest columns give way so that a row is one line.
 */
export class TableWriter implements OutputWriter {
  readonly #text: RowText
  readonly #options: TableOptions
  #columns: ColumnOrder | null
  #held: (readonly Cell[])[] = []
  /** null: not known yet, rows are held. */
  #widths: readonly number[] | null = null
  #isRight: readonly boolean[] = []

  constructor(rows: RowWriter, options: TableOptions) {
    this.#text = new RowText(rows)
    this.#options = options
    this.#columns = options.columns && new ColumnOrder(options.columns)
  }

  write(batch: Batch, row: number, out: OutputBuffer): void {
    const text = this.#text
    text.loadMembers(batch, row)
    const columns = (this.#columns ??= new ColumnOrder(namesOf(text)))
    columns.locate(text)
    const cells = Array.from(columns.places, (i): Cell => {
      if (i < 0 || text.isNull(i)) return { text: '', isNumber: false }
      const value = text.text(i)
      return { text: shown(value), isNumber: !text.isString(i) && /^[-\d]/.test(value) }
    })
    if (this.#widths !== null) {
      this.#print(cells, this.#widths, out)
      return
    }
    this.#held.push(cells)
    if (this.#held.length >= SAMPLE_ROWS) this.flush(out)
  }

  writeFrom(batch: Batch, from: number, out: OutputBuffer): number {
    let row = from
    while (row < batch.length && !out.isFull) this.write(batch, row++, out)
    return row
  }

  flush(out: OutputBuffer): void {
    if (this.#held.length > 0) this.#begin(out)
  }

  end(out: OutputBuffer): void {
    if (this.#widths === null && this.#columns !== null) this.#begin(out)
  }

  save(): unknown {
    return { columns: this.#columns?.names ?? null, widths: this.#widths, isRight: this.#isRight }
  }

  restore(saved: unknown): void {
    const { columns, widths, isRight } = saved as {
      columns: readonly string[] | null
      widths: readonly number[] | null
      isRight: readonly boolean[]
    }
    this.#columns = columns && new ColumnOrder(columns)
    this.#widths = widths
    this.#isRight = isRight
  }

  #begin(out: OutputBuffer): void {
    const names = this.#columns!.names.map(shown)
    const rows = this.#held
    this.#held = []
    const natural = names.map((name, c) =>
      rows.reduce((widest, cells) => Math.max(widest, textWidth(cells[c]!.text)), textWidth(name)),
    )
    this.#isRight = names.map((_, c) => {
      const filled = rows.map((cells) => cells[c]!).filter(({ text }) => text !== '')
      return filled.length > 0 && filled.every(({ isNumber }) => isNumber)
    })
    const widths = narrowed(natural, this.#options.width)
    this.#widths = widths
    const header = this.#line(
      names.map((text) => ({ text, isNumber: false })),
      widths,
    )
    out.text(`${this.#options.emphasize(header)}\n`)
    for (const cells of rows) this.#print(cells, widths, out)
  }

  #print(cells: readonly Cell[], widths: readonly number[], out: OutputBuffer): void {
    out.text(`${this.#line(cells, widths)}\n`)
  }

  #line(cells: readonly Cell[], widths: readonly number[]): string {
    const parts = cells.map(({ text }, c) => {
      const width = widths[c]!
      const cell = this.#options.width === null ? text : fitted(text, width)
      const padding = ' '.repeat(Math.max(0, width - textWidth(cell)))
      return this.#isRight[c] ? padding + cell : cell + padding
    })
    return parts.join(GAP).trimEnd()
  }
}

/** The widest columns give way until a row fits; as far as columns can be narrowed at all. */
function narrowed(natural: readonly number[], room: number | null): readonly number[] {
  if (room === null) return natural
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - room
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= LEAST_WIDTH) break
    const next = Math.max(LEAST_WIDTH, ...widths.filter((width) => width < widest))
    const wide = widths.flatMap((width, c) => (width === widest ? [c] : []))
    const less = Math.max(1, Math.min(widest - next, Math.ceil(excess / wide.length)))
    for (const c of wide) {
      const by = Math.min(less, excess)
      widths[c] = widest - by
      excess -= by
    }
  }
  return widths
}
