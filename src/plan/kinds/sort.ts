import type { OrderItem } from '../../expressions/expression.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { bindOrder, type OrderKey, orderSignature, orderText } from '../ordering.ts'
import { sourceTimes } from '../source-times.ts'

export interface SortNode extends NodeBase {
  readonly kind: 'sort'
  readonly input: PlanNode
  /** How rows of the same time sort. */
  readonly keys: readonly OrderKey[]
  /** And those with the same keys. */
  readonly ties: 'arrival' | 'bytes'
}

export interface SortOptions {
  readonly keys: readonly OrderItem[]
  readonly ties: 'arrival' | 'bytes'
}

export function buildSort(context: BuildContext, input: PlanNode, options: SortOptions, step: StepLabel): SortNode {
  context.requireTime(input, step)
  context.requireAppend(input, step)
  const keys = bindOrder(context, input, options.keys, false)
  return { kind: 'sort', id: context.stepId(step), input, keys, ties: options.ties, schema: input.schema }
}

export const sort: NodeKind<SortNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    demand.forward(node.input, demand.of(node))
    for (const { expression } of node.keys) demand.expression(node.input, expression, 'compute')
  },
  describe: ({ id, keys, ties }) => {
    const more = [...(keys.length > 0 ? [orderText(keys)] : []), ...(ties === 'bytes' ? ["the row's bytes"] : [])]
    return `${id} by ${['time', ...more].join(', ')}`
  },
  state: {
    describe: () => 'rows until the watermark reaches their time',
    signature: (node, fieldText) => ({
      verb: 'sort',
      'order by': orderSignature(node.keys, fieldText),
      ties: node.ties,
      'time fields': sourceTimes(node),
    }),
  },
  judgesLateness: () => true,
}
