import type { BoundExpression } from '../../expressions/bound.ts'
import { canonicalText } from '../../expressions/canonical-text.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { noStar } from '../select-items.ts'
import { written } from '../wording.ts'

/** An upsert changelog, whose rows replace each other by key, as one that takes rows back. */
export interface NormalizeNode extends NodeBase {
  readonly kind: 'normalize'
  readonly input: PlanNode
  readonly keys: readonly BoundExpression[]
}

export function buildNormalize(context: BuildContext, input: PlanNode, items: readonly SelectItem[]): NormalizeNode {
  const keys = items.map((item) => context.bind(noStar(item).expression, input))
  return { kind: 'normalize', id: context.id('normalize'), input, keys, schema: input.schema }
}

export const normalize: NodeKind<NormalizeNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    demand.forward(node.input, demand.of(node))
    for (const key of node.keys) demand.expression(node.input, key, 'key')
  },
  describe: ({ id, keys }) => `${id} upsert by ${keys.map((key) => written(key.span)).join(', ')}`,
  state: {
    describe: () => 'the last row of every key, until it is deleted',
    signature: (node, fieldText) => ({
      verb: 'normalize',
      keys: node.keys.map((key) => canonicalText(key, fieldText)),
    }),
    isUnbounded: () => true,
  },
  judgesLateness: () => false,
  finalHint: () => 'leave --input-changelog out if its rows take none back',
}
