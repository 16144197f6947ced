import { type SortOrder, sortOrder } from '../data/row-order.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import { canonicalText, type FieldText } from '../expressions/canonical-text.ts'
import type { OrderItem } from '../expressions/expression.ts'
import type { BuildContext } from './build-context.ts'
import type { PlanNode } from './nodes.ts'
import { written } from './wording.ts'

/** One key of an ORDER BY over the rows of a node. */
export interface OrderKey extends SortOrder {
  readonly expression: BoundExpression
}

/** `descending`: the direction where none is said. */
export function bindOrder(
  context: BuildContext,
  input: PlanNode,
  items: readonly OrderItem[],
  descending: boolean,
): readonly OrderKey[] {
  return items.map(({ expression, direction, nulls }) => ({
    expression: context.bind(expression, input),
    ...sortOrder(direction === null ? descending : direction === 'desc', nulls),
  }))
}

const isDefault = ({ descending, nullsFirst }: OrderKey) => nullsFirst === !descending
const direction = (key: OrderKey): string =>
  `${key.descending ? ' DESC' : ''}${isDefault(key) ? '' : ` NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`}`

/** `amount DESC, name`, as the user wrote the expressions. */
export const orderText = (keys: readonly OrderKey[]): string =>
  keys.map((key) => `${written(key.expression.span)}${direction(key)}`).join(', ')

export const orderSignature = (keys: readonly OrderKey[], fieldText: FieldText): readonly string[] =>
  keys.map((key) => `${canonicalText(key.expression, fieldText)}${direction(key)}`)
