import type { Field } from '../../expressions/bound.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'

export interface UnionNode extends NodeBase {
  readonly kind: 'union'
  readonly inputs: readonly PlanNode[]
  /** What each of its fields is in the inputs, by port. */
  readonly fields: Map<Field, readonly Field[]>
}

export const union: NodeKind<UnionNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    for (const field of demand.of(node)) {
      const sources = node.fields.get(field)
      for (const [port, input] of node.inputs.entries()) demand.alias(input, field, sources?.[port] ?? field)
    }
  },
  describe: ({ id, inputs }) => `${id} of ${inputs.length}`,
  state: null,
  judgesLateness: () => false,
}
