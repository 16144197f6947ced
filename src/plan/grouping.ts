import type { Field } from '../expressions/bound.ts'
import { canonicalAggregate, canonicalText, type FieldText } from '../expressions/canonical-text.ts'
import type { SelectItem } from '../expressions/expression.ts'
import type { BuildContext } from './build-context.ts'
import type { Demand } from './demand.ts'
import type { Signature } from './node-kind.ts'
import type { AggregateColumn, ComputedColumn, NodeBase, PlanNode } from './nodes.ts'
import { type Changelog, type NamedColumn, newField, pathText, type Schema } from './schema.ts'
import { noStar, outputPaths } from './select-items.ts'
import { written } from './wording.ts'

/** Keys and aggregates of a grouping step as parsed. */
export interface Grouping {
  readonly keys: readonly SelectItem[]
  readonly aggregates: readonly SelectItem[]
}

/** What nodes share that count per key. */
export interface GroupingNode extends NodeBase {
  readonly input: PlanNode
  readonly keys: readonly ComputedColumn[]
  readonly aggregates: readonly AggregateColumn[]
}

/** What a grouping step's rows are, besides keys and results; `made`: the columns in front that the step makes by itself. */
export interface GroupingTraits {
  readonly made: readonly NamedColumn[]
  readonly hasTime: boolean
  readonly changelog: Changelog
}

/** A grouping with its names and types; `results` are the columns of its aggregates, over the aggregates' fields. */
export interface BuiltGrouping extends Pick<GroupingNode, 'keys' | 'aggregates' | 'schema'> {
  readonly results: readonly ComputedColumn[]
}

export function buildGrouping(
  context: BuildContext,
  input: PlanNode,
  options: Grouping,
  { made, ...traits }: GroupingTraits,
): BuiltGrouping {
  const items = [...options.keys, ...options.aggregates].map(noStar)
  const paths = outputPaths(items, made)
  const keys = options.keys.map((item) => context.column(noStar(item), paths.get(item)!, input))
  const aggregates: AggregateColumn[] = []
  const results: ComputedColumn[] = []
  for (const item of options.aggregates.map(noStar)) {
    const bound = context.bindAggregate(item.expression, input)
    bound.aggregates.forEach((aggregate, i) => {
      aggregates.push({ field: bound.fields[i]!, aggregate })
    })
    const path = paths.get(item)!
    const field = bound.result.kind === 'field' ? bound.result.field : newField(pathText(path), bound.result.type)
    results.push({ column: { path, field, fraction: 3 }, expression: bound.result })
  }
  const columns = [...made, ...keys.map(({ column }) => column), ...results.map(({ column }) => column)]
  const schema: Schema = { columns, rest: null, ...traits }
  return { keys, aggregates, results, schema }
}

/** Results that are more than one aggregate (`sum(a) / count(*)`) are computed by a projection behind the grouping. */
export function withResults(context: BuildContext, node: PlanNode, { results }: BuiltGrouping): PlanNode {
  const computed = results.filter(({ expression }) => expression.kind !== 'field')
  if (computed.length === 0) return node
  return { kind: 'project', id: context.id(`${node.id}-result`), input: node, columns: computed, schema: node.schema }
}

/** The columns that every windowed step has in front: `window_start` and `window_end`. */
export function windowBorders(fraction: 0 | 3): readonly [start: NamedColumn, end: NamedColumn] {
  const column = (name: string): NamedColumn => ({ path: [name], field: newField(name, 'timestamp'), fraction })
  return [column('window_start'), column('window_end')]
}

/** Keys and aggregates, in slot order. */
export const groupingFields = ({ keys, aggregates }: GroupingNode): readonly Field[] => [
  ...keys.map(({ column }) => column.field),
  ...aggregates.map(({ field }) => field),
]

export function groupingDemand({ input, keys, aggregates }: GroupingNode, demand: Demand): void {
  for (const { expression } of keys) demand.expression(input, expression, 'key')
  for (const { aggregate } of aggregates) {
    for (const argument of aggregate.args) demand.expression(input, argument, aggregate.distinct ? 'key' : 'compute')
    if (aggregate.filter) demand.expression(input, aggregate.filter, 'compute')
  }
}

/** ` by k: count(*)` */
export function groupingText({ keys, aggregates }: GroupingNode): string {
  const by = keys.length > 0 ? ` by ${keys.map(({ expression }) => written(expression.span)).join(', ')}` : ''
  return `${by}: ${aggregates.map(({ aggregate }) => written(aggregate.span)).join(', ')}`
}

export const groupingSignature = ({ keys, aggregates }: GroupingNode, fieldText: FieldText): Signature => ({
  keys: keys.map(({ expression }) => canonicalText(expression, fieldText)),
  aggregates: aggregates.map(({ aggregate }) => canonicalAggregate(aggregate, fieldText)),
})

export function* groupingFieldTexts(
  { id, keys, aggregates }: GroupingNode,
  fieldText: FieldText,
): Generator<readonly [Field, string]> {
  for (const { column, expression } of keys) yield [column.field, canonicalText(expression, fieldText)]
  for (const { field, aggregate } of aggregates) yield [field, `${id}.${canonicalAggregate(aggregate, fieldText)}`]
}
