import { Normalize } from '../../operators/normalize.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function normalizeOperator(node: NodeOf<'normalize'>, wiring: Wiring): Operator {
  const { input, keys, schema } = node
  return new Normalize({
    keys: wiring.reader(keys, input),
    keyParts: keys.length,
    forwarded: wiring.fields(node).map(wiring.slotsIn(input)),
    slots: wiring.slots(node),
    keepsRaw: schema.rest !== null,
    context: wiring.context,
  })
}
