import { formatDuration } from '../../time/duration.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import {
  buildJoining,
  type Joining,
  type JoiningNode,
  joiningDemand,
  joiningFieldTexts,
  joiningSignature,
  joiningSlots,
  joiningText,
} from '../joining.ts'
import type { NodeKind } from '../node-kind.ts'
import type { PlanNode } from '../nodes.ts'

export interface RegularJoinNode extends JoiningNode {
  readonly kind: 'regular-join'
  /** ms; null: rows are never forgotten. */
  readonly stateTtl: number | null
}

export type RegularJoinOptions = Joining & Pick<RegularJoinNode, 'stateTtl'>

export function buildRegularJoin(
  context: BuildContext,
  inputs: readonly [PlanNode, PlanNode],
  options: RegularJoinOptions,
  step: StepLabel,
): RegularJoinNode {
  const { stateTtl, join } = options
  if (stateTtl !== null) for (const input of inputs) context.requireTime(input, step)
  const areFinal = inputs.every(({ schema }) => schema.changelog === 'append')
  const changelog = areFinal && (join === 'inner' || join === 'semi') ? 'append' : 'retract'
  const joining = buildJoining(context, inputs, options, { made: [], hasTime: false, changelog })
  return { kind: 'regular-join', id: context.stepId(step), ...joining, stateTtl }
}

export const regularJoin: NodeKind<RegularJoinNode> = {
  slots: joiningSlots,
  demand: joiningDemand,
  describe: (node) => `${joiningText(node)}, unbounded`,
  state: {
    describe: ({ stateTtl }) =>
      stateTtl === null
        ? 'every row of both sides, for ever'
        : `rows of both sides until ${formatDuration(stateTtl)} of event time after their last write`,
    signature: (node, fieldText) => ({
      ...joiningSignature(node, fieldText),
      meets: 'unbounded',
      input: node.inputs.map(({ schema }) => schema.changelog),
    }),
    isUnbounded: ({ stateTtl }) => stateTtl === null,
    bound:
      '--state-ttl 1h forgets a row after an hour of event time; --within 1h meets rows of neighbouring times only',
  },
  judgesLateness: () => false,
  fieldTexts: joiningFieldTexts,
  finalHint: ({ id }) => `use --within in ${id}, so that it gives final rows`,
  timelessHint: 'its rows meet whenever they come; use join --within',
}
