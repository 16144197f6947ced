import { RowError } from '../../base/errors.ts'
import type { ColumnType } from '../../data/column-type.ts'
import type { Value } from '../../data/value.ts'

/** The common type of several arguments: theirs if they have the same, else what the row holds. */
export function commonType(types: readonly ColumnType[]): ColumnType {
  const first = types[0] ?? 'any'
  return types.every((type) => type === first) ? first : 'any'
}

/** A whole number as Java casts one: towards zero, NaN to 0. */
export function wholeOf(value: Value): number {
  const whole = Math.trunc(value as number)
  return Number.isNaN(whole) ? 0 : whole
}

/** The longest text that a function will make from a short one, in characters. */
const LONGEST = 1 << 26

/** Guards functions that can make a text of any length out of a number in the row. */
export function checkLength(name: string, length: number): void {
  if (length > LONGEST) throw new RowError(`${name} would make a text of ${length} characters, more than ${LONGEST}`)
}

/** Remembers what was made from the last few different texts, for arguments that are not constant but seldom change. */
export function remembering<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    if (made.size >= 100) made.clear()
    const value = make(text)
    made.set(text, value)
    return value
  }
}
