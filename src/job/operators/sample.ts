import type { BoundExpression } from '../../expressions/bound.ts'
import type { Operator } from '../../operators/operator.ts'
import { Sample } from '../../operators/sample.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

const NOWHERE = { source: 'sample', text: '', start: 0, end: 0 }

export function sampleOperator({ input, share, keys }: NodeOf<'sample'>, wiring: Wiring): Operator {
  const { columns, rest } = input.schema
  const whole = columns.map(({ field }): BoundExpression => ({ kind: 'field', field, type: field.type, span: NOWHERE }))
  return new Sample({
    share,
    keys: wiring.reader(keys ?? whole, input),
    hashesLine: keys === null && rest !== null,
    context: wiring.context,
  })
}
