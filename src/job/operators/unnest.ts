import type { Field } from '../../expressions/bound.ts'
import type { Operator } from '../../operators/operator.ts'
import { Unnest, type UnnestPart } from '../../operators/unnest.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function unnestOperator(node: NodeOf<'unnest'>, wiring: Wiring): Operator {
  const { input, nested, key, element, ordinality, outer } = node
  const parts = new Map<Field | undefined, UnnestPart>([
    [key?.field, 'key'],
    [element.field, 'element'],
    [ordinality?.field, 'ordinality'],
  ])
  const fields = wiring.fields(node)
  return new Unnest({
    nested: wiring.reader([nested], input),
    isMap: key !== null,
    isOuter: outer,
    forwarded: fields.filter((field) => !parts.has(field)).map(wiring.slotsIn(input)),
    made: fields.flatMap((field) => parts.get(field) ?? []),
    context: wiring.context,
  })
}
