import { Column, columnLike } from './column.ts'
import type { ColumnType } from './column-type.ts'

/** Rows per batch at the most: what a scanner fills, and where an operator stops and hands over. */
export const BATCH_ROWS = 4096
/** Rows that evaluators can read: batches and row slabs. `time` is NaN where a row has no event time. */
export interface Rows {
  readonly columns: readonly Column[]
  readonly time: Float64Array
}

/** One slot of a batch: a name for explain and tests, the static type, and how the column keeps strings. */
export interface Slot {
  readonly name: string
  readonly type: ColumnType
}

/** The lines that rows of a batch came from, for pass-through and error reports. Row i is bytes [starts[i], ends[i]), no newline. */
export interface RawLines {
  /** The input as the user named it: a path, or `-`. */
  source: string
  buffer: Buffer
  starts: Int32Array
  ends: Int32Array
  /** 1-based line number in its file. */
  lines: Float64Array
  /** Offset of `buffer`'s first byte in the file; the byte of a row is `base + starts[i]`. */
  base: number
  /** Only where rows of several stretches meet (rows that were kept): each row's own source and byte. Read by `rawSource`, `rawOffset`. */
  origins?: RawOrigins | null
  /** Where a scanner tells them. */
  shapes?: RawShapes | null
}

/** Lines with the same number, 1 to 4095, of the same scanner (`of`) are the same but for the values of members. 0: nothing is known of the line. */
export interface RawShapes {
  readonly of: object
  readonly numbers: Int32Array
}

export interface RawOrigins {
  readonly sources: string[]
  readonly offsets: Float64Array
}

/** The file that row i came from. */
export const rawSource = (raw: RawLines, i: number): string => (raw.origins ? raw.origins.sources[i]! : raw.source)

/** The byte in its file at which row i begins. */
export const rawOffset = (raw: RawLines, i: number): number =>
  raw.origins ? raw.origins.offsets[i]! : raw.base + raw.starts[i]!

/** When the watermark of a stream came to a value, as a place between sequence numbers. The same wherever batches are cut. */
export interface StreamClock {
  /**
   * Just behind the row whose time brought the watermark to `watermark` or above: its sequence number and one half. Where the end of the
   * input did, behind its last line.
   */
  reachedAt(watermark: number): number
  /** `reachedAt` of the first `count` of ascending watermarks, into the same places. */
  reachedAll(watermarks: Float64Array, count: number, into: Float64Array): void
}

/**
 * The only representation of rows between rooms. Valid during its round only; what keeps rows copies them to a `RowSlab`.
 * There is no watermark event: `watermark[i]` is the stream's watermark before row i, `watermarkAfter` the one after the last row.
 */
export class Batch implements Rows {
  length = 0
  columns: Column[]
  time: Float64Array
  watermark: Float64Array
  watermarkAfter = -Infinity
  /** Row kinds (`RowKind`); null: all inserts. */
  kinds: Uint8Array | null = null
  /** Order of the rows over all sources; derived rows carry that of the row that caused them. */
  sequence: Float64Array
  sequenceAfter = 0
  /** Rows that the watermark frees have no row that caused them; their sequence is `reachedAt` of the watermark they waited for. */
  clock: StreamClock | null = null
  raw: RawLines | null = null

  constructor(columns: Column[], capacity: number = BATCH_ROWS) {
    this.columns = columns
    this.time = new Float64Array(capacity)
    this.watermark = new Float64Array(capacity)
    this.sequence = new Float64Array(capacity)
  }

  get capacity(): number {
    return this.time.length
  }

  /** Forgets the rows; the watermark stays where it is. */
  clear(): void {
    this.length = 0
  }

  /** Gives the batch a kinds column (all inserts so far) if it has none. */
  withKinds(): Uint8Array {
    this.kinds ??= new Uint8Array(this.capacity)
    return this.kinds
  }
}

/** An empty batch with plain columns for these slots. */
export function emptyBatch(slots: readonly Slot[], capacity: number = BATCH_ROWS): Batch {
  return new Batch(
    slots.map((slot) => new Column(slot.type, 'plain', capacity)),
    capacity,
  )
}

export function rawLines(capacity: number): RawLines {
  return {
    source: '-',
    buffer: Buffer.alloc(0),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    lines: new Float64Array(capacity),
    base: 0,
  }
}

/** Room for the shapes of so many lines of the same scanner, in the old place if there is one. */
const shapesLike = ({ of }: RawShapes, old: RawShapes | null | undefined, capacity: number): RawShapes =>
  old?.of === of ? old : { of, numbers: old?.numbers ?? new Int32Array(capacity) }

export const rawOrigins = (capacity: number): RawOrigins => ({ sources: [], offsets: new Float64Array(capacity) })

/** Appends row i of `from` to `to` (same slots and encodings), time, watermark, kind, sequence and raw line included. */
export function appendRow(from: Batch, i: number, to: Batch): void {
  const at = to.length
  to.time[at] = from.time[i]!
  to.watermark[at] = from.watermark[i]!
  to.sequence[at] = from.sequence[i]!
  if (from.kinds) to.withKinds()[at] = from.kinds[i]!
  else if (to.kinds) to.kinds[at] = 0
  for (let c = 0; c < to.columns.length; c += 1) to.columns[c]!.copyRow(from.columns[c]!, i, at)
  if (from.raw && to.raw) copyRaw(from.raw, i, to.raw, at)
  to.length = at + 1
}

export function copyRaw(from: RawLines, i: number, to: RawLines, at: number): void {
  to.starts[at] = from.starts[i]!
  to.ends[at] = from.ends[i]!
  to.lines[at] = from.lines[i]!
  if (from.shapes && to.shapes) to.shapes.numbers[at] = from.shapes.numbers[i]!
  if (from.origins && to.origins) {
    to.origins.sources[at] = from.origins.sources[i]!
    to.origins.offsets[at] = from.origins.offsets[i]!
  }
}

/** An empty batch that takes rows of `like` by `appendRow`; columns adopt its dictionary and buffer. */
export function batchLike(like: Batch, capacity: number = BATCH_ROWS): Batch {
  const batch = new Batch(
    like.columns.map((column) => columnLike(column, capacity)),
    capacity,
  )
  adoptBatch(batch, like)
  return batch
}

/** Points the columns and raw lines of an empty batch at what those of `like` refer to. */
export function adoptBatch(batch: Batch, like: Batch): void {
  for (let c = 0; c < batch.columns.length; c += 1) batch.columns[c]!.adopt(like.columns[c]!)
  if (like.raw) {
    batch.raw ??= rawLines(batch.capacity)
    batch.raw.source = like.raw.source
    batch.raw.buffer = like.raw.buffer
    batch.raw.base = like.raw.base
    batch.raw.origins = like.raw.origins ? (batch.raw.origins ?? rawOrigins(batch.capacity)) : null
    batch.raw.shapes = like.raw.shapes ? shapesLike(like.raw.shapes, batch.raw.shapes, batch.capacity) : null
  } else batch.raw = null
}
