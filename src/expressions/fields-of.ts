import type { BoundExpression, Field } from './bound.ts'
import { childrenOf } from './children.ts'

/** The fields an expression reads, each once, in the order in which they are first met. */
export function fieldsOf(expression: BoundExpression): ReadonlySet<Field> {
  return new Set([...fieldNodesOf(expression)].map(({ field }) => field))
}

/** The places in an expression where it reads a field, in order. */
export function* fieldNodesOf(node: BoundExpression): Generator<Extract<BoundExpression, { kind: 'field' }>> {
  if (node.kind === 'field') yield node
  for (const child of childrenOf(node)) yield* fieldNodesOf(child)
}
