import type { BoundExpression } from '../../expressions/bound.ts'
import { canonicalText } from '../../expressions/canonical-text.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import { formatDuration } from '../../time/duration.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { noStar } from '../select-items.ts'
import { sourceTimes } from '../source-times.ts'
import { written } from '../wording.ts'

export interface DeduplicateNode extends NodeBase {
  readonly kind: 'deduplicate'
  readonly input: PlanNode
  readonly keys: readonly BoundExpression[]
  /** ms; null: for ever. */
  readonly within: number | null
  readonly keep: 'first' | 'last'
  readonly allowedLateness: number
  /** ms; null: keys are never forgotten, or `within` says when. */
  readonly stateTtl: number | null
}

/** Lengths in ms, as in the node; the keys as parsed. */
export interface DeduplicateOptions extends Pick<DeduplicateNode, 'within' | 'keep' | 'allowedLateness' | 'stateTtl'> {
  readonly keys: readonly SelectItem[]
}

export function buildDeduplicate(
  context: BuildContext,
  input: PlanNode,
  options: DeduplicateOptions,
  step: StepLabel,
): DeduplicateNode {
  const { within, keep, allowedLateness, stateTtl } = options
  context.requireAppend(input, step)
  if (within !== null || stateTtl !== null) context.requireTime(input, step)
  const keys = options.keys.map((item) => context.bind(noStar(item).expression, input))
  const id = context.stepId(step)
  return { kind: 'deduplicate', id, input, keys, within, keep, allowedLateness, stateTtl, schema: input.schema }
}

export const deduplicate: NodeKind<DeduplicateNode> = {
  slots: ({ input }, _, slotsOf) => slotsOf(input),
  demand: (node, demand) => {
    demand.forward(node.input, demand.of(node))
    for (const key of node.keys) demand.expression(node.input, key, 'unique-key')
  },
  describe: ({ id, keys, within, keep }) => {
    const by = keys.map((key) => written(key.span)).join(', ') || 'nothing'
    return `${id} by ${by}${within === null ? '' : ` within ${formatDuration(within)}`}, keep ${keep}`
  },
  state: {
    describe: ({ within, allowedLateness, stateTtl }) => {
      if (within !== null) return `keys for ${formatDuration(within + allowedLateness)} of event time`
      if (stateTtl === null) return 'every key, for ever'
      return `every key until ${formatDuration(stateTtl)} of event time after the row that was kept`
    },
    signature: (node, fieldText) => ({
      verb: 'dedup',
      keys: node.keys.map((key) => canonicalText(key, fieldText)),
      within: node.within === null ? 'none' : formatDuration(node.within),
      keep: node.keep,
      'time fields': node.within === null ? [] : sourceTimes(node),
    }),
    isUnbounded: ({ within, stateTtl }) => within === null && stateTtl === null,
    bound: '--within 1h or --state-ttl 1h forgets a key after an hour of event time',
  },
  judgesLateness: ({ within }) => within !== null,
}
