import { compileExpression } from '../../expressions/compile.ts'
import { Filter } from '../../operators/filter.ts'
import type { Operator } from '../../operators/operator.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export const filterOperator = ({ input, where }: NodeOf<'filter'>, wiring: Wiring): Operator =>
  new Filter({ where: compileExpression(where, { slotOf: wiring.slotsIn(input) }), context: wiring.context })
