import { type Batch, copyRaw } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { describeType } from '../data/value.ts'
import { parseTimestampBytes, parseTimestampText, type TimeFormat, timestampOfNumber } from '../time/timestamp.ts'

const BACKSLASH = 0x5c

/** Reads the event time of every row of a batch from one of its columns. NaN where there is none. */
export function readEventTime(batch: Batch, column: Column, format: TimeFormat): void {
  const { time } = batch
  const { tags, numbers } = column
  for (let i = 0; i < batch.length; i += 1) {
    const tag = tags[i]
    if (tag === Tag.Number) time[i] = timestampOfNumber(numbers[i]!, format)
    else if (tag === Tag.String) time[i] = timeOfText(column, i, format)
    else if (tag === Tag.BigInt) time[i] = timestampOfNumber(column.value(i) as bigint, format)
    else time[i] = Number.NaN
  }
}

function timeOfText(column: Column, i: number, format: TimeFormat): number {
  if (column.encoding === 'span' && (format === 'auto' || format === 'iso')) {
    const [start, end] = [column.ids[i]!, column.ends[i]!]
    const ms = parseTimestampBytes(column.buffer!, start, end)
    if (!Number.isNaN(ms) || (format === 'iso' && !column.buffer!.subarray(start, end).includes(BACKSLASH))) return ms
  }
  const text = column.text(i)
  if (format === 'iso') return parseTimestampText(text)
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isNaN(number)) return timestampOfNumber(number, format)
  return format === 'auto' ? parseTimestampText(text) : Number.NaN
}

/** Why row i has no event time, in the words of a bad row. `name` is the field as the user wrote it. */
export function whyNoTime(column: Column, i: number, name: string): { readonly reason: string; readonly hint?: string } {
  const value = column.value(i)
  if (value === null) return { reason: column.tags[i] === Tag.Missing ? `no field ${name} (--time)` : `${name} (--time) is null` }
  if (typeof value === 'number' && Math.abs(value) < 1e8) {
    return { reason: `${name} (--time) is ${value}, too small to tell its unit`, hint: 'say --time-format s or --time-format ms' }
  }
  if (typeof value === 'string') return { reason: `${name} (--time) is not a time: ${JSON.stringify(value.slice(0, 60))}` }
  return { reason: `${name} (--time) is ${describeType(value)}, not a time` }
}

/** Takes the rows out for which `drop` is set; the others move up, in order. Before watermarks and sequence numbers are given. */
export function compact(batch: Batch, drop: Uint8Array): void {
  let to = 0
  for (let i = 0; i < batch.length; i += 1) {
    if (drop[i]) continue
    if (to !== i) {
      batch.time[to] = batch.time[i]!
      for (const column of batch.columns) column.copyRow(column, i, to)
      if (batch.raw) copyRaw(batch.raw, i, batch.raw, to)
    }
    to += 1
  }
  batch.length = to
}
