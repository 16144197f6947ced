import { type Column, Tag } from '../../data/column.ts'
import { Decimal } from '../../data/decimal.ts'
import { equalNumber, JsonText, keyTextOf, type Value } from '../../data/value.ts'
import type { AccumulatorRows, Offsets } from '../aggregate-function.ts'

/** Where an aggregate's numbers of a row begin. */
export const baseOf = (rows: AccumulatorRows, at: Offsets, row: number): number => row * rows.stride + at.number

/** Sets the object of a row. A column of objects is only as long as they need: that of a group without one may lie behind its end. */
export function setObject(rows: AccumulatorRows, at: Offsets, row: number, value: unknown): void {
  const column = rows.objects[at.object]!
  if (row >= column.length && value === undefined) return
  while (column.length < row) column.push(undefined) // an array written far behind its end would turn into a slow one
  column[row] = value
}

/** Calls `take` for every row of a run that has a target and is not NULL; for aggregates whose work is more than the call. */
export function forEachValue(
  targets: Int32Array,
  column: Column,
  [from, to]: readonly [number, number],
  take: (row: number, value: Exclude<Value, null>) => void,
): void {
  const { tags, numbers } = column
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    const tag = tags[i]!
    if (row < 0 || tag <= Tag.Null) continue
    take(row, tag === Tag.Number ? numbers[i]! : column.value(i)!)
  }
}

/** A value as the key of a Map: values that are `=` share a key, unlike ones never do; a primitive wherever it can be one. */
export type MapKey = number | boolean | bigint | string

/**
 * Scalars stand for themselves, so that no text is made per row; nested values by their key text; decimals that no double is equal to by theirs behind a '['. A string that begins like a
 * nested value's text, or like this mark, gets the mark '"' in front.
 */
export function mapKeyOf(value: Exclude<Value, null>): MapKey {
  if (typeof value === 'string') return isMarked(value.charCodeAt(0)) ? `"${value}` : value
  if (typeof value === 'number') return value === 0 ? 0 : value
  if (typeof value === 'bigint') return doubleIfExact(value)
  if (value instanceof Decimal) return decimalKey(value)
  return value instanceof JsonText ? keyTextOf(value) : value
}

/** No value's key is this text: strings that begin so are marked, and no nested value ends so. */
const NULL_KEY = '[null'

/** The same where NULL is a value like any other. */
export const mapKeyOrNull = (value: Value): MapKey => (value === null ? NULL_KEY : mapKeyOf(value))

const isMarked = (unit: number) => unit === 0x22 || unit === 0x5b || unit === 0x7b

/** A decimal that is equal to a double or an integer shares its key. */
function decimalKey(value: Decimal): MapKey {
  const same = equalNumber(value)
  return same === undefined ? `[${keyTextOf(value)}` : mapKeyOf(same)
}

/** Equal numbers must share a key whether a row held them as double or as bigint. */
function doubleIfExact(value: bigint): number | bigint {
  const double = Number(value)
  return Number.isFinite(double) && BigInt(double) === value ? double : value
}
