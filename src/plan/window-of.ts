import type { Field } from '../expressions/bound.ts'
import type { PlanNode } from './nodes.ts'

/** The borders of the window that each row of a node is the result of; null: the rows have none. Steps that leave the columns out still hand them on. */
export function windowOf(node: PlanNode): { readonly start: Field; readonly end: Field } | null {
  if ('start' in node) return { start: node.start, end: node.end }
  switch (node.kind) {
    case 'filter':
    case 'project':
    case 'unnest':
    case 'over':
    case 'deduplicate':
    case 'sort':
      return windowOf(node.input)
    case 'top':
      return node.window
    default:
      return null
  }
}
