import { type Column, Tag } from '../../data/column.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { canonicalNumber } from '../../data/number.ts'
import { jsonOf } from '../../data/value.ts'
import { formatTimestamp } from '../../time/timestamp.ts'
import type { OutputBuffer } from '../output-buffer.ts'

/** How times are printed: ISO 8601 or milliseconds since 1970. */
export interface TimeStyle {
  readonly timeOutput: 'iso' | 'ms'
  /** Local time minus UTC at an instant, ms. Absent: UTC. */
  readonly zoneOffset?: (ms: number) => number
}

/** Prints row `row` of a column as JSON; the text before it (`,"name":`) comes along to save a call. */
export type CellWriter = (before: string, column: Column, row: number, out: OutputBuffer) => void

/**
 * Missing and NULL print `null`; intervals print as a number of ms; everything else as `jsonOf` says, whatever the
 * encoding.
 */
export function cellWriter(type: ColumnType, fraction: 0 | 3, style: TimeStyle): CellWriter {
  return type === 'timestamp' && style.timeOutput === 'iso' ? timestampWriter(fraction, style) : writeCell
}

function writeCell(before: string, column: Column, row: number, out: OutputBuffer): void {
  if (column.tags[row] === Tag.Json && column.encoding === 'span') {
    out.text(before)
    out.bytes(column.buffer!, column.ids[row]!, column.ends[row]!)
  } else out.text(before + cellJson(column, row))
}

function cellJson(column: Column, row: number): string {
  switch (column.tags[row]) {
    case Tag.Number:
      return canonicalNumber(column.numbers[row]!)
    case Tag.String:
      return column.encoding === 'span' ? spanJson(column, row) : quoted(column.text(row))
    case Tag.True:
      return 'true'
    case Tag.False:
      return 'false'
    case Tag.Json:
    case Tag.BigInt:
      return jsonOf(column.values[row]!)
    default:
      return 'null'
  }
}

/** A span was validated: without a backslash, its bytes are the canonical form. */
function spanJson(column: Column, row: number): string {
  const text = column.buffer!.toString('utf8', column.ids[row]!, column.ends[row]!)
  return text.includes('\\') ? jsonOf(column.text(row)) : `"${text}"`
}

/** What `JSON.stringify` would escape, and surrogates, which may stand alone. */
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/

const quoted = (text: string): string => (NEEDS_CARE.test(text) ? jsonOf(text) : `"${text}"`)

/** Neighbouring rows often have the same time: windows end together. */
function timestampWriter(fraction: 0 | 3, { zoneOffset }: TimeStyle): CellWriter {
  let last = Number.NaN
  let lastText = ''
  return (before, column, row, out) => {
    const ms = column.numbers[row]!
    const isTime = column.tags[row] === Tag.Number && Number.isFinite(ms)
    if (isTime && ms !== last) {
      last = ms
      lastText = `"${formatTimestamp(ms, zoneOffset ? { fraction, offset: zoneOffset(ms) } : { fraction })}"`
    }
    out.text(before + (isTime ? lastText : 'null'))
  }
}
