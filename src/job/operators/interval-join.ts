import { IntervalJoin } from '../../operators/interval-join.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { joinOptions } from './joining.ts'
import type { Wiring } from './wiring.ts'

export function intervalJoinOperator(node: NodeOf<'interval-join'>, wiring: Wiring): Operator {
  const { lower, upper } = node
  return new IntervalJoin({ ...joinOptions(node, wiring), lower, upper })
}
