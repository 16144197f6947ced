import type { Span } from '../../base/span.ts'
import type { Field } from '../../expressions/bound.ts'
import type { WindowAssigner } from '../../windows/window.ts'
import {
  assignerOf,
  borderFraction,
  describeWindow,
  type WindowSpec,
  windowSignature,
} from '../../windows/window-spec.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import { windowBorders } from '../grouping.ts'
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

export interface WindowJoinNode extends JoiningNode {
  readonly kind: 'window-join'
  readonly window: WindowSpec & { readonly kind: 'tumble' }
  readonly assigner: WindowAssigner
  readonly start: Field
  readonly end: Field
}

export interface WindowJoinOptions extends Joining {
  /** ms */
  readonly size: number
  readonly sizeSpan: Span
}

export function buildWindowJoin(
  context: BuildContext,
  inputs: readonly [PlanNode, PlanNode],
  options: WindowJoinOptions,
  step: StepLabel,
): WindowJoinNode {
  for (const input of inputs) {
    context.requireAppend(input, step)
    context.requireTime(input, step)
  }
  const window = { kind: 'tumble' as const, size: options.size, offset: 0 }
  const assigner = assignerOf(window, context.zone, { size: options.sizeSpan })
  const [start, end] = windowBorders(borderFraction(window))
  const joining = buildJoining(context, inputs, options, { made: [start, end], hasTime: true, changelog: 'append' })
  const borders = { start: start.field, end: end.field }
  return { kind: 'window-join', id: context.stepId(step), ...joining, window, assigner, ...borders }
}

export const windowJoin: NodeKind<WindowJoinNode> = {
  slots: joiningSlots,
  demand: (node, demand) => joiningDemand(node, demand, [node.start, node.end]),
  describe: (node) => `${joiningText(node)}, window ${describeWindow(node.window)}`,
  state: {
    describe: ({ window }) =>
      `rows of both sides until the watermark passes the end of their window; ${describeWindow(window)}`,
    signature: (node, fieldText) => ({
      ...joiningSignature(node, fieldText),
      window: windowSignature(node.window, node.assigner),
      'time fields': sourceTimes(node),
    }),
  },
  judgesLateness: () => true,
  fieldTexts: function* (node, fieldText) {
    yield [node.start, `${node.id}.window_start`]
    yield [node.end, `${node.id}.window_end`]
    yield* joiningFieldTexts(node, fieldText)
  },
  borderFraction: ({ window }) => borderFraction(window),
}
