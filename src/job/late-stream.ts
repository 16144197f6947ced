import {
  BATCH_ROWS,
  type Batch,
  emptyBatch,
  type RawLines,
  rawLines,
  rawOffset,
  rawOrigins,
  rawSource,
} from '../data/batch.ts'
import { ByteSpool } from '../data/byte-spool.ts'
import type { LateRow } from '../operators/operator.ts'
import type { Layout } from '../plan/layout.ts'
import type { NodeOf } from '../plan/nodes.ts'

/** Where one column of a late row comes from: a slot of the step's input, or the reason of that name. */
type Origin = { readonly slot: number } | { readonly reason: string }

const FIRST_BYTES = 1024

/** Of a step, by input; null: late rows of that input, or of all, go as the policy says. */
export type LateStreams = readonly (LateStream | null)[] | null

/** The rows that come too late for one step, by one of its inputs, on their way as a stream (`STEP.late`). */
export class LateStream {
  /** Emptied by the graph whenever its readers are through. */
  readonly out: Batch
  readonly #origins: readonly Origin[]
  readonly #step: string
  #lines = new ByteSpool(0)

  constructor(node: NodeOf<'late-rows'>, layout: Layout) {
    const fields = layout.slots.get(node)!
    const ofInput = layout.slots.get(node.of)!
    this.#step = node.input.id
    this.#origins = fields.map((field) => {
      const reason = node.reasons.find((column) => column.field === field)
      return reason ? { reason: reason.path[0]! } : { slot: ofInput.indexOf(field) }
    })
    this.out = emptyBatch(fields.map(({ name, type }) => ({ name, type })))
  }

  /** A step judges a row once, and hands over after a batch at the latest. */
  add(batch: Batch, row: number, late: LateRow): void {
    const { out } = this
    const at = out.length
    this.#makeRoom(at + 1)
    out.time[at] = batch.time[row]!
    out.watermark[at] = Math.min(batch.watermark[row]!, late.watermark)
    out.sequence[at] = batch.sequence[row]!
    if (at === 0) this.#begin(batch)
    if (batch.kinds) out.withKinds()[at] = batch.kinds[row]!
    for (const [c, origin] of this.#origins.entries()) {
      const value = 'slot' in origin ? batch.columns[origin.slot]!.value(row) : this.#reason(origin.reason, late)
      out.columns[c]!.set(at, value)
    }
    if (batch.raw && out.raw) this.#addLine(batch.raw, row, out.raw, at)
    out.length = at + 1
  }

  #reason(name: string, late: LateRow): number | string | null {
    const { lateBy, windowStart, windowEnd, watermark } = late
    if (name === '_late_by') return lateBy
    if (name === '_step') return this.#step
    const time = name === '_window_start' ? windowStart : name === '_window_end' ? windowEnd : watermark
    return time !== undefined && Number.isFinite(time) ? time : null
  }

  /** Rows of several batches may come between two hand-overs, so their lines are copied. */
  #addLine(from: RawLines, row: number, to: RawLines, at: number): void {
    const lines = this.#lines
    to.starts[at] = lines.length
    lines.appendLine(from.buffer, from.starts[row]!, from.ends[row]!)
    to.ends[at] = lines.length - 1
    to.buffer = lines.bytes
    to.lines[at] = from.lines[row]!
    to.origins!.sources[at] = rawSource(from, row)
    to.origins!.offsets[at] = rawOffset(from, row)
  }

  /** A new buffer each time: whoever still holds the last one's rows holds its bytes too. */
  #begin({ raw }: Batch): void {
    const { out } = this
    out.kinds = null
    if (raw === null) {
      out.raw = null
      return
    }
    out.raw ??= rawLines(out.capacity)
    out.raw.origins = rawOrigins(out.capacity)
    this.#lines = new ByteSpool(FIRST_BYTES)
  }

  /** Batches of a step's input are hardly ever longer than others. */
  #makeRoom(rows: number): void {
    const { out } = this
    if (rows <= out.capacity) return
    const grow = <A extends Float64Array | Int32Array>(from: A, to: A): A => {
      to.set(from as never)
      return to
    }
    const size = Math.max(rows, 2 * out.capacity, BATCH_ROWS)
    for (const name of ['time', 'watermark', 'sequence'] as const) out[name] = grow(out[name], new Float64Array(size))
    for (const column of out.columns) column.reserve(size)
    if (!out.raw) return
    out.raw.starts = grow(out.raw.starts, new Int32Array(size))
    out.raw.ends = grow(out.raw.ends, new Int32Array(size))
    out.raw.lines = grow(out.raw.lines, new Float64Array(size))
    if (out.raw.origins) {
      out.raw.origins = {
        sources: out.raw.origins.sources,
        offsets: grow(out.raw.origins.offsets, new Float64Array(size)),
      }
    }
  }
}
