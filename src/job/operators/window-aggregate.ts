import type { Operator } from '../../operators/operator.ts'
import { windowAggregate } from '../../operators/window-aggregate.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function windowAggregateOperator(node: NodeOf<'window-aggregate'>, wiring: Wiring): Operator {
  const { input, assigner, keys, aggregates, allowedLateness, emit } = node
  return windowAggregate({
    windows: assigner,
    keys: wiring.keys(keys, input),
    aggregates: wiring.aggregates(aggregates, input),
    allowedLateness,
    emit,
    retractable: input.schema.changelog === 'retract',
    context: wiring.context,
    slots: wiring.slots(node),
  })
}
