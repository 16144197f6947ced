import type { Rows } from '../data/batch.ts'
import { atBindTime, constant } from './bind-context.ts'
import type { BoundExpression } from './bound.ts'
import { childrenOf } from './children.ts'
import { evaluator } from './evaluate.ts'

const NO_ROWS: Rows = { columns: [], time: new Float64Array(0) }

/** An operator or call whose operands are all constant becomes one (functions are pure); a constant that cannot be computed is `E_VALUE`, with the node's span. */
export function fold(node: BoundExpression): BoundExpression {
  if (!childrenOf(node).every((child) => child.kind === 'constant')) return node
  return constant(foldedValue(node), node.type, node.span)
}

function foldedValue(node: BoundExpression) {
  const compute = evaluator(node, () => -1)
  return atBindTime(node.span, () => compute(NO_ROWS, 0))
}
