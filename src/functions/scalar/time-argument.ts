import { RowError } from '../../base/errors.ts'
import { describeType, type Value } from '../../data/value.ts'
import { parseTimestampText } from '../../time/timestamp.ts'

/** A timestamp argument as ms: a timestamp column's number, or the text of a row, read as CAST to TIMESTAMP reads it. */
export function instantOf(name: string, value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') throw new RowError(`${name} takes a timestamp, not ${describeType(value)}`)
  const instant = parseTimestampText(value)
  if (Number.isNaN(instant)) throw new RowError(`${name} cannot read a timestamp from '${value}'`)
  return instant
}

/** NULL for what is no time: NaN, or beyond the years that JavaScript's calendar knows (about -271821 to 275760). */
export const timestampOrNull = (instant: number): number | null => (Math.abs(instant) <= 8.64e15 ? instant : null)
