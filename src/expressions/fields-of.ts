import type { BoundExpression, Field } from './bound.ts'
import { childrenOf } from './children.ts'

/** The fields an expression reads, each once, in the order in which they are first met. */
export function fieldsOf(expression: BoundExpression): ReadonlySet<Field> {
  const fields = new Set<Field>()
  collect(expression, fields)
  return fields
}

function collect(node: BoundExpression, fields: Set<Field>): void {
  if (node.kind === 'field') fields.add(node.field)
  for (const child of childrenOf(node)) collect(child, fields)
}

/** Does the expression read the row's event time? */
export function usesEventTime(node: BoundExpression): boolean {
  return node.kind === 'event-time' || childrenOf(node).some(usesEventTime)
}

/**
 * How an expression uses a field, for the choice of its column's encoding: `compared` only by `=`, `<>`, IN and LIKE with constants and
 * by IS NULL, which work on ids and bytes; or `computed`, where its text is needed.
 */
export type FieldUse = 'compared' | 'computed'

export function usesOf(expression: BoundExpression): ReadonlyMap<Field, FieldUse> {
  const uses = new Map<Field, FieldUse>()
  note(expression, 'computed', uses)
  return uses
}

function note(node: BoundExpression, use: FieldUse, uses: Map<Field, FieldUse>): void {
  if (node.kind === 'field') {
    if (use === 'computed' || !uses.has(node.field)) uses.set(node.field, use)
    return
  }
  const children = childrenOf(node)
  const isCompared = comparedOperand(node, children)
  for (const child of children) note(child, isCompared(child) ? 'compared' : 'computed', uses)
}

/** The operand that a node merely compares with constants. */
function comparedOperand(
  node: BoundExpression,
  children: readonly BoundExpression[],
): (child: BoundExpression) => boolean {
  const variable = children.filter((child) => child.kind !== 'constant')
  const operand = variable.length === 1 ? variable[0]! : undefined
  const compares =
    node.kind === 'is' ||
    node.kind === 'in' ||
    (node.kind === 'like' && operand === node.operand) ||
    (node.kind === 'binary' && (node.operator === '=' || node.operator === '<>' || node.operator.startsWith('IS ')))
  return (child) => compares && child === operand
}
