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
}

export type CountWindowOptions = Grouping & Pick<CountWindowNode, 'size' | 'slide'>

export function buildCountWindow(
  context: BuildContext,
  input: PlanNode,
  options: CountWindowOptions,
  step: StepLabel,
): PlanNode {
  context.requireAppend(input, step)
  const { size } = options
  const slide = options.slide === size ? null : options.slide
  const { hasTime } = input.schema
  const group = buildGrouping(context, input, options, { made: [], hasTime, changelog: 'append' })
  const { keys, aggregates, schema } = group
  const id = context.stepId(step)
  return withResults(context, { kind: 'count-window', id, input, keys, aggregates, size, slide, schema }, group)
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
    describe: ({ size, slide, keys }) => {
      const each = keys.length > 0 ? ' of each key' : ''
      return slide === null ? `a window${each} until it has ${rows(size)}` : `the last ${rows(size)}${each}, for ever`
    },
    signature: (node, fieldText) => ({
      verb: 'count-window',
      ...groupingSignature(node, fieldText),
      size: `${node.size}`,
      slide: node.slide === null ? 'none' : `${node.slide}`,
    }),
    isUnbounded: ({ keys }) => keys.length > 0,
  },
  judgesLateness: () => false,
  fieldTexts: groupingFieldTexts,
}
