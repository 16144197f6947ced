import type { BuildContext } from './build-context.ts'
import type { JoiningNode } from './joining.ts'
import type { PlanNode } from './nodes.ts'
import { type NamedColumn, newField, restWithout, type Schema } from './schema.ts'

/**
 * The left rows without a partner in a join, as a stream (`STEP.unmatched`): an anti join beside it, which keeps rows of its own and leaves it to the join itself
 * to tell losses. They come when their time has passed; those that a table has no row for, at once. null: the step is no join of two streams whose results are final
 * and does not look rows up, or it is one that gives them itself.
 */
export function buildUnmatched(context: BuildContext, step: PlanNode): PlanNode | null {
  if (step.kind !== 'interval-join' && step.kind !== 'window-join' && step.kind !== 'enrich') return null
  if (step.join === 'anti') return null
  const id = context.id(`${step.id}.unmatched`)
  const made = madeBy(step)
  const anti = { join: 'anti' as const, as: null, row: null, fields: new Map(), leftOverOf: step, isBeside: true }
  const schema = schemaOf(step, made)
  if (step.kind !== 'window-join') return { ...step, ...anti, id, schema }
  const [start, end] = made.map(({ field }) => field)
  return { ...step, ...anti, id, schema, start: start!, end: end! }
}

/** Columns that the join makes itself, as those of another one. */
const madeBy = ({ inputs: [left], schema, row }: JoiningNode): readonly NamedColumn[] =>
  schema.columns
    .slice(left.schema.columns.length)
    .filter(({ field }) => field !== row)
    .map((column) => ({ ...column, field: newField(column.field.name, column.field.type) }))

function schemaOf({ inputs: [left], schema }: JoiningNode, made: readonly NamedColumn[]): Schema {
  const { columns, rest } = left.schema
  const names = made.map(({ path }) => path[0]!)
  return { ...schema, columns: [...columns, ...made], rest: rest && restWithout(rest, names) }
}
