import { formatDuration } from '../../time/duration.ts'
import { type Emission, emissionKind, emissionText } from '../../time/emission.ts'
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
  readonly emit: Emission
  /** ms; null: keys are never forgotten. */
  readonly stateTtl: number | null
}

export type GroupAggregateOptions = Grouping & Pick<GroupAggregateNode, 'emit' | 'stateTtl'>

export function buildGroupAggregate(
  context: BuildContext,
  input: PlanNode,
  options: GroupAggregateOptions,
  step: StepLabel,
): PlanNode {
  const { emit, stateTtl } = options
  if (stateTtl !== null || typeof emit !== 'string') context.requireTime(input, step)
  const changelog = emit === 'final' ? 'append' : 'retract'
  const group = buildGrouping(context, input, options, { made: [], hasTime: false, changelog })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  return withResults(context, { kind: 'group-aggregate', id, input, keys, aggregates, emit, stateTtl, schema }, group)
}

export const groupAggregate: NodeKind<GroupAggregateNode> = {
  slots: groupingFields,
  demand: groupingDemand,
  describe: (node) => `${node.id}${groupingText(node)}, emit ${emissionText(node.emit)}`,
  state: {
    describe: ({ stateTtl }) =>
      stateTtl === null
        ? 'every key, for ever'
        : `every key until ${formatDuration(stateTtl)} of event time after its last row`,
    signature: (node, fieldText) => ({
      verb: 'aggregate',
      ...groupingSignature(node, fieldText),
      emit: emissionKind(node.emit),
      input: node.input.schema.changelog,
    }),
    isUnbounded: ({ keys, stateTtl }) => keys.length > 0 && stateTtl === null,
  },
  judgesLateness: () => false,
  fieldTexts: groupingFieldTexts,
  finalHint: ({ id, emit }) => `leave --emit ${emissionText(emit)} out of ${id}, so that it gives final rows`,
  timelessHint: 'it counts over the whole input; use a window there',
}
