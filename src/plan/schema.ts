import type { ColumnType } from '../data/column-type.ts'
import type { Field } from '../expressions/bound.ts'

/** Can rows of this edge take earlier rows back? Printed by `explain`; append-only steps refuse `retract`. */
export type Changelog = 'append' | 'retract'

/** A column that has a name of its own: made by a step. `path` has more than one part for nested output (`AS geo.country`). */
export interface NamedColumn {
  readonly path: readonly string[]
  readonly field: Field
  /** Digits printed after the second of a timestamp. */
  readonly fraction: 0 | 3
  /** It is a whole row: the field at a path below it. Absent: what is below is read out of its value. */
  member?(path: readonly string[]): FoundField | undefined
}

/** The field at a path, and what is left of the path below it. */
export interface FoundField {
  readonly field: Field
  readonly rest: readonly string[]
}

/** The row's own members, as they came, minus some. `member` gives (and asks for) the field at a path below them. */
export interface OpenRest {
  readonly except: readonly string[]
  member(path: readonly string[]): Field
}

/** What rows of one edge look like. Rows of a source have no named columns, only a rest. */
export interface Schema {
  readonly columns: readonly NamedColumn[]
  /** null: the rows hold the named columns and nothing else. */
  readonly rest: OpenRest | null
  readonly hasTime: boolean
  readonly changelog: Changelog
}

/** The field at a path and what is left of the path below it; undefined: no such column. */
export function resolveColumn(schema: Schema, path: readonly string[]): FoundField | undefined {
  for (const column of schema.columns) {
    if (column.path.length <= path.length && column.path.every((part, i) => part === path[i])) {
      const rest = path.slice(column.path.length)
      return rest.length > 0 && column.member ? column.member(rest) : { field: column.field, rest }
    }
  }
  if (schema.rest === null || schema.rest.except.includes(path[0]!)) return undefined
  if (schema.columns.some((column) => column.path[0] === path[0])) return undefined
  return { field: schema.rest.member(path), rest: [] }
}

/** The rest without these members. */
export const restWithout = (rest: OpenRest, names: Iterable<string>): OpenRest => ({
  except: [...new Set([...rest.except, ...names])],
  member: rest.member,
})

/** With columns that a step adds to its rows; they take the place of what had their names. */
export function withColumns(schema: Schema, made: readonly NamedColumn[]): Schema {
  const names = new Set(made.map(({ path }) => path[0]!))
  const kept = schema.columns.filter(({ path }) => !names.has(path[0]!))
  return { ...schema, columns: [...kept, ...made], rest: schema.rest && restWithout(schema.rest, names) }
}

/** Every field of a whole row as it would be printed; the rest is not among them. */
export const columnFields = (schema: Schema): readonly Field[] => schema.columns.map((column) => column.field)

/** A column made by a step. */
export const newField = (name: string, type: ColumnType): Field => ({ name, type })

/** How a path is written in messages and in explain. */
export const pathText = (path: readonly string[]): string => path.join('.')
