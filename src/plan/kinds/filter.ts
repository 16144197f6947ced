import type { BoundExpression } from '../../expressions/bound.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { written } from '../wording.ts'

export interface FilterNode extends NodeBase {
  readonly kind: 'filter'
  readonly input: PlanNode
  readonly where: BoundExpression
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
