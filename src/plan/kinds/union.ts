import { TidemarkError } from '../../base/errors.ts'
import type { ColumnType } from '../../data/column-type.ts'
import type { Field } from '../../expressions/bound.ts'
import { commonExact } from '../../expressions/exact-numbers.ts'
import type { Expression, SelectItem } from '../../expressions/expression.ts'
import { castTypeFor } from '../../expressions/type-name.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { type NamedColumn, newField, pathText, resolveColumn, type Schema } from '../schema.ts'
import { columnsOf } from '../wording.ts'
import { buildProject } from './project.ts'

export interface UnionNode extends NodeBase {
  readonly kind: 'union'
  readonly inputs: readonly PlanNode[]
  /** What each of its fields is in the inputs, by port. */
  readonly fields: Map<Field, readonly Field[]>
}

/**
 * A union whose fields each stand for one field of every input. Exact numbers of unlike types become those of the type that holds them all, as in Flink; other
 * columns of unlike types hold what each row has. Throws E_COLUMN, in which inputs have these names, where one has other columns than the first.
 */
export function buildUnion(
  context: BuildContext,
  given: readonly PlanNode[],
  id: string,
  names: readonly string[] = given.map((input) => input.id),
): UnionNode {
  for (const [i, { schema }] of given.entries()) {
    refuseOtherColumns({ name: names[0]!, schema: given[0]!.schema }, { name: names[i]!, schema })
  }
  const wider = widerTypes(given)
  const inputs = wider.size === 0 ? given : given.map((input) => widened(context, input, { wider, id }))
  const schemas = inputs.map(({ schema }) => schema)
  const fields = new Map<Field, readonly Field[]>()
  const columns = schemas[0]!.columns.map((column): NamedColumn => {
    const sources = schemas.map((schema) => resolveColumn(schema, column.path)!.field)
    const type = sources.every((field) => field.type === sources[0]!.type) ? sources[0]!.type : 'any'
    const field = newField(column.field.name, type)
    fields.set(field, sources)
    return { ...column, field }
  })
  const schema: Schema = {
    columns,
    rest: schemas.every(({ rest }) => rest)
      ? { except: schemas[0]!.rest!.except, member: memberOf(schemas, fields) }
      : null,
    hasTime: schemas.every(({ hasTime }) => hasTime),
    changelog: schemas.some(({ changelog }) => changelog === 'retract') ? 'retract' : 'append',
  }
  return { kind: 'union', id: context.id(id), inputs, fields, schema }
}

interface Named {
  readonly name: string
  readonly schema: Schema
}

function refuseOtherColumns(first: Named, other: Named): void {
  const [wanted, found] = [columnsOf(first.schema), columnsOf(other.schema)]
  if (wanted.length === found.length && wanted.every((name) => found.includes(name))) return
  throw new TidemarkError(
    'E_COLUMN',
    `rows of ${first.name} and ${other.name} have other columns and cannot be one stream`,
    {
      hint: `${first.name} has ${wanted.join(', ')}, and ${other.name} has ${found.join(', ')}; a select before it makes them the same`,
    },
  )
}

type WiderTypes = ReadonlyMap<string, ColumnType>

/** The common types of columns that are exact numbers of several, by path. */
function widerTypes(inputs: readonly PlanNode[]): WiderTypes {
  const wider = new Map<string, ColumnType>()
  if (inputs.some(({ schema }) => schema.rest)) return wider
  for (const { path } of inputs[0]!.schema.columns) {
    const types = inputs.map(({ schema }) => resolveColumn(schema, path)!.field.type)
    const common = commonExact(types)
    if (common !== undefined && types.some((type) => type !== common)) wider.set(pathText(path), common)
  }
  return wider
}

/** The same rows, with those columns cast. */
function widened(
  context: BuildContext,
  input: PlanNode,
  { wider, id }: { readonly wider: WiderTypes; readonly id: string },
): PlanNode {
  const { columns } = input.schema
  if (columns.every(({ path, field }) => field.type === (wider.get(pathText(path)) ?? field.type))) return input
  const items = columns.map(({ path, field }): SelectItem => {
    const text = pathText(path)
    const span = { source: id, text, start: 0, end: text.length }
    const operand: Expression = { kind: 'field', path, span }
    const type = wider.get(text) ?? field.type
    const expression: Expression =
      type === field.type
        ? operand
        : { kind: 'cast', operand, to: castTypeFor(type), typeSpan: span, isTry: false, span }
    return { kind: 'expression', expression, alias: { path, span }, span }
  })
  const span = { source: id, text: id, start: 0, end: id.length }
  return buildProject(context, input, items, { verb: 'union', name: `${id}.${input.id}`, span })
}

/** The same path in every input, as one field. */
function memberOf(
  schemas: readonly Schema[],
  fields: Map<Field, readonly Field[]>,
): (path: readonly string[]) => Field {
  const members = new Map<string, Field>()
  return (path) => {
    const key = JSON.stringify(path)
    const known = members.get(key)
    if (known) return known
    const field = newField(pathText(path), 'any')
    const sources = schemas.map(({ rest }) => rest!.member(path))
    fields.set(field, sources)
    members.set(key, field)
    return field
  }
}

export const union: NodeKind<UnionNode> = {
  slots: (_, wanted) => [...wanted],
  demand: (node, demand) => {
    for (const field of demand.of(node)) {
      const sources = node.fields.get(field)
      for (const [port, input] of node.inputs.entries()) demand.alias(input, field, sources?.[port] ?? field)
    }
  },
  describe: ({ id, inputs }) => `${id} of ${inputs.length}`,
  state: null,
  judgesLateness: () => false,
}
