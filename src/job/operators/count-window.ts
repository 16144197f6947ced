import { CountWindow } from '../../operators/count-window.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import type { Wiring } from './wiring.ts'

export function countWindowOperator(node: NodeOf<'count-window'>, wiring: Wiring): Operator {
  const { input, keys, aggregates, size, slide, stateTtl } = node
  const read = aggregates.flatMap(({ aggregate: { fn, args, filter } }) => [
    ...args.slice(0, fn.arity),
    ...(filter ? [filter] : []),
  ])
  return new CountWindow({
    size,
    slide,
    stateTtl,
    keys: wiring.keys(keys, input),
    aggregates: wiring.aggregateInputs(aggregates, input, slide !== null),
    argumentSlots: read.map(({ type, span }) => ({ name: written(span), type })),
    context: wiring.context,
    slots: wiring.slots(node),
  })
}
