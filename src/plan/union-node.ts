import type { Field } from '../expressions/bound.ts'
import type { NodeOf, PlanNode } from './nodes.ts'
import { type NamedColumn, newField, pathText, resolveColumn, type Schema } from './schema.ts'

/** A union whose fields each stand for one field of every input. */
export function unionNode(inputs: readonly PlanNode[], id: string): NodeOf<'union'> {
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
  return { kind: 'union', id, inputs, fields, schema }
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
