import { BATCH_ROWS, type Batch, type Slot } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import type { SortOrder } from '../data/row-order.ts'
import { SortedRows } from '../state/sorted-rows.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy, watermarkAfter } from '../time/watermark.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface SortOptions {
  /** How rows of the same time sort. */
  readonly keys: readonly SortOrder[]
  /** Reads a column for each key; null: there are none. */
  readonly keyReader: KeyReader | null
  /** After the keys: by arrival, or by the bytes of the lines. */
  readonly ties: 'arrival' | 'bytes'
  /** The input's slot of each column that goes on. */
  readonly forwarded: readonly number[]
  /** Of the columns that go on, and behind them of the keys. */
  readonly slots: readonly Slot[]
  /** Do the rows have lines that they may leave as? */
  readonly keepsRaw: boolean
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * Rows in order of event time, as Flink's `RowTimeSortOperator`: they wait until `t <= w`; a row that comes then is late.
 *
 * A row brings the watermark t - 1 with it: nothing earlier follows. So what comes behind this step depends on the sorted rows alone, not on how
 * far the watermark went at a time. For the same reason rows are freed for a whole batch at once, unless a row in it is told of on the way.
 */
export class Sort implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: SortOptions
  readonly #rows: SortedRows
  readonly #errors = new RowErrors()
  /** Of the batch at hand: the columns that go on, and the keys. */
  #columns: readonly Column[] = []
  /** Rows that are free: their numbers, times, the watermarks before them, and sequences. */
  #taken = new Int32Array(0)
  #times = new Float64Array(0)
  #watermarks = new Float64Array(0)
  #sequences = new Float64Array(0)
  /** The output's watermark. */
  #watermark = -Infinity
  /** Rows of the batch that `#placeRows` has passed. */
  #passed = 0

  constructor(options: SortOptions) {
    const { slots, keepsRaw, keys, ties } = options
    this.#options = options
    this.#rows = new SortedRows({ name: 'rows', slots, keepsRaw, keys, ties })
    this.structures = [this.#rows]
  }

  createOutput(): Batch {
    return this.#rows.slab.createOutput(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) this.#begin(batch)
    const next = this.#work(batch, from, out)
    this.#options.context.counters.held = this.#rows.entries
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #begin(batch: Batch): void {
    const { keyReader, forwarded } = this.#options
    this.#rows.tidy()
    this.#errors.clear()
    this.#passed = 0
    const keys = keyReader ? keyReader.columns(batch, 0, batch.length, this.#errors.add) : []
    this.#columns = [...forwarded.map((slot) => batch.columns[slot]!), ...keys]
  }

  #work(batch: Batch, from: number, out: Batch): number {
    for (let row = from; ; row += 1) {
      row = this.#take(batch, row)
      const isEnd = row === batch.length
      const watermark = isEnd ? batch.watermarkAfter : batch.watermark[row]!
      if (!this.#emit(batch, watermark, out)) return row
      if (watermark > this.#watermark) this.#watermark = watermark
      if (isEnd) return row + 1
      this.#refuse(batch, row)
    }
  }

  /** Keeps rows up to the first that is late or bad; returns that, or the length of the batch. */
  #take(batch: Batch, from: number): number {
    const { length, time, watermark } = batch
    const stop = Math.min(this.#errors.next(from), length)
    let row = from
    while (row < stop && !isRowLate(time[row]!, 0, watermark[row]!)) row += 1
    if (row > from) this.#rows.addAll(batch, from, row, this.#columns)
    this.#options.context.counters.in += row - from
    return row
  }

  /** Writes the rows that the watermark frees. False: `out` is full, and there may be more. */
  #emit(batch: Batch, watermark: number, out: Batch): boolean {
    if (this.#taken.length < out.capacity) {
      this.#taken = new Int32Array(out.capacity)
      this.#times = new Float64Array(out.capacity)
      this.#watermarks = new Float64Array(out.capacity)
      this.#sequences = new Float64Array(out.capacity)
    }
    const taken = this.#taken
    const { slab } = this.#rows
    const { counters } = this.#options.context
    const count = this.#rows.take(watermark, taken, out.capacity - out.length)
    for (let r = 0; r < count; r += 1) this.#times[r] = slab.time[taken[r]!]!
    this.#placeRows(batch, count)
    for (let r = 0; r < count; r += 1) {
      this.#watermark = Math.max(this.#watermark, watermarkAfter(this.#times[r]!, 0))
      this.#watermarks[r] = this.#watermark
    }
    slab.copyAll(taken, count, out, { watermarks: this.#watermarks, sequences: this.#sequences })
    this.#rows.releaseAll(taken, count)
    counters.used += count
    counters.out += count
    return out.length < out.capacity
  }

  /** The sequences of rows that are free at the watermarks `#times`. */
  #placeRows(batch: Batch, count: number): void {
    if (batch.clock) {
      batch.clock.reachedAll(this.#times, count, this.#sequences)
      return
    }
    for (let r = 0; r < count; r += 1) {
      while (this.#passed < batch.length && batch.watermark[this.#passed]! < this.#times[r]!) this.#passed += 1
      this.#sequences[r] = this.#passed < batch.length ? batch.sequence[this.#passed]! : batch.sequenceAfter
    }
  }

  #refuse(batch: Batch, row: number): void {
    const { context } = this.#options
    context.counters.in += 1
    context.counters.held = this.#rows.entries
    if (this.#errors.has(row)) {
      context.counters.bad += 1
      context.badRow(batch, row, this.#errors.get(row))
      return
    }
    const watermark = batch.watermark[row]!
    context.counters.late += 1
    context.late(batch, row, { lateBy: rowLateBy(batch.time[row]!, 0, watermark), watermark })
  }

  facts(): SortFacts {
    return { watermark: factOfWatermark(this.#watermark) }
  }

  restoreFacts(facts: unknown): void {
    this.#watermark = watermarkOfFact((facts as SortFacts).watermark)
    this.#options.context.counters.held = this.#rows.entries
  }
}

interface SortFacts {
  readonly watermark: WatermarkFact
}
