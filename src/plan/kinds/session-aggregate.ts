import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { Field } from '../../expressions/bound.ts'
import { formatDuration } from '../../time/duration.ts'
import { type Emission, emissionKind } from '../../time/emission.ts'
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

export interface SessionAggregateNode extends GroupingNode {
  readonly kind: 'session-aggregate'
  /** ms */
  readonly gap: number
  readonly start: Field
  readonly end: Field
  readonly allowedLateness: number
  readonly emit: Emission
}

export interface SessionOptions extends Grouping {
  /** ms, more than 0. */
  readonly gap: number
  /** Where the gap was written, for refusals. */
  readonly gapSpan?: Span
  /** ms */
  readonly allowedLateness: number
  /** Default: `final`. */
  readonly emit?: Emission
}

/** Sessions have the times of rows for borders: the digits that times have. */
const FRACTION = 3

/** Throws E_WINDOW for a gap that is not longer than 0. */
export function buildSessionAggregate(
  context: BuildContext,
  input: PlanNode,
  options: SessionOptions,
  step: StepLabel,
): PlanNode {
  context.requireTime(input, step)
  const { gap, gapSpan, allowedLateness, emit = 'final' } = options
  if (!(gap > 0)) {
    const hint = 'it must be longer than 0, such as 30m'
    throw new TidemarkError('E_WINDOW', `the gap of a session is ${formatDuration(gap)}`, {
      hint,
      ...(gapSpan ? { span: gapSpan } : {}),
    })
  }
  const [start, end] = windowBorders(FRACTION)
  const changelog = allowedLateness > 0 || emit !== 'final' ? 'retract' : 'append'
  const group = buildGrouping(context, input, options, { made: [start, end], hasTime: true, changelog })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  const borders = { start: start.field, end: end.field }
  const parts = { id, input, gap, ...borders, keys, aggregates, allowedLateness, emit, schema }
  return withResults(context, { kind: 'session-aggregate', ...parts }, group)
}

export const sessionAggregate: NodeKind<SessionAggregateNode> = {
  slots: (node) => [node.start, node.end, ...groupingFields(node)],
  demand: groupingDemand,
  describe: (node) =>
    `${node.id} gap ${formatDuration(node.gap)}${groupingText(node)}${latenessText(node.allowedLateness)}${earlyText(node)}`,
  state: {
    describe: ({ gap, allowedLateness }) => {
      const by = allowedLateness > 0 ? ` by ${formatDuration(allowedLateness)}` : ''
      return `sessions until the watermark passes their end${by}; gap ${formatDuration(gap)}`
    },
    signature: (node, fieldText) => ({
      verb: 'session',
      ...groupingSignature(node, fieldText),
      gap: formatDuration(node.gap),
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
  borderFraction: () => FRACTION,
  finalHint: (node) => `leave ${correctingFlags(node)} out of ${node.id}, so that each session gives one final row`,
}
