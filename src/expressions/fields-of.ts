import type { BoundExpression, Field } from './bound.ts'
import { childrenOf } from './children.ts'

/** The fields an expression reads, each once, in the order in which they are first met. */
export function fieldsOf(expression: BoundExpression): ReadonlySet<Field> {
  const fields = new Set<Field>()
  collect(expression, fields)
  return fields
}

function collect(node: BoundExpression, fields: Set<Field>): void {
  if (node.kind === 'field') fields.add(node.field)
  for (const child of childrenOf(node)) collect(child, fields)
}
