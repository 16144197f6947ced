import { appendRow, type Batch } from './batch.ts'

/** Fills `out`, a batch of the same shape, with the rows of `batch` from `from` on, as many as it has room for. Returns the row behind the last of them. */
export function takeSlice(batch: Batch, from: number, out: Batch): number {
  const to = Math.min(batch.length, from + out.capacity)
  out.clear()
  if (batch.raw && out.raw) {
    const { source, buffer, base } = batch.raw
    Object.assign(out.raw, { source, buffer, base })
  }
  for (let i = from; i < to; i += 1) appendRow(batch, i, out)
  out.watermarkAfter = to < batch.length ? batch.watermark[to]! : batch.watermarkAfter
  return to
}
