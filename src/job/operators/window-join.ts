import type { Field } from '../../expressions/bound.ts'
import type { JoinColumn } from '../../operators/join-writer.ts'
import type { Operator } from '../../operators/operator.ts'
import { WindowJoin } from '../../operators/window-join.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { joinOptions } from './joining.ts'
import type { Wiring } from './wiring.ts'

export function windowJoinOperator(node: NodeOf<'window-join'>, wiring: Wiring): Operator {
  const made = new Map<Field, JoinColumn>([
    [node.start, { kind: 'window-start' }],
    [node.end, { kind: 'window-end' }],
  ])
  return new WindowJoin({ ...joinOptions(node, wiring, made), windows: node.assigner })
}
