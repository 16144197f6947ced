import { canonicalText } from '../../expressions/canonical-text.ts'
import type { NodeKind } from '../node-kind.ts'
import type { ComputedColumn, NodeBase, PlanNode } from '../nodes.ts'
import { columnsOf } from '../wording.ts'

export interface ProjectNode extends NodeBase {
  readonly kind: 'project'
  readonly input: PlanNode
  readonly columns: readonly ComputedColumn[]
}

export const project: NodeKind<ProjectNode> = {
  slots: ({ columns }, wanted) => {
    const own = columns.map(({ column }) => column.field)
    return [...own.filter((field) => wanted.has(field)), ...[...wanted].filter((field) => !own.includes(field))]
  },
  demand: (node, demand) => {
    const own = new Map(node.columns.map(({ column, expression }) => [column.field, expression]))
    for (const field of demand.of(node)) {
      const expression = own.get(field)
      if (expression === undefined) demand.forward(node.input, [field])
      else if (expression.kind === 'field') demand.alias(node.input, field, expression.field)
      else demand.expression(node.input, expression, 'compute')
    }
  },
  describe: ({ id, schema }) => `${id} ${columnsOf(schema).join(', ')}`,
  state: null,
  judgesLateness: () => false,
  fieldTexts: function* ({ columns }, fieldText) {
    for (const { column, expression } of columns) yield [column.field, canonicalText(expression, fieldText)]
  },
}
