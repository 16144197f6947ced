import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { shapeOfExact } from '../data/column-type.ts'
import { typeInWords } from '../expressions/bind-context.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { canonicalText, type FieldText } from '../expressions/canonical-text.ts'
import type { Expression } from '../expressions/expression.ts'
import type { BuildContext } from './build-context.ts'
import type { Demand } from './demand.ts'
import type { Signature } from './node-kind.ts'
import type { NodeBase, PlanNode } from './nodes.ts'
import {
  type Changelog,
  columnFields,
  type FoundField,
  type NamedColumn,
  newField,
  pathText,
  resolveColumn,
  type Schema,
} from './schema.ts'
import { written } from './wording.ts'

export const JOIN_KINDS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const
export type JoinKind = (typeof JOIN_KINDS)[number]

/** A pair of keys as parsed: left = right. */
export interface JoinKey {
  readonly left: Expression
  readonly right: Expression
}

/** The right row's place in the result; `span`: for refusals. */
export interface RowName {
  readonly name: string
  readonly span: Span
}

/** What all joins are given. */
export interface Joining {
  readonly keys: readonly JoinKey[]
  readonly join: JoinKind
  /** null: semi and anti joins give left rows only. */
  readonly as: RowName | null
}

/** What nodes share that join two inputs. */
export interface JoiningNode extends NodeBase {
  readonly inputs: readonly [left: PlanNode, right: PlanNode]
  readonly join: JoinKind
  readonly leftKeys: readonly BoundExpression[]
  readonly rightKeys: readonly BoundExpression[]
  /** The member that holds the right row, and the whole row as its value; null: it is no part of the result. */
  readonly as: string | null
  readonly row: Field | null
  /** What each member of the right row is in the right input. */
  readonly fields: Map<Field, Field>
  /** It gives what this other join leaves over. */
  readonly leftOverOf?: PlanNode
  /** That one runs as well and tells the losses of both: this one tells none. Known when the plan is whole. */
  isBeside?: boolean
}

/** The parts of a joining node but for its kind and id. `made`: columns of its own, behind the right row. */
export function buildJoining(
  context: BuildContext,
  inputs: readonly [PlanNode, PlanNode],
  { keys, join, as }: Joining,
  traits: { readonly made: readonly NamedColumn[]; readonly hasTime: boolean; readonly changelog: Changelog },
): Omit<JoiningNode, 'id'> {
  const [left, right] = inputs
  const leftKeys = keys.map((key) => context.bind(key.left, left))
  const rightKeys = keys.map((key) => context.bind(key.right, right))
  for (const [i, key] of leftKeys.entries()) refuseUnlike(key, rightKeys[i]!)
  const fields = new Map<Field, Field>()
  const row = as && newField(as.name, 'any')
  const members = as && row ? [rowColumn(as, row, { right: right.schema, fields })] : []
  const made = [...members, ...traits.made]
  for (const column of made) refuseTaken(left.schema, column, as)
  const names = made.map(({ path }) => path[0]!)
  const schema: Schema = {
    columns: [...left.schema.columns, ...made],
    rest: left.schema.rest && {
      except: [...new Set([...left.schema.rest.except, ...names])],
      member: left.schema.rest.member,
    },
    hasTime: traits.hasTime,
    changelog: traits.changelog,
  }
  return { inputs, join, leftKeys, rightKeys, as: as?.name ?? null, row, fields, schema }
}

/** Without it, keys of two known types would silently meet nothing. */
function refuseUnlike(left: BoundExpression, right: BoundExpression): void {
  const isNumber = ({ type }: BoundExpression) => type === 'number' || shapeOfExact(type) !== undefined
  const isSame = left.type === right.type || (isNumber(left) && isNumber(right))
  if (isSame || left.type === 'any' || right.type === 'any') return
  throw new TidemarkError('E_TYPE', `${typeInWords(left.type)} never equals ${typeInWords(right.type)}`, {
    span: left.span,
    hint: 'CAST one of them to the type of the other',
  })
}

function refuseTaken(left: Schema, { path: [name] }: NamedColumn, as: RowName | null): void {
  if (!left.columns.some(({ path }) => path[0] === name)) return
  throw new TidemarkError('E_NAME', `the left rows have a column '${name}' already`, {
    ...(as && as.name === name ? { span: as.span } : {}),
    hint: 'give the right row another name with --as, or leave the column out before with select',
  })
}

/** The column that holds the whole right row; a path below it is the right input's own field. */
function rowColumn(
  { name }: RowName,
  row: Field,
  { right, fields }: { readonly right: Schema; readonly fields: Map<Field, Field> },
): NamedColumn {
  const own = new Map<Field, Field>()
  const member = (path: readonly string[]): FoundField | undefined => {
    const found = resolveColumn(right, path)
    if (found === undefined) return undefined
    let field = own.get(found.field)
    if (field === undefined) {
      field = newField(`${name}.${pathText(path.slice(0, path.length - found.rest.length))}`, found.field.type)
      own.set(found.field, field)
      fields.set(field, found.field)
    }
    return { field, rest: found.rest }
  }
  return { path: [name], field: row, fraction: 3, member }
}

/** Fields of a joining node's output: the left input's own, members of the right row, the right row as a whole, and what it makes. */
export const joiningSlots = (_: JoiningNode, wanted: ReadonlySet<Field>): readonly Field[] => [...wanted]

/** `made`: fields that the node makes by itself. */
export function joiningDemand(node: JoiningNode & PlanNode, demand: Demand, made: readonly Field[] = []): void {
  const [left, right] = node.inputs
  for (const field of demand.of(node)) {
    const member = node.fields.get(field)
    if (member) demand.alias(right, field, member)
    else if (field === node.row) demand.forward(right, columnFields(right.schema))
    else if (!made.includes(field)) demand.forward(left, [field])
  }
  for (const key of node.leftKeys) demand.expression(left, key, 'unique-key')
  for (const key of node.rightKeys) demand.expression(right, key, 'unique-key')
}

/** ` left join of orders with payments.ndjson as payment on id = ref` */
export function joiningText({ id, join, inputs, leftKeys, rightKeys, as }: JoiningNode): string {
  const pairs = leftKeys.map((left, i) => `${written(left.span)} = ${written(rightKeys[i]!.span)}`)
  const name = as === null ? '' : ` as ${as}`
  return `${id} ${join} with ${inputs[1].id}${name} on ${pairs.join(' AND ')}`
}

export const joiningSignature = (node: JoiningNode, fieldText: FieldText): Signature => ({
  verb: 'join',
  keys: node.leftKeys.map(
    (left, i) => `${canonicalText(left, fieldText)} = ${canonicalText(node.rightKeys[i]!, fieldText)}`,
  ),
  kind: node.join,
})

export function* joiningFieldTexts(
  { id, row, fields }: JoiningNode,
  fieldText: FieldText,
): Generator<readonly [Field, string]> {
  if (row) yield [row, `${id}.right`]
  for (const [field, member] of fields) yield [field, `${id}.right.${fieldText(member)}`]
}
