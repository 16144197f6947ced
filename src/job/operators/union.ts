import type { Operator } from '../../operators/operator.ts'
import { Union } from '../../operators/union.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function unionOperator(node: NodeOf<'union'>, wiring: Wiring): Operator {
  const slots = node.inputs.map((input, port) => {
    const slotOf = wiring.slotsIn(input)
    return wiring.fields(node).map((field) => slotOf(node.fields.get(field)?.[port] ?? field))
  })
  return new Union({ slots, context: wiring.context })
}
