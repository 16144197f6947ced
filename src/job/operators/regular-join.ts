import type { Operator } from '../../operators/operator.ts'
import { RegularJoin } from '../../operators/regular-join.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { joinOptions } from './joining.ts'
import type { Wiring } from './wiring.ts'

export const regularJoinOperator = (node: NodeOf<'regular-join'>, wiring: Wiring): Operator =>
  new RegularJoin({ ...joinOptions(node, wiring), stateTtl: node.stateTtl })
