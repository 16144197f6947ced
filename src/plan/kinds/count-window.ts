import { formatDuration } from '../../time/duration.ts'
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

export interface CountWindowNode extends GroupingNode {
  readonly kind: 'count-window'
  /** Rows of a window. */
  readonly size: number
  /** Rows between two results of a key; null: windows do not overlap. */
  readonly slide: number | null
  /** ms; null: keys are never forgotten. */
  readonly stateTtl: number | null
}

export type CountWindowOptions = Grouping & Pick<CountWindowNode, 'size' | 'slide' | 'stateTtl'>

export function buildCountWindow(
  context: BuildContext,
  input: PlanNode,
  options: CountWindowOptions,
  step: StepLabel,
): PlanNode {
  context.requireAppend(input, step)
  const { size, stateTtl } = options
  if (stateTtl !== null) context.requireTime(input, step)
  const slide = options.slide === size ? null : options.slide
  const { hasTime } = input.schema
  const group = buildGrouping(context, input, options, { made: [], hasTime, changelog: 'append' })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  return withResults(
    context,
    { kind: 'count-window', id, input, keys, aggregates, size, slide, stateTtl, schema },
    group,
  )
}

const rows = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`

export const countWindow: NodeKind<CountWindowNode> = {
  slots: groupingFields,
  demand: groupingDemand,
  describe: (node) => {
    const every = node.slide === null ? '' : ` every ${node.slide}`
    return `${node.id} ${rows(node.size)}${every}${groupingText(node)}`
  },
  state: {
    describe: ({ size, slide, keys, stateTtl }) => {
      const each = keys.length > 0 ? ' of each key' : ''
      const until = stateTtl === null ? null : `until ${formatDuration(stateTtl)} of event time after its last row`
      if (slide === null) return `a window${each} until it has ${rows(size)}${until ? `, or ${until}` : ''}`
      return `the last ${rows(size)}${each}, ${until ?? 'for ever'}`
    },
    signature: (node, fieldText) => ({
      verb: 'count-window',
      ...groupingSignature(node, fieldText),
      size: `${node.size}`,
      slide: node.slide === null ? 'none' : `${node.slide}`,
    }),
    isUnbounded: ({ keys, stateTtl }) => keys.length > 0 && stateTtl === null,
  },
  judgesLateness: () => false,
  fieldTexts: groupingFieldTexts,
}
