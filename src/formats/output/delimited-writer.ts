import type { Batch } from '../../data/batch.ts'
import type { RowWriter } from '../json/row-writer.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import { ColumnOrder } from './column-order.ts'
import type { OutputWriter } from './output-writer.ts'
import { RowText } from './row-text.ts'

export type DelimitedFormat = 'csv' | 'tsv'

export interface DelimitedOptions {
  readonly format: DelimitedFormat
  /** Of every row, where the plan knows them; null: those of the first row. */
  readonly columns: readonly string[] | null
  /** Is there to be a line with the names? Not where rows are added to a file that has some. */
  readonly hasHeader: boolean
}

/** What would be read as something else than a string without quotes. */
const NOT_A_STRING = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)$/
const CSV_SPECIAL = /[",\r\n]|^[\s\ufeff]|\s$/
const TSV_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/**
 * CSV (RFC 4180, lines end with a newline) or TSV (a backslash before t, n, r and itself, as in the IANA text/tab-separated-values of
 * tools). NULL and missing are empty; nested values are JSON text. In CSV a string is quoted where it has to be, where it is empty, and
 * where it would be read as a number or truth value: so CSV comes back as it was. TSV cannot tell those apart.
 */
export class DelimitedWriter implements OutputWriter {
  readonly #text: RowText
  readonly #isCsv: boolean
  readonly #separator: string
  #columns: ColumnOrder | null
  #owesHeader: boolean

  constructor(rows: RowWriter, { format, columns, hasHeader }: DelimitedOptions) {
    this.#text = new RowText(rows)
    this.#isCsv = format === 'csv'
    this.#separator = this.#isCsv ? ',' : '\t'
    this.#columns = columns && new ColumnOrder(columns)
    this.#owesHeader = hasHeader
  }

  write(batch: Batch, row: number, out: OutputBuffer): void {
    const text = this.#text
    text.loadMembers(batch, row)
    const columns = (this.#columns ??= new ColumnOrder(namesOf(text)))
    columns.locate(text)
    this.#writeHeader(out)
    for (let c = 0; c < columns.places.length; c += 1) {
      if (c > 0) out.text(this.#separator)
      const i = columns.places[c]!
      if (i >= 0 && !text.isNull(i)) out.text(this.#cell(text.text(i), text.isString(i)))
      // an empty line would be no row
      else if (columns.places.length === 1 && this.#isCsv) out.text('""')
    }
    out.text('\n')
  }

  writeFrom(batch: Batch, from: number, out: OutputBuffer): number {
    let row = from
    while (row < batch.length && !out.isFull) this.write(batch, row++, out)
    return row
  }

  /** A result without rows still has its names, where the plan knows them. */
  end(out: OutputBuffer): void {
    this.#writeHeader(out)
  }

  save(): unknown {
    return { columns: this.#columns?.names ?? null, owesHeader: this.#owesHeader }
  }

  restore(saved: unknown): void {
    const { columns, owesHeader } = saved as { columns: readonly string[] | null; owesHeader: boolean }
    this.#columns = columns && new ColumnOrder(columns)
    this.#owesHeader = owesHeader
  }

  #writeHeader(out: OutputBuffer): void {
    if (!this.#owesHeader || this.#columns === null) return
    this.#owesHeader = false
    const names = this.#columns.names.map((name) =>
      this.#isCsv && CSV_SPECIAL.test(name) ? quoted(name) : this.#plain(name),
    )
    out.text(`${names.join(this.#separator)}\n`)
  }

  #cell(text: string, isString: boolean): string {
    if (!this.#isCsv) return this.#plain(text)
    const needsQuotes = CSV_SPECIAL.test(text) || (isString && (text === '' || NOT_A_STRING.test(text)))
    return needsQuotes ? quoted(text) : text
  }

  #plain(text: string): string {
    return this.#isCsv ? text : text.replace(/[\\\t\n\r]/g, (character) => TSV_ESCAPES[character]!)
  }
}

export const namesOf = ({ members }: RowText): readonly string[] =>
  Array.from({ length: members.count }, (_, i) => members.name(i))

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
