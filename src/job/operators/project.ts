import type { BoundExpression, Field } from '../../expressions/bound.ts'
import { compileExpression } from '../../expressions/compile.ts'
import type { Operator } from '../../operators/operator.ts'
import { Project } from '../../operators/project.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function projectOperator(node: NodeOf<'project'>, wiring: Wiring): Operator {
  const slotOf = wiring.slotsIn(node.input)
  const own = new Map<Field, BoundExpression>(node.columns.map(({ column, expression }) => [column.field, expression]))
  const columns = wiring.fields(node).map((field) => {
    const expression = own.get(field)
    if (expression === undefined) return { kind: 'forward' as const, slot: slotOf(field) }
    if (expression.kind === 'field') return { kind: 'forward' as const, slot: slotOf(expression.field) }
    return { kind: 'compute' as const, evaluator: compileExpression(expression, { slotOf }), type: expression.type }
  })
  return new Project({ columns, context: wiring.context })
}
