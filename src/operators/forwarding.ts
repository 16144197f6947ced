import { assert } from '../base/assert.ts'
import { Batch, type RawLines, rawLines, rawOrigins } from '../data/batch.ts'
import { type Column, columnLike, Tag } from '../data/column.ts'

/**
 * Output of operators whose rows are rows of their input: either the input's columns themselves, or columns of its own that rows were
 * gathered into, made when first needed and with the input's encodings.
 */
export class ForwardBatch extends Batch {
  readonly #own: Column[] = []
  #ownRaw: RawLines | null = null

  constructor(capacity: number) {
    super([], capacity)
  }

  /** The column to gather rows of `source` into: of its encoding, and pointing at what it points at. */
  ownColumn(c: number, source: Column): Column {
    let own = this.#own[c]
    if (own === undefined || own.encoding !== source.encoding || own.type !== source.type) {
      own = columnLike(source, this.capacity)
      this.#own[c] = own
    } else own.adopt(source)
    return own
  }

  ownRaw(source: RawLines): RawLines {
    this.#ownRaw ??= rawLines(this.capacity)
    const own = this.#ownRaw
    own.source = source.source
    own.buffer = source.buffer
    own.base = source.base
    own.origins = source.origins ? (own.origins ?? rawOrigins(this.capacity)) : null
    return own
  }
}

/** Rows of a batch, all of their columns: `columns` stand in for the batch's own where a step computed some. */
export interface ForwardedRows {
  readonly batch: Batch
  readonly columns: readonly Column[]
}

/** Hands over a whole batch as it is, without a copy of its columns. */
export function forwardAll({ batch, columns }: ForwardedRows, out: ForwardBatch): void {
  const { length } = batch
  assert(out.length === 0, 'the output of an earlier batch was not taken')
  out.columns = [...columns]
  out.time.set(batch.time.subarray(0, length))
  out.watermark.set(batch.watermark.subarray(0, length))
  out.sequence.set(batch.sequence.subarray(0, length))
  out.kinds = null
  if (batch.kinds) out.withKinds().set(batch.kinds.subarray(0, length))
  out.raw = batch.raw
  out.length = length
}

/** Hands over a copy of rows [from, to). */
export function forwardRange(source: ForwardedRows, from: number, to: number, out: ForwardBatch): void {
  const rows = new Int32Array(to - from)
  for (let k = 0; k < rows.length; k += 1) rows[k] = from + k
  gather(source, { rows, from: 0, to: rows.length }, out)
}

/** Rows `rows[k]`, from <= k < to. */
export interface Selection {
  readonly rows: Int32Array
  readonly from: number
  readonly to: number
}

/** Appends the selected rows. All that a batch is given between two `clear`s must come from one batch. */
export function gather({ batch, columns }: ForwardedRows, selection: Selection, out: ForwardBatch): void {
  const at = out.length
  const { rows, from, to } = selection
  if (at === 0) {
    out.columns = columns.map((column, c) => out.ownColumn(c, column))
    out.raw = batch.raw && out.ownRaw(batch.raw)
    out.kinds = null
  }
  for (let c = 0; c < columns.length; c += 1) gatherColumn(columns[c]!, selection, out.columns[c]!, at)
  gatherDoubles(batch.time, selection, out.time, at)
  gatherDoubles(batch.watermark, selection, out.watermark, at)
  gatherDoubles(batch.sequence, selection, out.sequence, at)
  if (batch.kinds) {
    const kinds = out.withKinds()
    for (let k = from; k < to; k += 1) kinds[at + k - from] = batch.kinds[rows[k]!]!
  }
  if (batch.raw) gatherRaw(batch.raw, selection, out.raw!, at)
  out.length = at + to - from
}

/** The rows that are selected, to rows `at` and later of a column of the same encoding. */
export function gatherColumn(source: Column, selection: Selection, column: Column, at: number): void {
  const { rows, from, to } = selection
  const { tags } = source
  const ownTags = column.tags
  for (let k = from; k < to; k += 1) ownTags[at + k - from] = tags[rows[k]!]!
  if (source.type !== 'string' && source.type !== 'boolean')
    gatherDoubles(source.numbers, selection, column.numbers, at)
  if (source.encoding !== 'plain') gatherInts(source.ids, selection, column.ids, at)
  if (source.encoding === 'span') gatherInts(source.ends, selection, column.ends, at)
  if (source.values.length > 0) gatherValues(source, selection, column, at)
}

function gatherValues(source: Column, { rows, from, to }: Selection, column: Column, at: number): void {
  const { values } = column
  for (let k = from; k < to; k += 1) {
    const i = rows[k]!
    if (source.tags[i]! < Tag.String || i >= source.values.length) continue
    const row = at + k - from
    while (values.length < row) values.push(null)
    values[row] = source.values[i]!
  }
}

function gatherDoubles(source: Float64Array, { rows, from, to }: Selection, into: Float64Array, at: number): void {
  for (let k = from; k < to; k += 1) into[at + k - from] = source[rows[k]!]!
}

function gatherInts(source: Int32Array, { rows, from, to }: Selection, into: Int32Array, at: number): void {
  for (let k = from; k < to; k += 1) into[at + k - from] = source[rows[k]!]!
}

function gatherRaw(source: RawLines, selection: Selection, raw: RawLines, at: number): void {
  gatherInts(source.starts, selection, raw.starts, at)
  gatherInts(source.ends, selection, raw.ends, at)
  gatherDoubles(source.lines, selection, raw.lines, at)
  if (!source.origins || !raw.origins) return
  gatherDoubles(source.origins.offsets, selection, raw.origins.offsets, at)
  const { rows, from, to } = selection
  for (let k = from; k < to; k += 1) raw.origins.sources[at + k - from] = source.origins.sources[rows[k]!]!
}
