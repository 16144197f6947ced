import type { Field } from '../expressions/bound.ts'
import { canonicalAggregate, canonicalText, type FieldText } from '../expressions/canonical-text.ts'
import type { Demand } from './demand.ts'
import type { Signature } from './node-kind.ts'
import type { AggregateColumn, ComputedColumn, NodeBase, PlanNode } from './nodes.ts'
import { written } from './wording.ts'

/** What nodes share that count per key. */
export interface GroupingNode extends NodeBase {
  readonly input: PlanNode
  readonly keys: readonly ComputedColumn[]
  readonly aggregates: readonly AggregateColumn[]
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
