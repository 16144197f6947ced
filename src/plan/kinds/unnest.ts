import { TidemarkError } from '../../base/errors.ts'
import type { BoundExpression, Field } from '../../expressions/bound.ts'
import { canonicalText } from '../../expressions/canonical-text.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { type NamedColumn, newField, pathText, withColumns } from '../schema.ts'
import { type ExpressionItem, noStar, outputPaths } from '../select-items.ts'
import { written } from '../wording.ts'

export interface UnnestNode extends NodeBase {
  readonly kind: 'unnest'
  readonly input: PlanNode
  /** An array, or an object where there is a column for the names of its members. */
  readonly nested: BoundExpression
  readonly key: NamedColumn | null
  readonly element: NamedColumn
  readonly ordinality: NamedColumn | null
  /** Do rows without elements go on? */
  readonly outer: boolean
}

/** A name that the user gives to a column. */
export type ColumnName = NonNullable<ExpressionItem['alias']>

export interface UnnestOptions extends Pick<UnnestNode, 'outer'> {
  /** The array; its name is the element's. */
  readonly nested: SelectItem
  readonly key: ColumnName | null
  readonly ordinality: ColumnName | null
}

/** Throws E_TYPE for what cannot be an array, E_NAME for names that are given twice. */
export function buildUnnest(
  context: BuildContext,
  input: PlanNode,
  options: UnnestOptions,
  step: StepLabel,
): UnnestNode {
  const item = noStar(options.nested)
  const nested = context.bind(item.expression, input)
  if (nested.type !== 'any') throw noArray(nested, options.key !== null)
  const named = (name: ColumnName | null): ExpressionItem[] => (name ? [{ ...item, alias: name }] : [])
  const keys = named(options.key)
  const ordinalities = named(options.ordinality)
  const paths = outputPaths([...keys, item, ...ordinalities])
  const columns = (items: readonly ExpressionItem[], type: Field['type']) =>
    items.map((one): NamedColumn => {
      const path = paths.get(one)!
      return { path, field: newField(pathText(path), type), fraction: 3 }
    })
  const [key = null] = columns(keys, 'string')
  const [element] = columns([item], 'any')
  const [ordinality = null] = columns(ordinalities, 'number')
  const made = { key, element: element!, ordinality }
  const schema = withColumns(input.schema, columnsOf(made))
  return { kind: 'unnest', id: context.stepId(step), input, nested, ...made, outer: options.outer, schema }
}

function noArray(nested: BoundExpression, isMap: boolean): TidemarkError {
  const text = written(nested.span)
  return new TidemarkError(
    'E_TYPE',
    `unnest needs an ${isMap ? 'object' : 'array'}, and ${text} is a ${nested.type}`,
    nested.type === 'string' && !isMap
      ? { span: nested.span, hint: `split(${text}, ' ') makes an array of a text` }
      : { span: nested.span },
  )
}

type Made = Pick<UnnestNode, 'key' | 'element' | 'ordinality'>

/** The columns that the step makes, in the order in which they print. */
const columnsOf = ({ key, element, ordinality }: Made): readonly NamedColumn[] => [
  ...(key ? [key] : []),
  element,
  ...(ordinality ? [ordinality] : []),
]

const fieldsOf = (node: UnnestNode): readonly Field[] => columnsOf(node).map(({ field }) => field)

export const unnest: NodeKind<UnnestNode> = {
  slots: (node, wanted) => {
    const own = fieldsOf(node)
    return [...[...wanted].filter((field) => !own.includes(field)), ...own.filter((field) => wanted.has(field))]
  },
  demand: (node, demand) => {
    const own = fieldsOf(node)
    demand.forward(
      node.input,
      [...demand.of(node)].filter((field) => !own.includes(field)),
    )
    demand.expression(node.input, node.nested, 'compute')
  },
  describe: (node) => {
    const names = columnsOf(node).map(({ path }) => pathText(path))
    return `${node.id} ${written(node.nested.span)} as ${names.join(', ')}${node.outer ? ', outer' : ''}`
  },
  state: null,
  judgesLateness: () => false,
  fieldTexts: function* (node, fieldText) {
    const of = canonicalText(node.nested, fieldText)
    yield [node.element.field, `unnest(${of})`]
    if (node.key) yield [node.key.field, `unnest_key(${of})`]
    if (node.ordinality) yield [node.ordinality.field, `unnest_ordinality(${of})`]
  },
}
