import { type Column, Tag } from './column.ts'
import { compareValues } from './value.ts'

/** How one key of an ORDER BY sorts. */
export interface SortOrder {
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Flink's default: NULL is less than everything. */
export const sortOrder = (descending: boolean, nulls: 'first' | 'last' | null): SortOrder => ({
  descending,
  nullsFirst: nulls === null ? !descending : nulls === 'first',
})

/**
 * Which of two cells comes first: negative if row i of `a` does. Values that are unlike by type sort as in `compareValues`; -0 equals 0.
 */
export function compareCells(a: Column, i: number, b: Column, j: number, order: SortOrder): number {
  const [x, y] = [a.tags[i]!, b.tags[j]!]
  if (x <= Tag.Null || y <= Tag.Null) {
    if (x <= Tag.Null && y <= Tag.Null) return 0
    return x <= Tag.Null === order.nullsFirst ? -1 : 1
  }
  const compared =
    x === Tag.Number && y === Tag.Number
      ? compareNumbers(a.numbers[i]!, b.numbers[j]!)
      : compareValues(a.value(i), b.value(j))
  return order.descending ? -compared : compared
}

const compareNumbers = (a: number, b: number): number =>
  a < b ? -1 : a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))

/** `compareCells` of one column after the other. */
export function compareByKeys(
  a: { readonly columns: readonly Column[]; readonly row: number },
  b: { readonly columns: readonly Column[]; readonly row: number },
  orders: readonly SortOrder[],
): number {
  for (let k = 0; k < orders.length; k += 1) {
    const compared = compareCells(a.columns[k]!, a.row, b.columns[k]!, b.row, orders[k]!)
    if (compared !== 0) return compared
  }
  return 0
}
