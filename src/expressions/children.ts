import type { BoundExpression } from './bound.ts'

/** The operands of a node, from left to right. */
export function childrenOf(node: BoundExpression): readonly BoundExpression[] {
  switch (node.kind) {
    case 'constant':
    case 'field':
    case 'event-time':
      return []
    case 'subscript':
      return [node.of, node.index]
    case 'negate':
    case 'not':
    case 'is':
    case 'cast':
      return [node.operand]
    case 'binary':
      return [node.left, node.right]
    case 'in':
      return [node.operand, ...node.list]
    case 'like':
      return node.escape ? [node.operand, node.pattern, node.escape] : [node.operand, node.pattern]
    case 'case':
      return [...node.whens.flatMap(({ when, then }) => [when, then]), node.otherwise]
    case 'call':
      return node.args
  }
}
