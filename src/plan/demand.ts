import type { Encoding } from '../data/column.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { childrenOf } from '../expressions/children.ts'
import { isMember, type MemberField, type PlanNode } from './nodes.ts'

/**
 * What a field is used for, which decides how the scanner keeps it: `key` and `compare` want interned ids, `compute` wants the text
 * itself, and for all the rest a span into the line is enough.
 */
export type Use = 'key' | 'compare' | 'compute' | 'unique-key' | 'print' | 'time'

/** Which fields are wanted of the rows of each node, and what for. Consumers ask their inputs, from the root down. */
export class Demand {
  readonly #wanted = new Map<PlanNode, Set<Field>>()
  readonly #uses = new Map<Field, Set<Use>>()

  /** What the consumers of a node want of its rows, in the order in which they asked. */
  of(node: PlanNode): ReadonlySet<Field> {
    return this.#wanted.get(node) ?? new Set()
  }

  add(node: PlanNode, field: Field, use: Use): void {
    const wanted = this.#wanted.get(node)
    if (wanted) wanted.add(field)
    else this.#wanted.set(node, new Set([field]))
    const uses = this.#uses.get(field)
    if (uses) uses.add(use)
    else this.#uses.set(field, new Set([use]))
  }

  /** The fields pass through as they are. */
  forward(input: PlanNode, fields: Iterable<Field>): void {
    for (const field of fields) this.add(input, field, 'print')
  }

  /** The consumer's name for an input's field: what the one is used for, the other is. */
  alias(input: PlanNode, field: Field, source: Field): void {
    for (const use of this.#uses.get(field) ?? []) this.add(input, source, use)
  }

  /** The fields of an expression over the input's rows; `use`: what the whole of it is used for. */
  expression(input: PlanNode, expression: BoundExpression, use: Use): void {
    for (const [field, fieldUse] of fieldUses(expression, use)) this.add(input, field, fieldUse)
  }

  encodings(): Map<MemberField, Encoding> {
    const encodings = new Map<MemberField, Encoding>()
    for (const [field, uses] of this.#uses) {
      if (!isMember(field)) continue
      const isInterned = uses.has('key') || uses.has('compare')
      encodings.set(field, isInterned ? 'interned' : uses.has('compute') ? 'plain' : 'span')
    }
    return encodings
  }
}

/** The fields of an expression and what each is used for; a field that is the whole expression is used for `use`. */
function* fieldUses(expression: BoundExpression, use: Use): Generator<readonly [Field, Use]> {
  switch (expression.kind) {
    case 'constant':
    case 'event-time':
      return
    case 'field':
      yield [expression.field, use]
      return
    case 'binary':
      yield* fieldUses(expression.left, comparedUse(expression, expression.right))
      yield* fieldUses(expression.right, comparedUse(expression, expression.left))
      return
    case 'in':
      yield* fieldUses(
        expression.operand,
        expression.list.every((item) => item.kind === 'constant') ? 'compare' : 'compute',
      )
      for (const item of expression.list) yield* fieldUses(item, 'compute')
      return
    case 'is':
      yield* fieldUses(expression.operand, 'print')
      return
    default:
      for (const child of childrenOf(expression)) yield* fieldUses(child, 'compute')
  }
}

const comparedUse = (expression: BoundExpression & { kind: 'binary' }, other: BoundExpression): Use =>
  (expression.operator === '=' || expression.operator === '<>') &&
  other.kind === 'constant' &&
  typeof other.value === 'string'
    ? 'compare'
    : 'compute'
