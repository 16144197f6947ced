import { type Batch, copyRaw } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { JsonText } from '../data/value.ts'
import {
  describeUnreadableTime,
  type TimeFormat,
  timestampOfBytes,
  timestampOfNumber,
  timestampOfText,
} from '../time/timestamp.ts'

const BACKSLASH = 0x5c

/** Reads the event time of every row of a batch from one of its columns. NaN where there is none. */
export function readEventTime(batch: Batch, column: Column, format: TimeFormat): void {
  const { time } = batch
  const { tags, numbers } = column
  const least = leastMilliseconds(format)
  for (let i = 0; i < batch.length; i += 1) {
    const tag = tags[i]
    if (tag === Tag.Number && numbers[i]! >= least && numbers[i]! < MOST_MILLISECONDS) time[i] = Math.floor(numbers[i]!)
    else if (tag === Tag.Number) time[i] = timestampOfNumber(numbers[i]!, format)
    else if (tag === Tag.String) time[i] = timeOfString(column, i, format)
    else if (tag === Tag.Exact) time[i] = timestampOfNumber(column.value(i) as bigint, format)
    else time[i] = Number.NaN
  }
}

/** Numbers from `leastMilliseconds` to below this count milliseconds: what nearly all are, read in place. */
const MOST_MILLISECONDS = 1e14

/** See `timestampOfNumber`; Infinity: not under this format. */
function leastMilliseconds(format: TimeFormat): number {
  if (format === 'ms') return 0
  return format === 'auto' ? 1e11 : Infinity
}

/** From the bytes where the column has them; an escaped string is decoded first. */
function timeOfString(column: Column, i: number, format: TimeFormat): number {
  if (column.encoding !== 'span') return timestampOfText(column.text(i), format)
  const [start, end] = [column.ids[i]!, column.ends[i]!]
  const ms = timestampOfBytes(column.buffer!, start, end, format)
  const isEscaped = Number.isNaN(ms) && column.buffer!.subarray(start, end).includes(BACKSLASH)
  return isEscaped ? timestampOfText(column.text(i), format) : ms
}

/** Why row i has no event time, in the words of a bad row. `name` is the field as the user wrote it. */
export function whyNoTime(
  column: Column,
  i: number,
  name: string,
  format: TimeFormat,
): { readonly reason: string; readonly hint?: string } {
  if (column.tags[i] === Tag.Missing) return { reason: `no field ${name} (--time)` }
  const value = column.value(i)
  if (value === null) return { reason: `${name} (--time) is null` }
  const { reason, hint } = describeUnreadableTime(value instanceof JsonText ? value.parsed() : value, format)
  return { reason: `no event time in ${name} (--time): ${reason}`, ...(hint === undefined ? {} : { hint }) }
}

/** Takes the rows out for which `drop` is set; the others move up, in order. Before watermarks and sequence numbers are given. */
export function compact(batch: Batch, drop: Uint8Array): void {
  let to = 0
  for (let i = 0; i < batch.length; i += 1) {
    if (drop[i]) continue
    if (to !== i) {
      batch.time[to] = batch.time[i]!
      for (const column of batch.columns) column.copyRow(column, i, to)
      if (batch.kinds) batch.kinds[to] = batch.kinds[i]!
      if (batch.raw) copyRaw(batch.raw, i, batch.raw, to)
    }
    to += 1
  }
  batch.length = to
}
