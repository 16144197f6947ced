import { createRowWriter, KIND_MEMBER, type OutputColumn, type RowShape } from '../json/row-writer.ts'
import { ChangesWriter } from './changes-writer.ts'
import { DelimitedWriter } from './delimited-writer.ts'
import type { OutputWriter } from './output-writer.ts'
import { TableWriter } from './table-writer.ts'

export const OUTPUT_FORMATS = ['ndjson', 'csv', 'tsv', 'table'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]
export const CHANGELOG_FORMS = ['op', 'debezium', 'upsert'] as const
export type ChangelogForm = (typeof CHANGELOG_FORMS)[number]

/** How results are written. */
export interface OutputStyle {
  readonly format: OutputFormat
  readonly changelog: ChangelogForm
  /** Rows are added to a file that holds some. */
  readonly isContinued: boolean
  /** Of the terminal that rows are shown on; null: there is none. */
  readonly terminalWidth: number | null
  readonly emphasize: (text: string) => string
}

/** `keys`: columns that tell one updating row from another; null: they are not all among the row's columns. */
export function createOutputWriter(
  shape: RowShape,
  style: OutputStyle,
  keys: readonly OutputColumn[] | null,
): OutputWriter {
  const { format, changelog } = style
  if (changelog === 'debezium' || (changelog === 'upsert' && shape.kind)) {
    const rows = createRowWriter({ ...shape, kind: false })
    const keyRows = keys && createRowWriter({ ...shape, rest: null, columns: keys, kind: false })
    return new ChangesWriter({ form: changelog, rows, keys: keyRows })
  }
  const rows = createRowWriter(shape)
  if (format === 'ndjson') return rows
  const columns = shape.rest === null ? columnNames(shape) : null
  if (format === 'table') {
    const { terminalWidth, emphasize } = style
    return new TableWriter(rows, { columns, width: terminalWidth, emphasize })
  }
  return new DelimitedWriter(rows, { format, columns, hasHeader: !style.isContinued })
}

/** Of the row's own members, a nested one's first name. */
function columnNames({ columns, kind }: RowShape): readonly string[] {
  const names = columns.map(({ name }) => (typeof name === 'string' ? name : name[0]!))
  return [...new Set([...(kind ? [KIND_MEMBER] : []), ...names])]
}
