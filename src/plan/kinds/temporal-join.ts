import { TidemarkError } from '../../base/errors.ts'
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
import { sourceTimes } from '../source-times.ts'

export interface TemporalJoinNode extends JoiningNode {
  readonly kind: 'temporal-join'
}

export function buildTemporalJoin(
  context: BuildContext,
  inputs: readonly [PlanNode, PlanNode],
  options: Joining,
  step: StepLabel,
): TemporalJoinNode {
  if (options.join !== 'inner' && options.join !== 'left') {
    throw new TidemarkError('E_FLAG_VALUE', `${step.verb} --as-of has no --kind ${options.join}`, {
      hint: 'each left row meets one version of the right row: --kind inner or left',
    })
  }
  for (const input of inputs) context.requireTime(input, step)
  const [left] = inputs
  const traits = { made: [], hasTime: true, changelog: left.schema.changelog }
  const joining = buildJoining(context, inputs, options, traits)
  return { kind: 'temporal-join', id: context.stepId(step), ...joining }
}

export const temporalJoin: NodeKind<TemporalJoinNode> = {
  slots: joiningSlots,
  demand: joiningDemand,
  describe: (node) => `${joiningText(node)}, as of the time of the left row`,
  state: {
    describe: () =>
      'left rows until the watermark reaches their time; the valid version of every right key, and those to come, for ever',
    signature: (node, fieldText) => ({
      ...joiningSignature(node, fieldText),
      meets: 'as of',
      input: node.inputs.map(({ schema }) => schema.changelog),
      'time fields': sourceTimes(node),
    }),
    isUnbounded: () => true,
  },
  judgesLateness: () => true,
  fieldTexts: joiningFieldTexts,
}
