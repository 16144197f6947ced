import type { Field } from '../../expressions/bound.ts'
import { formatDuration } from '../../time/duration.ts'
import { type Emission, emissionKind } from '../../time/emission.ts'
import type { WindowAssigner } from '../../windows/window.ts'
import type { WindowSpans } from '../../windows/window-kind.ts'
import {
  assignerOf,
  borderFraction,
  describeSlices,
  describeWindow,
  type WindowSpec,
  windowSignature,
} from '../../windows/window-spec.ts'
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
  windowBorders,
  withResults,
} from '../grouping.ts'
import type { NodeKind } from '../node-kind.ts'
import type { PlanNode } from '../nodes.ts'
import { sourceTimes } from '../source-times.ts'
import { correctingFlags, earlyText, latenessText } from '../wording.ts'

export interface WindowAggregateNode extends GroupingNode {
  readonly kind: 'window-aggregate'
  readonly window: WindowSpec
  /** What `window` means in the plan's zone. */
  readonly assigner: WindowAssigner
  readonly start: Field
  readonly end: Field
  readonly allowedLateness: number
  readonly emit: Emission
}

export interface WindowOptions extends Grouping {
  readonly window: WindowSpec
  /** Where the sizes were written, for refusals. */
  readonly spans: WindowSpans
  /** ms */
  readonly allowedLateness: number
  /** Default: `final`. */
  readonly emit?: Emission
}

/** Throws E_WINDOW where the sizes do not fit each other. */
export function buildWindowAggregate(
  context: BuildContext,
  input: PlanNode,
  options: WindowOptions,
  step: StepLabel,
): PlanNode {
  context.requireTime(input, step)
  const { window, allowedLateness, emit = 'final' } = options
  const assigner = assignerOf(window, context.zone, options.spans)
  const [start, end] = windowBorders(borderFraction(window))
  const changelog = allowedLateness > 0 || emit !== 'final' ? 'retract' : 'append'
  const group = buildGrouping(context, input, options, { made: [start, end], hasTime: true, changelog })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  const borders = { start: start.field, end: end.field }
  const parts = { id, input, window, assigner, ...borders, keys, aggregates, allowedLateness, emit, schema }
  return withResults(context, { kind: 'window-aggregate', ...parts }, group)
}

export const windowAggregate: NodeKind<WindowAggregateNode> = {
  slots: (node) => [node.start, node.end, ...groupingFields(node)],
  demand: groupingDemand,
  describe: (node) =>
    `${node.id} ${describeWindow(node.window)}${groupingText(node)}${latenessText(node.allowedLateness)}${earlyText(node)}`,
  state: {
    describe: ({ window, allowedLateness }) => {
      const by = allowedLateness > 0 ? ` by ${formatDuration(allowedLateness)}` : ''
      return `windows until the watermark passes their end${by}; ${describeWindow(window)}`
    },
    signature: (node, fieldText) => ({
      verb: node.window.kind,
      ...groupingSignature(node, fieldText),
      window: windowSignature(node.window, node.assigner),
      input: node.input.schema.changelog,
      ...(node.emit === 'final' ? {} : { emit: emissionKind(node.emit) }),
      'time fields': sourceTimes(node),
    }),
  },
  judgesLateness: () => true,
  fieldTexts: function* (node, fieldText) {
    yield [node.start, `${node.id}.window_start`]
    yield [node.end, `${node.id}.window_end`]
    yield* groupingFieldTexts(node, fieldText)
  },
  slices: ({ window }) => describeSlices(window),
  borderFraction: ({ window }) => borderFraction(window),
  finalHint: (node) => `leave ${correctingFlags(node)} out of ${node.id}, so that each window gives one final row`,
}
