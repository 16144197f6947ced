import { appendRow, type Batch } from './batch.ts'
import { type Column, Tag } from './column.ts'

/** So few rows are copied one by one: views of the columns would cost more. */
const FEW_ROWS = 8

/** Fills `out`, a batch of the same shape, with the rows of `batch` from `from` on, as many as it has room for. Returns the row behind the last of them. */
export function takeSlice(batch: Batch, from: number, out: Batch): number {
  const to = Math.min(batch.length, from + out.capacity)
  out.clear()
  if (batch.raw && out.raw) {
    const { source, buffer, base } = batch.raw
    Object.assign(out.raw, { source, buffer, base })
  }
  appendRows(batch, from, to, out)
  out.watermarkAfter = to < batch.length ? batch.watermark[to]! : batch.watermarkAfter
  return to
}

/** `appendRow` of rows [from, to), which there is room for. */
export function appendRows(batch: Batch, from: number, to: number, out: Batch): void {
  if (to - from <= FEW_ROWS) {
    for (let i = from; i < to; i += 1) appendRow(batch, i, out)
    return
  }
  const at = out.length
  const copied = <A extends Float64Array | Int32Array | Uint8Array>(source: A, into: A) =>
    into.set(source.subarray(from, to), at)
  copied(batch.time, out.time)
  copied(batch.watermark, out.watermark)
  copied(batch.sequence, out.sequence)
  if (batch.kinds) copied(batch.kinds, out.withKinds())
  else out.kinds?.fill(0, at, at + to - from)
  for (let c = 0; c < out.columns.length; c += 1) copyColumn(batch.columns[c]!, { from, to }, out.columns[c]!, at)
  if (batch.raw && out.raw) {
    copied(batch.raw.starts, out.raw.starts)
    copied(batch.raw.ends, out.raw.ends)
    copied(batch.raw.lines, out.raw.lines)
    if (batch.raw.shapes && out.raw.shapes) copied(batch.raw.shapes.numbers, out.raw.shapes.numbers)
    if (batch.raw.origins && out.raw.origins) {
      for (let i = from; i < to; i += 1) out.raw.origins.sources[at + i - from] = batch.raw.origins.sources[i]!
      copied(batch.raw.origins.offsets, out.raw.origins.offsets)
    }
  }
  out.length = at + to - from
}

function copyColumn(column: Column, { from, to }: { from: number; to: number }, out: Column, at: number): void {
  out.tags.set(column.tags.subarray(from, to), at)
  out.numbers.set(column.numbers.subarray(from, to), at)
  if (out.encoding !== 'plain') out.ids.set(column.ids.subarray(from, to), at)
  if (out.encoding === 'span') out.ends.set(column.ends.subarray(from, to), at)
  if (column.values.length === 0) return
  while (out.values.length < at + to - from) out.values.push(null)
  for (let i = from; i < to; i += 1) if (column.tags[i]! >= Tag.String) out.copyRow(column, i, at + i - from)
}
