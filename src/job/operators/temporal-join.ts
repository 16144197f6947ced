import type { Operator } from '../../operators/operator.ts'
import { TemporalJoin } from '../../operators/temporal-join.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { joinOptions } from './joining.ts'
import type { Wiring } from './wiring.ts'

export const temporalJoinOperator = (node: NodeOf<'temporal-join'>, wiring: Wiring): Operator =>
  new TemporalJoin(joinOptions(node, wiring))
