import type { Encoding } from '../data/column.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { childrenOf } from '../expressions/children.ts'
import { isMember, type MemberField, type NodeOf, type PlanNode, topologicalOrder, visit } from './nodes.ts'
import { columnFields } from './schema.ts'

/**
 * What a field is used for, which decides how the scanner keeps it: `key` and `compare` want interned ids, `compute` wants the text
 * itself, and for all the rest a span into the line is enough.
 */
type Use = 'key' | 'compare' | 'compute' | 'unique-key' | 'print' | 'time'

/** The columns of every edge: which fields flow, and in which slot. Projection push-down is a part of it: nobody asks, nobody scans. */
export interface Layout {
  /** Fields of the node's output rows, in slot order. */
  readonly slots: ReadonlyMap<PlanNode, readonly Field[]>
  readonly encodings: ReadonlyMap<MemberField, Encoding>
}

/** `needsWholeInput`: does the step route whole rows elsewhere (late rows to a file)? */
export function layOut(root: PlanNode, needsWholeInput: (node: PlanNode) => boolean): Layout {
  const demand = new Demand(needsWholeInput)
  for (const field of columnFields(root.schema)) demand.add(root, field, 'print')
  const order = topologicalOrder(root)
  for (const node of [...order].reverse()) demand.passOn(node)
  const slots = new Map<PlanNode, readonly Field[]>()
  for (const node of order) slots.set(node, slotsOf(node, demand.of(node), slots))
  return { slots, encodings: demand.encodings() }
}

/** Row-preserving steps keep their input's slots; the others have just the fields that somebody wants, in a fixed order. */
function slotsOf(
  node: PlanNode,
  wanted: ReadonlySet<Field>,
  slots: ReadonlyMap<PlanNode, readonly Field[]>,
): readonly Field[] {
  const likeInput = ({ input }: NodeOf<'filter'> | NodeOf<'deduplicate'>) => slots.get(input)!
  return visit<readonly Field[]>(node, {
    scan: () => [...wanted],
    filter: likeInput,
    deduplicate: likeInput,
    project: ({ columns }) => {
      const own = columns.map(({ column }) => column.field)
      return [...own.filter((field) => wanted.has(field)), ...[...wanted].filter((field) => !own.includes(field))]
    },
    union: () => [...wanted],
    'window-aggregate': (window) => [
      window.start,
      window.end,
      ...window.keys.map(({ column }) => column.field),
      ...window.aggregates.map(({ field }) => field),
    ],
    'group-aggregate': (group) => [
      ...group.keys.map(({ column }) => column.field),
      ...group.aggregates.map(({ field }) => field),
    ],
  })
}

class Demand {
  readonly #wanted = new Map<PlanNode, Set<Field>>()
  readonly #uses = new Map<Field, Set<Use>>()
  readonly #needsWholeInput: (node: PlanNode) => boolean

  constructor(needsWholeInput: (node: PlanNode) => boolean) {
    this.#needsWholeInput = needsWholeInput
  }

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

  /** Asks the inputs of a node for what it needs to make what its consumers want. Consumers have all asked before. */
  passOn(node: PlanNode): void {
    const wanted = this.of(node)
    visit<void>(node, {
      scan: ({ source }) => {
        if (source.time?.kind === 'field') this.add(node, source.time.field, 'time')
      },
      filter: ({ input, where }) => {
        this.#forward(input, wanted)
        this.#expression(input, where, 'compute')
      },
      project: ({ input, columns }) => {
        const own = new Map(columns.map(({ column, expression }) => [column.field, expression]))
        for (const field of wanted) {
          const expression = own.get(field)
          if (expression === undefined) this.#forward(input, [field])
          else if (expression.kind === 'field') this.#alias(input, field, expression.field)
          else this.#expression(input, expression, 'compute')
        }
      },
      union: ({ inputs, fields }) => {
        for (const field of wanted) {
          const sources = fields.get(field)
          for (const [port, input] of inputs.entries()) this.#alias(input, field, sources?.[port] ?? field)
        }
      },
      deduplicate: ({ input, keys }) => {
        this.#forward(input, wanted)
        for (const key of keys) this.#expression(input, key, 'unique-key')
      },
      'window-aggregate': (window) => this.#grouping(window),
      'group-aggregate': (group) => this.#grouping(group),
    })
    if (node.kind !== 'scan' && node.kind !== 'union' && this.#needsWholeInput(node)) {
      for (const field of columnFields(node.input.schema)) this.add(node.input, field, 'print')
    }
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

  #grouping({ input, keys, aggregates }: NodeOf<'window-aggregate'> | NodeOf<'group-aggregate'>): void {
    for (const { expression } of keys) this.#expression(input, expression, 'key')
    for (const { aggregate } of aggregates) {
      for (const argument of aggregate.args) this.#expression(input, argument, aggregate.distinct ? 'key' : 'compute')
      if (aggregate.filter) this.#expression(input, aggregate.filter, 'compute')
    }
  }

  #forward(input: PlanNode, fields: Iterable<Field>): void {
    for (const field of fields) this.add(input, field, 'print')
  }

  /** The consumer's name for an input's field: what the one is used for, the other is. */
  #alias(input: PlanNode, field: Field, source: Field): void {
    for (const use of this.#uses.get(field) ?? []) this.add(input, source, use)
  }

  #expression(input: PlanNode, expression: BoundExpression, use: Use): void {
    for (const [field, fieldUse] of fieldUses(expression, use)) this.add(input, field, fieldUse)
  }
}

/** The fields of an expression and what each is used for; a field that is the whole expression is used for `use`. */
export function* fieldUses(expression: BoundExpression, use: Use): Generator<readonly [Field, Use]> {
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
