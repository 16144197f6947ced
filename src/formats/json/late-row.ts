import type { Batch } from '../../data/batch.ts'
import { jsonOf } from '../../data/value.ts'
import { formatTimestamp } from '../../time/timestamp.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import { createRowWriter, type RowShape } from './row-writer.ts'

/** Why a row is late: `lateBy`, window and watermark in ms. */
export interface Lateness {
  readonly lateBy: number
  readonly windowStart?: number
  readonly windowEnd?: number
  readonly watermark: number
}

/** Members that a routed row gets; its own members of these names (from an earlier routing) make way. */
export const LATE_MEMBERS = ['_late_by', '_step', '_window_start', '_window_end', '_watermark'] as const

export interface LateRowWriter {
  write(batch: Batch, row: number, late: Lateness & { readonly step: string }, out: OutputBuffer): void
}

/**
 * Rows of `shape` with the reason of their lateness at the end. Times are ISO 8601 in UTC with three digits, whatever
 * the shape's style; a watermark at the end of the input is null; the window's members are absent where the step has no
 * windows.
 */
export function createLateRowWriter(shape: RowShape, fraction: 0 | 3 = 3): LateRowWriter {
  const names: readonly string[] = LATE_MEMBERS
  const rows = createRowWriter({
    ...shape,
    rest: shape.rest && { except: [...shape.rest.except, ...names] },
    columns: shape.columns.filter(({ name }) => !names.includes(typeof name === 'string' ? name : name[0]!)),
  })
  return { write: (batch, row, late, out) => rows.write(batch, row, out, lateMembers(late, fraction)) }
}

function lateMembers(late: Lateness & { readonly step: string }, fraction: 0 | 3): string {
  const { lateBy, step, windowStart, windowEnd, watermark } = late
  const start = windowStart === undefined ? '' : `,"_window_start":${timeJson(windowStart, fraction)}`
  const end = windowEnd === undefined ? '' : `,"_window_end":${timeJson(windowEnd, fraction)}`
  return `"_late_by":${jsonOf(lateBy)},"_step":${jsonOf(step)}${start}${end},"_watermark":${timeJson(watermark, 3)}`
}

const timeJson = (ms: number, fraction: 0 | 3): string =>
  Number.isFinite(ms) ? `"${formatTimestamp(ms, { fraction })}"` : 'null'
