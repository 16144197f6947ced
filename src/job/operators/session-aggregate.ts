import type { Operator } from '../../operators/operator.ts'
import { sessionAggregate } from '../../operators/session-aggregate.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function sessionAggregateOperator(node: NodeOf<'session-aggregate'>, wiring: Wiring): Operator {
  const { input, gap, keys, aggregates, allowedLateness, emit } = node
  return sessionAggregate({
    gap,
    keys: wiring.keys(keys, input),
    aggregates: wiring.aggregates(aggregates, input),
    allowedLateness,
    emit,
    retractable: input.schema.changelog === 'retract',
    context: wiring.context,
    slots: wiring.slots(node),
  })
}
