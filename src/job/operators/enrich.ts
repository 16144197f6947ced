import type { Field } from '../../expressions/bound.ts'
import { Enrich, type EnrichColumn } from '../../operators/enrich.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import type { Wiring } from './wiring.ts'

export function enrichOperator(node: NodeOf<'enrich'>, wiring: Wiring): Enrich {
  const [input] = node.inputs
  const slotOf = wiring.slotsIn(input)
  const fields = wiring.fields(node)
  const wanted = wantedOf(node, fields)
  const columns = fields.map((field): EnrichColumn => {
    if (field === node.row) return { kind: 'text' }
    const member = node.fields.get(field)
    return member ? { kind: 'table', index: wanted.indexOf(member) } : { kind: 'input', slot: slotOf(field) }
  })
  return new Enrich({ keys: wiring.reader(node.leftKeys, input), join: node.join, columns, context: wiring.context })
}

/** The columns of the table that `fields` of the result come from, each once. */
export const wantedOf = (node: NodeOf<'enrich'>, fields: readonly Field[]): readonly Field[] => [
  ...new Set(fields.flatMap((field) => node.fields.get(field) ?? [])),
]
