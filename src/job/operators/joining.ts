import type { BoundExpression, Field } from '../../expressions/bound.ts'
import type { JoinSide } from '../../operators/join-input.ts'
import type { JoinOptions } from '../../operators/join-operator.ts'
import type { JoinColumn } from '../../operators/join-writer.ts'
import type { JoiningNode } from '../../plan/joining.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import { lineReader, MemberTexts, rowTextOf } from './row-text.ts'
import type { Wiring } from './wiring.ts'

/** What the operators of all joins are made of. `made`: what a field is that the join makes by itself. */
export function joinOptions(
  node: JoiningNode & PlanNode,
  wiring: Wiring,
  made: ReadonlyMap<Field, JoinColumn> = new Map(),
): JoinOptions {
  const [left, right] = node.inputs
  const out = wiring.fields(node)
  const kept = { left: new Kept(left, wiring), right: new Kept(right, wiring) }
  const columns = out.map((field): JoinColumn => {
    if (field === node.row) return { kind: 'right-text' }
    const member = node.fields.get(field)
    return made.get(field) ?? (member ? kept.right.column('right', member) : kept.left.column('left', field))
  })
  const isLine = wiring.layout.lines.has(node)
  const hasLines = node.schema.rest !== null
  const side = (input: PlanNode, keys: readonly BoundExpression[], { columns }: Kept): Omit<JoinSide, 'readText'> => ({
    keys: wiring.reader(keys, input),
    isRetracted: input.schema.changelog === 'retract',
    columns,
  })
  return {
    join: node.join,
    keyParts: node.leftKeys.length,
    left: {
      ...side(left, node.leftKeys, kept.left),
      ...(isLine ? memberTexts(node) : { readText: hasLines ? lineReader() : null }),
    },
    right: {
      ...side(right, node.rightKeys, kept.right),
      readText: node.row && out.includes(node.row) ? rowTextOf(right, wiring) : null,
    },
    leftSlots: kept.left.slots,
    rightSlots: kept.right.slots,
    result: {
      ...{ slots: wiring.slots(node), columns, hasLines, isUpdating: node.schema.changelog === 'retract' },
      ...(isLine ? { line: node.as! } : {}),
    },
    context: wiring.context,
  }
}

function memberTexts({ schema }: JoiningNode): Pick<JoinSide, 'readText' | 'asKept'> {
  const texts = new MemberTexts(schema.rest!.except)
  return { readText: (batch, i, into) => texts.read(batch, i, into), asKept: (text) => texts.change(text) }
}

/** The columns that are kept of the rows of an input, each once. */
class Kept {
  readonly columns: number[] = []
  readonly slots: { readonly name: string; readonly type: Field['type'] }[] = []
  readonly #slotOf: (field: Field) => number

  constructor(input: PlanNode, wiring: Wiring) {
    this.#slotOf = wiring.slotsIn(input)
  }

  column(kind: 'left' | 'right', field: Field): JoinColumn {
    const slot = this.#slotOf(field)
    const known = this.columns.indexOf(slot)
    if (known >= 0) return { kind, index: known }
    this.slots.push({ name: field.name, type: field.type })
    return { kind, index: this.columns.push(slot) - 1 }
  }
}
