import type { BoundExpression } from '../../expressions/bound.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { noStar } from '../select-items.ts'
import { written } from '../wording.ts'

export interface SampleNode extends NodeBase {
  readonly kind: 'sample'
  readonly input: PlanNode
  /** From 0 to 1. */
  readonly share: number
  /** Rows with equal keys share their fate; null: equal rows do. */
  readonly keys: readonly BoundExpression[] | null
}

export interface SampleOptions extends Pick<SampleNode, 'share'> {
  readonly keys: readonly SelectItem[]
}

/** Whole rows must not be taken back: the row that takes another's place would have a fate of its own. */
export function buildSample(
  context: BuildContext,
  input: PlanNode,
  { share, keys }: SampleOptions,
  step: StepLabel,
): SampleNode {
  if (keys.length === 0) context.requireAppend(input, step)
  const bound = keys.map((item) => context.bind(noStar(item).expression, input))
  const id = context.stepId(step)
  return { kind: 'sample', id, input, share, keys: bound.length > 0 ? bound : null, schema: input.schema }
}

export const sample: NodeKind<SampleNode> = {
  slots: ({ input }, _, slotsOf) => slotsOf(input),
  demand: (node, demand) => {
    const { input, keys } = node
    demand.forward(input, demand.of(node))
    for (const key of keys ?? []) demand.expression(input, key, 'unique-key')
    if (keys === null) for (const { field } of input.schema.columns) demand.add(input, field, 'unique-key')
  },
  describe: ({ id, share, keys }) => {
    const by = keys === null ? 'rows' : keys.map((key) => written(key.span)).join(', ')
    return `${id} ${percent(share)} by the hash of ${by}`
  },
  state: null,
  judgesLateness: () => false,
}

/** 0.07 is 7 %, and not 7.000000000000001 %. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(12))}%`
