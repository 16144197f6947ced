import type { Column } from './column.ts'
import { JsonText, keyTextOf } from './value.ts'

/**
 * A text that equal rows share and unlike ones do not: the values of the columns as keys, and behind them the row's own members, their order and
 * the way numbers are written apart. `line`: null where the row has no members but the columns.
 */
export function rowText(columns: readonly Column[], i: number, line: string | null): string {
  let text = line === null ? '' : keyTextOf(new JsonText(line.trim()))
  for (const column of columns) text += `,${keyTextOf(column.value(i))}`
  return text
}
