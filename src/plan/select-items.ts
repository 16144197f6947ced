import { TidemarkError } from '../base/errors.ts'
import type { SelectItem } from '../expressions/expression.ts'
import { resultPaths } from '../expressions/names.ts'
import type { NamedColumn } from './schema.ts'

export type ExpressionItem = Extract<SelectItem, { kind: 'expression' }>

export const isNotStar = (item: SelectItem): item is ExpressionItem => item.kind === 'expression'

/** Refuses `*` where only expressions may stand: among keys and aggregates. */
export function noStar(item: SelectItem): ExpressionItem {
  if (isNotStar(item)) return item
  throw new TidemarkError('E_EXPRESSION', "'*' cannot stand here", { span: item.span, hint: 'name the fields' })
}

/** The output path of each item; none may be equal to another or to a column that the step makes by itself. Throws E_NAME. */
export function outputPaths(
  items: readonly ExpressionItem[],
  made: readonly NamedColumn[] = [],
): ReadonlyMap<SelectItem, readonly string[]> {
  const paths = resultPaths(items)
  for (const [i, path] of paths.entries()) {
    if (!made.some((column) => column.path[0] === path[0])) continue
    throw new TidemarkError('E_NAME', `the step makes a column '${path[0]}' of its own`, {
      span: items[i]!.alias?.span ?? items[i]!.span,
      hint: 'give this one another name with AS',
    })
  }
  return new Map(items.map((item, i) => [item, paths[i]!]))
}
