import { assert } from '../base/assert.ts'
import { fieldsOf } from '../expressions/fields-of.ts'
import type { ScanField } from '../formats/scanner.ts'
import type { Enrich } from '../operators/enrich.ts'
import type { EnrichNode } from '../plan/kinds/enrich.ts'
import type { Layout } from '../plan/layout.ts'
import type { MemberField, NodeOf } from '../plan/nodes.ts'
import { topologicalOrder } from '../plan/nodes.ts'
import { ReplaceableFile } from '../sources/replaceable-file.ts'
import type { Assembled } from './assemble.ts'
import { ColumnReader } from './column-reader.ts'
import type { WatchedField } from './field-watch.ts'
import type { JobOptions, TableOptions } from './job-options.ts'
import { wantedOf } from './operators/enrich.ts'
import { TableReader } from './table-reader.ts'
import { type JobTable, Tables } from './tables.ts'

export type CreateTables = (
  options: JobOptions,
  open: TableOptions['open'],
  layout: Layout,
  assembled: Assembled,
) => Tables

/** The tables of all steps that look rows up. Opens none. */
export const createTables: CreateTables = (options, open, layout, { outletOf, scans }) => {
  const isLive = scans.some((scan) => !options.sourceOf(scan).isBounded)
  const steps = topologicalOrder(options.root).filter((node): node is EnrichNode => node.kind === 'enrich')
  const operatorOf = (node: EnrichNode) => {
    const outlet = outletOf(node)
    assert(outlet.kind === 'operator', 'a step has an operator')
    return outlet.operator as Enrich // sound: made of this node
  }
  const tables = [...stepsByTable(steps)].map(([table, [first, ...others]]): JobTable => {
    const node = first! // sound: a table is found by its step
    return {
      node,
      operator: operatorOf(node),
      beside: others.map(operatorOf),
      file: fileOf(table, open, options),
      reader: readerOf(node, layout, options),
      // a row that is taken back must be what it was
      isReplaced: isLive && node.schema.changelog === 'append',
    }
  })
  return new Tables(tables, options)
}

/** The step that names a table, and behind it what gives the rows that it finds nothing for. */
function stepsByTable(steps: readonly EnrichNode[]): ReadonlyMap<NodeOf<'table'>, readonly EnrichNode[]> {
  const found = new Map<NodeOf<'table'>, readonly EnrichNode[]>()
  for (const step of steps) {
    const others = found.get(step.inputs[1]) ?? []
    found.set(step.inputs[1], step.isBeside ? [...others, step] : [step, ...others])
  }
  return found
}

const fileOf = (node: NodeOf<'table'>, open: TableOptions['open'], { clock }: JobOptions): ReplaceableFile =>
  new ReplaceableFile({ name: node.table.file, open: () => open(node), clock })

/** What the plan asks of the scanner of a table. */
const tableFields = (table: NodeOf<'table'>, layout: Layout): readonly ScanField[] =>
  (layout.slots.get(table) as readonly MemberField[]).map((field) => ({
    path: field.path,
    encoding: layout.encodings.get(field)!,
  }))

function readerOf(node: NodeOf<'enrich'>, layout: Layout, options: JobOptions): TableReader {
  const [, table] = node.inputs
  const slots = layout.slots.get(table)!
  const fields = layout.slots.get(node)!
  const slotOf = (field: (typeof slots)[number]) => slots.indexOf(field)
  const { scanner, lineLimit, warn } = options
  const keyFields = new Set(node.rightKeys.flatMap((key) => [...fieldsOf(key)]))
  const watched = slots.map((field, slot): WatchedField => {
    const { source, hint = null } = options.namedIn.get(field) ?? {}
    const namedIn = keyFields.has(field) ? '--on' : (source ?? node.as ?? '--as')
    return { name: field.name, slot, namedIn, hint, isComparedWithNumber: false }
  })
  const isOfKey = ({ slot }: WatchedField) => keyFields.has(slots[slot]!)
  const semi = node.join === 'semi' || node.join === 'anti'
  return new TableReader({
    style: { format: table.table.format, header: null, changelog: null },
    fields: tableFields(table, layout),
    keys: new ColumnReader(node.rightKeys, slotOf),
    shape: {
      slots: wantedOf(node, fields).map(slotOf),
      keepsTexts: node.row !== null && fields.includes(node.row),
      repeated: semi && node.repeated === 'refuse' ? 'first' : node.repeated,
    },
    keyFields: watched.filter(isOfKey),
    otherFields: watched.filter((field) => !isOfKey(field)),
    scanner,
    lineLimit,
    warn,
  })
}
