import type { Operator } from '../../operators/operator.ts'
import { Sort } from '../../operators/sort.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import type { Wiring } from './wiring.ts'

export function sortOperator(node: NodeOf<'sort'>, wiring: Wiring): Operator {
  const { input, keys, ties, schema } = node
  const expressions = keys.map(({ expression }) => expression)
  return new Sort({
    keys: keys.map(({ descending, nullsFirst }) => ({ descending, nullsFirst })),
    keyReader: keys.length > 0 ? wiring.reader(expressions, input) : null,
    ties,
    forwarded: wiring.fields(node).map(wiring.slotsIn(input)),
    slots: [...wiring.slots(node), ...expressions.map(({ type, span }) => ({ name: written(span), type }))],
    keepsRaw: schema.rest !== null,
    context: wiring.context,
  })
}
