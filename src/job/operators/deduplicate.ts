import { deduplicate } from '../../operators/deduplicate.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function deduplicateOperator(node: NodeOf<'deduplicate'>, wiring: Wiring): Operator {
  const { input, keys, within, keep, allowedLateness, stateTtl, schema } = node
  return deduplicate(keep, {
    keys: wiring.reader(keys, input),
    keyParts: keys.length,
    within,
    allowedLateness,
    stateTtl,
    context: wiring.context,
    slots: wiring.slots(node),
    keepsRaw: schema.rest !== null,
  })
}
