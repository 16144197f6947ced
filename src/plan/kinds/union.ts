import { TidemarkError } from '../../base/errors.ts'
import type { Field } from '../../expressions/bound.ts'
import type { BuildContext } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { type NamedColumn, newField, pathText, resolveColumn, type Schema } from '../schema.ts'
import { columnsOf } from '../wording.ts'

export interface UnionNode extends NodeBase {
  readonly kind: 'union'
  readonly inputs: readonly PlanNode[]
  /** What each of its fields is in the inputs, by port. */
  readonly fields: Map<Field, readonly Field[]>
}

/** A union whose fields each stand for one field of every input. Throws E_COLUMN where inputs have other columns than the first. */
export function buildUnion(context: BuildContext, inputs: readonly PlanNode[], id: string): UnionNode {
  const schemas = inputs.map(({ schema }) => schema)
  for (const input of inputs) refuseOtherColumns(inputs[0]!, input)
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

function refuseOtherColumns(first: PlanNode, other: PlanNode): void {
  const [wanted, found] = [columnsOf(first.schema), columnsOf(other.schema)]
  if (wanted.length === found.length && wanted.every((name) => found.includes(name))) return
  throw new TidemarkError(
    'E_COLUMN',
    `rows of ${first.id} and ${other.id} have other columns and cannot be one stream`,
    {
      hint: `${first.id} has ${wanted.join(', ')}, and ${other.id} has ${found.join(', ')}; a select before it makes them the same`,
    },
  )
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
