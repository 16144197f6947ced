import type { BuildContext, StepLabel } from '../build-context.ts'
import {
  buildGrouping,
  type Grouping,
  type GroupingNode,
  groupingDemand,
  groupingFields,
  groupingFieldTexts,
  groupingSignature,
  groupingText,
  withResults,
} from '../grouping.ts'
import type { NodeKind } from '../node-kind.ts'
import type { PlanNode } from '../nodes.ts'

export interface GroupAggregateNode extends GroupingNode {
  readonly kind: 'group-aggregate'
  readonly emit: 'final' | 'changes'
}

export function buildGroupAggregate(
  context: BuildContext,
  input: PlanNode,
  options: Grouping & { readonly emit: 'final' | 'changes' },
  step: StepLabel,
): PlanNode {
  const { emit } = options
  const changelog = emit === 'changes' ? 'retract' : 'append'
  const group = buildGrouping(context, input, options, { made: [], hasTime: false, changelog })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  return withResults(context, { kind: 'group-aggregate', id, input, keys, aggregates, emit, schema }, group)
}

export const groupAggregate: NodeKind<GroupAggregateNode> = {
  slots: groupingFields,
  demand: groupingDemand,
  describe: (node) => `${node.id}${groupingText(node)}, emit ${node.emit}`,
  state: {
    describe: () => 'every key, for ever',
    signature: (node, fieldText) => ({
      verb: 'aggregate',
      ...groupingSignature(node, fieldText),
      emit: node.emit,
      input: node.input.schema.changelog,
    }),
    isUnbounded: ({ keys }) => keys.length > 0,
  },
  judgesLateness: () => false,
  fieldTexts: groupingFieldTexts,
  finalHint: ({ id }) => `leave --emit changes out of ${id}, so that it gives final rows`,
  timelessHint: 'it counts over the whole input; use a window there',
}
