import { TidemarkError } from '../base/errors.ts'
import type { Expression, SelectItem } from './expression.ts'
import { printExpression, printPath } from './print.ts'

type ExpressionItem = Extract<SelectItem, { kind: 'expression' }>

/**
 * The path under which an item's value is written (CLI.md section 6): AS wins, a path gives its last part, `f(path)` gives `f_path`,
 * `count(*)` gives `count`. Anything else needs AS: `E_NAME`.
 */
export function resultPath(item: ExpressionItem): readonly string[] {
  if (item.alias) return item.alias.path
  const name = nameOf(item.expression)
  if (name !== undefined) return [name]
  const hint = `name it: ${printExpression(item.expression)} AS name`
  throw new TidemarkError('E_NAME', 'this column needs a name', { span: item.expression.span, hint })
}

/** Result paths of a list, in order. Throws `E_NAME` where two are equal, or one lies inside the other. */
export function resultPaths(items: readonly ExpressionItem[]): (readonly string[])[] {
  const taken = new Map<string, 'leaf' | 'inner'>()
  return items.map((item) => {
    const path = resultPath(item)
    for (let length = 1; length <= path.length; length += 1) {
      const key = JSON.stringify(path.slice(0, length))
      const known = taken.get(key)
      const isLeaf = length === path.length
      if (known === 'leaf' || (known && isLeaf)) throw clash(item, path)
      taken.set(key, isLeaf ? 'leaf' : 'inner')
    }
    return path
  })
}

function clash(item: ExpressionItem, path: readonly string[]): TidemarkError {
  const hint = item.alias ? 'give one of them another name' : `name it: ${printExpression(item.expression)} AS name`
  const span = item.alias?.span ?? item.expression.span
  return new TidemarkError('E_NAME', `two columns are named ${printPath(path)}`, { span, hint })
}

function nameOf(expression: Expression): string | undefined {
  if (expression.kind === 'field') return expression.path.at(-1)
  if (expression.kind !== 'call') return undefined
  if (expression.star) return expression.name
  const [argument, ...more] = expression.args
  if (!argument) return expression.name
  if (more.length > 0 || argument.kind !== 'field') return undefined
  return [expression.name, ...(expression.distinct ? ['distinct'] : []), argument.path.at(-1)].join('_')
}
