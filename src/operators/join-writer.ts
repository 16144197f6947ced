import { BATCH_ROWS, Batch, rawLines, rawOrigins, type Slot } from '../data/batch.ts'
import { ByteSpool } from '../data/byte-spool.ts'
import { Column, Tag } from '../data/column.ts'
import { viewOf } from '../data/key-bytes.ts'
import type { RowView } from './join-input.ts'

/** Where a column of a join's result comes from: kept column `index` of a side, the text of the right row, or the join itself. */
export type JoinColumn =
  | { readonly kind: 'left' | 'right'; readonly index: number }
  | { readonly kind: 'right-text' }
  | { readonly kind: 'window-start' | 'window-end' }

export interface JoinResultOptions {
  readonly slots: readonly Slot[]
  readonly columns: readonly JoinColumn[]
  /** Do the rows have the line of the left row? */
  readonly hasLines: boolean
  /** Are results taken back? */
  readonly isUpdating: boolean
  /** The result is a line, in which the right row is the member of this name, and nothing else. */
  readonly line?: string
}

/** What a result has besides the columns of its two rows; times in ms. */
export interface JoinHeader {
  time: number
  watermark: number
  sequence: number
  kind: number
  windowStart: number
  windowEnd: number
}

export const newJoinHeader = (): JoinHeader => ({
  time: 0,
  watermark: -Infinity,
  sequence: 0,
  kind: 0,
  windowStart: 0,
  windowEnd: 0,
})

/** A batch of results counts as full when their texts are so long, however few they are. */
export const MOST_BYTES = 1 << 20
const EMPTY_ROW = Buffer.from('{}')
const EMPTY_VIEW = viewOf(EMPTY_ROW)

/** Puts the rows of two sides together. The texts of a batch of results stand in a buffer of its own. */
export class JoinWriter {
  readonly #options: JoinResultOptions
  #spool = new ByteSpool(0)

  constructor(options: JoinResultOptions) {
    this.#options = options
  }

  createOutput(): Batch {
    const { slots, columns, hasLines, isUpdating } = this.#options
    const batch = new Batch(
      slots.map(({ type }, c) => new Column(type, columns[c]!.kind === 'right-text' ? 'span' : 'plain', BATCH_ROWS)),
      BATCH_ROWS,
    )
    if (hasLines) batch.raw = rawLines(BATCH_ROWS)
    if (isUpdating) batch.withKinds()
    return batch
  }

  isFull(out: Batch): boolean {
    return out.length >= out.capacity || (out.length > 0 && this.#spool.length >= MOST_BYTES)
  }

  /** Appends a result; null: there is no row of that side. There must be room. */
  write(out: Batch, left: RowView | null, right: RowView | null, header: JoinHeader): void {
    const at = out.length
    // a new buffer each time: whoever still holds the last one's rows holds its bytes too
    if (at === 0) this.#spool = new ByteSpool(Math.max(1024, Math.min(this.#spool.length, MOST_BYTES)))
    out.time[at] = header.time
    out.watermark[at] = header.watermark
    out.sequence[at] = header.sequence
    if (out.kinds) out.kinds[at] = header.kind
    const { columns } = this.#options
    for (let c = 0; c < columns.length; c += 1) {
      const from = columns[c]!
      const to = out.columns[c]!
      if (from.kind === 'left') copy(left, from.index, to, at)
      else if (from.kind === 'right') copy(right, from.index, to, at)
      else if (from.kind === 'right-text') this.#writeText(right, to, at)
      else setNumber(to, at, from.kind === 'window-start' ? header.windowStart : header.windowEnd)
    }
    if (out.raw) this.#writeLine(left, right, out, at)
    out.length = at + 1
  }

  #writeText(right: RowView | null, to: Column, at: number): void {
    if (right === null) {
      to.tags[at] = Tag.Null
      return
    }
    const { buffer, view, start, end } = right.text
    to.tags[at] = Tag.Json
    to.ids[at] = this.#spool.length
    this.#spool.appendFrom(buffer, view, start, end)
    to.ends[at] = this.#spool.length
    to.buffer = this.#spool.bytes
  }

  /** Where there is no left row, the line has no members; it stands where the right row's does. */
  #writeLine(left: RowView | null, right: RowView | null, out: Batch, at: number): void {
    const raw = out.raw!
    if (at === 0) raw.origins = rawOrigins(out.capacity)
    raw.starts[at] = this.#spool.length
    if (left) this.#spool.appendFrom(left.text.buffer, left.text.view, left.text.start, left.text.end)
    else this.#spool.appendFrom(EMPTY_ROW, EMPTY_VIEW, 0, EMPTY_ROW.length)
    raw.ends[at] = this.#spool.length
    const { source, line, offset } = (left ?? right)!.text
    raw.lines[at] = line
    raw.origins!.sources[at] = source
    raw.origins!.offsets[at] = offset
    raw.buffer = this.#spool.bytes
    for (const column of out.columns) if (column.encoding === 'span') column.buffer = this.#spool.bytes
  }
}

function copy(from: RowView | null, index: number, to: Column, at: number): void {
  if (from === null) {
    to.tags[at] = Tag.Null
    return
  }
  const column = from.columns[index]!
  const tag = column.tags[from.row]!
  if (tag === Tag.Number) setNumber(to, at, column.numbers[from.row]!)
  else if (tag < Tag.Number) to.tags[at] = tag
  else {
    while (to.values.length < at) to.values.push(null)
    to.set(at, column.value(from.row))
  }
}

function setNumber(to: Column, at: number, value: number): void {
  to.tags[at] = Tag.Number
  to.numbers[at] = value
}
