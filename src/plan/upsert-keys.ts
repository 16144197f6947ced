import type { Field } from '../expressions/bound.ts'
import type { PlanNode } from './nodes.ts'
import type { NamedColumn } from './schema.ts'

/**
 * The columns of a result that tell one updating row from another: the keys of the last grouping step, or of upserts that are read, its windows' borders included, as far
 * as the steps behind it hand them on. null: there is no such step, or one of its keys is lost.
 */
export function upsertKeys(root: PlanNode): readonly NamedColumn[] | null {
  const keys = keyFields(root)
  const columns = keys?.map((key) => root.schema.columns.find(({ field }) => field === key))
  return columns?.every((column) => column !== undefined) ? columns : null
}

function keyFields(node: PlanNode): readonly Field[] | null {
  if (node.kind === 'count-window') return null
  if ('aggregates' in node) {
    const borders = 'start' in node ? [node.start, node.end] : []
    return [...borders, ...node.keys.map(({ column }) => column.field)]
  }
  if (node.kind === 'normalize') {
    const keys = node.keys.map((key) => (key.kind === 'field' ? key.field : null))
    return keys.every((key) => key !== null) ? keys : null
  }
  if (node.kind === 'top' && node.rank) {
    const keys = node.keys.map((key) => (key.kind === 'field' ? key.field : null))
    const borders = node.window ? [node.window.start, node.window.end] : []
    return keys.every((key) => key !== null) ? [...borders, ...keys, node.rank.field] : null
  }
  if (node.kind === 'filter' || node.kind === 'sample' || node.kind === 'top') return keyFields(node.input)
  if (node.kind !== 'project') return null
  const { columns, input } = node
  return (
    keyFields(input)?.map(
      (key) =>
        columns.find(({ expression }) => expression.kind === 'field' && expression.field === key)?.column.field ?? key,
    ) ?? null
  )
}
