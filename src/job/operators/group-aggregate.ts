import { groupAggregate } from '../../operators/group-aggregate.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function groupAggregateOperator(node: NodeOf<'group-aggregate'>, wiring: Wiring): Operator {
  const { input, keys, aggregates, emit, stateTtl } = node
  return groupAggregate({
    keys: wiring.keys(keys, input),
    aggregates: wiring.aggregates(aggregates, input),
    emit,
    stateTtl,
    retractable: input.schema.changelog === 'retract',
    context: wiring.context,
    slots: wiring.slots(node),
  })
}
