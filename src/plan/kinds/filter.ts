import { TidemarkError } from '../../base/errors.ts'
import type { BoundExpression } from '../../expressions/bound.ts'
import type { Expression } from '../../expressions/expression.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { written } from '../wording.ts'

export interface FilterNode extends NodeBase {
  readonly kind: 'filter'
  readonly input: PlanNode
  readonly where: BoundExpression
}

/** Throws E_TYPE for what is no condition. */
export function buildFilter(context: BuildContext, input: PlanNode, where: Expression, step: StepLabel): FilterNode {
  const bound = bindCondition(context, input, where, step)
  return { kind: 'filter', id: context.stepId(step), input, where: bound, schema: input.schema }
}

/** Throws E_TYPE for what is no condition. */
export function bindCondition(
  context: BuildContext,
  input: PlanNode,
  where: Expression,
  step: StepLabel,
): BoundExpression {
  const bound = context.bind(where, input)
  if (bound.type !== 'boolean' && bound.type !== 'any') {
    throw new TidemarkError('E_TYPE', `${step.verb} needs a condition, not a ${bound.type}`, {
      span: where.span,
      hint: 'a condition is TRUE or FALSE: amount > 100',
    })
  }
  return bound
}

export const filter: NodeKind<FilterNode> = {
  slots: ({ input }, _, slotsOf) => slotsOf(input),
  demand: (node, demand) => {
    demand.forward(node.input, demand.of(node))
    demand.expression(node.input, node.where, 'compute')
  },
  describe: ({ id, where }) => `${id} ${written(where.span)}`,
  state: null,
  judgesLateness: () => false,
}
