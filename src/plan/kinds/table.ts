import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase } from '../nodes.ts'
import type { Schema } from '../schema.ts'
import { openMembers } from './scan.ts'

/** A file that is read whole before the first row. */
export interface TableSpec {
  /** As the user wrote it, `-` for standard input. */
  readonly file: string
  readonly format: 'ndjson' | 'csv' | 'tsv'
}

/** Rows that other rows are looked up in. They are no stream: they have no time and no order, and come from no input of the job. */
export interface TableNode extends NodeBase {
  readonly kind: 'table'
  readonly table: TableSpec
}

export function buildTable(context: BuildContext, table: TableSpec): TableNode {
  const rest = { except: [], member: openMembers().member }
  const schema: Schema = { columns: [], rest, hasTime: false, changelog: 'append' }
  return { kind: 'table', id: context.id(table.file), table, schema }
}

export const table: NodeKind<TableNode> = {
  slots: (_, wanted) => [...wanted],
  demand: () => {},
  describe: ({ table: { file, format } }) =>
    `table ${file === '-' ? 'standard input' : file}${format === 'ndjson' ? '' : `, ${format}`}`,
  state: null,
  judgesLateness: () => false,
}
