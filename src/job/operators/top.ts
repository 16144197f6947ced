import type { Operator } from '../../operators/operator.ts'
import { Top } from '../../operators/top.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import type { Wiring } from './wiring.ts'

export function topOperator(node: NodeOf<'top'>, wiring: Wiring): Operator {
  const { input, most, keys, orders, window, emit, stateTtl, schema } = node
  const slotOf = wiring.slotsIn(input)
  const fields = wiring.fields(node)
  const rank = node.rank && fields.includes(node.rank.field) ? node.rank.field : null
  const expressions = orders.map(({ expression }) => expression)
  const slots = fields.filter((field) => field !== rank)
  return new Top({
    most,
    keys: wiring.reader(keys, input),
    keyTypes: keys.map(({ type }) => type),
    orders: orders.map(({ descending, nullsFirst }) => ({ descending, nullsFirst })),
    orderReader: wiring.reader(expressions, input),
    window: window && [slotOf(window.start), slotOf(window.end)],
    emit,
    stateTtl: window === null ? stateTtl : null,
    retractable: input.schema.changelog === 'retract',
    forwarded: slots.map(slotOf),
    slots: [
      ...slots.map(({ name, type }) => ({ name, type })),
      ...expressions.map(({ type, span }) => ({ name: written(span), type })),
    ],
    rank: rank && { name: rank.name, type: rank.type },
    keepsRaw: schema.rest !== null,
    context: wiring.context,
  })
}
