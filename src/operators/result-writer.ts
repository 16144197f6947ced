import { BATCH_ROWS, Batch, type Slot } from '../data/batch.ts'
import { Column, Tag } from '../data/column.ts'
import { RowKind } from '../data/row-kind.ts'
import { JsonText, type Value } from '../data/value.ts'
import type { AccumulatorTable } from '../state/accumulator-table.ts'
import type { KeyTable } from '../state/key-table.ts'

/** What the rows of one result have in common. */
export interface ResultHeader {
  /** Event time of the rows; NaN: none. */
  readonly time: number
  /** The output watermark before the rows. */
  readonly watermark: number
  /** That of the row that caused them. */
  readonly sequence: number
  /** Columns before the keys: start and end of the window. */
  readonly leading: readonly number[]
}

/** One changed result; `values` are those of the aggregates. */
export interface ResultChange {
  readonly header: ResultHeader
  readonly kind: RowKind
  readonly slot: number
  readonly values: readonly Value[]
}

/** Writes the rows of aggregate steps: leading columns, keys, aggregates. The column of kinds is filled only if the batch has one. */
export class ResultWriter {
  readonly #keys: KeyTable
  readonly #leading: number
  #slots = new Int32Array(0)

  /** `leading`: how many columns stand before the keys. */
  constructor(keys: KeyTable, leading: number) {
    this.#keys = keys
    this.#leading = leading
  }

  /** An empty batch for these slots; keys are spans. */
  createOutput(slots: readonly Slot[], capacity: number = BATCH_ROWS): Batch {
    const behind = this.#leading + this.#keys.parts
    const columns = slots.map(
      ({ type }, c) => new Column(type, c >= this.#leading && c < behind ? 'span' : 'plain', capacity),
    )
    return new Batch(columns, capacity)
  }

  /** Appends +I rows with the results of `rows` of `table`; there must be room. Rows of a table without `slots` are key slots. */
  appendInserts(
    out: Batch,
    header: ResultHeader,
    table: AccumulatorTable & { slots?: Int32Array },
    rows: Int32Array,
  ): void {
    const at = out.length
    const { accumulators, offsets } = table.layout
    this.#appendHeader(out, header, rows.length)
    out.kinds?.fill(RowKind.Insert, at, at + rows.length)
    this.#appendKeys(out, at, table.slots ? this.#slotsOf(table.slots, rows) : rows)
    const firstAggregate = this.#leading + this.#keys.parts
    for (let a = 0; a < accumulators.length; a += 1) {
      const column = out.columns[firstAggregate + a]!
      const accumulator = accumulators[a]!
      if (accumulator.fill) accumulator.fill(table, offsets[a]!, rows, column, at)
      else for (let i = 0; i < rows.length; i += 1) column.set(at + i, accumulator.result(table, offsets[a]!, rows[i]!))
    }
  }

  appendChange(out: Batch, { header, kind, slot, values }: ResultChange): void {
    const at = out.length
    this.#appendHeader(out, header, 1)
    out.withKinds()[at] = kind
    this.#appendKeys(out, at, Int32Array.of(slot))
    const firstAggregate = this.#leading + this.#keys.parts
    for (let a = 0; a < values.length; a += 1) out.columns[firstAggregate + a]!.set(at, values[a]!)
  }

  #appendHeader(out: Batch, { time, watermark, sequence, leading }: ResultHeader, count: number): void {
    const at = out.length
    const end = at + count
    out.time.fill(time, at, end)
    out.watermark.fill(watermark, at, end)
    out.sequence.fill(sequence, at, end)
    for (let c = 0; c < this.#leading; c += 1) {
      out.columns[c]!.tags.fill(Tag.Number, at, end)
      out.columns[c]!.numbers.fill(leading[c]!, at, end)
    }
    out.length = end
  }

  #appendKeys(out: Batch, at: number, slots: Int32Array): void {
    for (let k = 0; k < this.#keys.parts; k += 1) this.#keys.fill(k, slots, out.columns[this.#leading + k]!, at)
  }

  #slotsOf(slots: Int32Array, rows: Int32Array): Int32Array {
    if (this.#slots.length < rows.length) this.#slots = new Int32Array(rows.length)
    for (let i = 0; i < rows.length; i += 1) this.#slots[i] = slots[rows[i]!]!
    return this.#slots.subarray(0, rows.length)
  }
}

/** The change of a result that is told further; none if it is the same, unless `tellsAll`. `null`: the group had, or has, no rows. */
export function changesOf(
  before: readonly Value[] | null,
  after: readonly Value[] | null,
  tellsAll = false,
): readonly (readonly [RowKind, readonly Value[]])[] {
  if (before === null) return after === null ? [] : [[RowKind.Insert, after]]
  if (after === null) return [[RowKind.Delete, before]]
  if (!tellsAll && before.every((value, a) => isSameResult(value, after[a]!))) return []
  return [
    [RowKind.UpdateBefore, before],
    [RowKind.UpdateAfter, after],
  ]
}

/** Would both be printed the same? */
const isSameResult = (a: Value, b: Value): boolean =>
  a === b || Object.is(a, b) || (a instanceof JsonText && b instanceof JsonText && a.text === b.text)
