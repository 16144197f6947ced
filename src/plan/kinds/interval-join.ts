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
import { sourceTimes } from '../source-times.ts'

export interface IntervalJoinNode extends JoiningNode {
  readonly kind: 'interval-join'
  /** Bounds of right time minus left time, ms, inclusive. */
  readonly lower: number
  readonly upper: number
}

export type IntervalJoinOptions = Joining & Pick<IntervalJoinNode, 'lower' | 'upper'>

export function buildIntervalJoin(
  context: BuildContext,
  inputs: readonly [PlanNode, PlanNode],
  options: IntervalJoinOptions,
  step: StepLabel,
): IntervalJoinNode {
  for (const input of inputs) {
    context.requireAppend(input, step)
    context.requireTime(input, step)
  }
  const { lower, upper } = options
  const joining = buildJoining(context, inputs, options, { made: [], hasTime: true, changelog: 'append' })
  return { kind: 'interval-join', id: context.stepId(step), ...joining, lower, upper }
}

const signed = (ms: number) => (ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms))

export const intervalJoin: NodeKind<IntervalJoinNode> = {
  slots: joiningSlots,
  demand: joiningDemand,
  describe: (node) => `${joiningText(node)}, interval ${signed(node.lower)} to ${signed(node.upper)}`,
  state: {
    describe: ({ lower, upper }) =>
      `rows of both sides until the watermark has passed what they can meet: left ${signed(upper)}, right ${signed(-lower)} after their time`,
    signature: (node, fieldText) => ({
      ...joiningSignature(node, fieldText),
      interval: `${signed(node.lower)} to ${signed(node.upper)}`,
      'time fields': sourceTimes(node),
    }),
  },
  judgesLateness: () => true,
  fieldTexts: joiningFieldTexts,
}
