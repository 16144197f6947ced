import {
  type GroupingNode,
  groupingDemand,
  groupingFields,
  groupingFieldTexts,
  groupingSignature,
  groupingText,
} from '../grouping.ts'
import type { NodeKind } from '../node-kind.ts'

export interface GroupAggregateNode extends GroupingNode {
  readonly kind: 'group-aggregate'
  readonly emit: 'final' | 'changes'
}

export const groupAggregate: NodeKind<GroupAggregateNode> = {
  slots: groupingFields,
  demand: groupingDemand,
  describe: (node) => `${node.id}${groupingText(node)}, emit ${node.emit}`,
  state: {
    describe: () => 'every key, for ever',
    signature: (node, fieldText) => ({
      verb: 'aggregate',
      ...groupingSignature(node, fieldText),
      emit: node.emit,
      input: node.input.schema.changelog,
    }),
    isUnbounded: ({ keys }) => keys.length > 0,
  },
  judgesLateness: () => false,
  fieldTexts: groupingFieldTexts,
  finalHint: ({ id }) => `leave --emit changes out of ${id}, so that it gives final rows`,
  timelessHint: 'it counts over the whole input; use a window there',
}
