import type { MatchBuffer } from '../cep/match-buffer.ts'
import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import type { RowSlab } from '../data/row-slab.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { RowTruths } from './row-truths.ts'
import { WaitingRows } from './waiting-rows.ts'

export interface MatchRowsOptions {
  readonly slab: RowSlab
  readonly keys: KeyTable
  readonly truths: RowTruths
}

/**
 * The rows of a matcher in order of time, one of them at hand. Rows of the batch go by -1 - their number there, those of the slab by theirs. A row comes into
 * the slab when a match takes it, or when it still waits at the end of its batch.
 */
export class MatchRows {
  readonly waiting: WaitingRows
  /** Key slot by row of the batch. */
  slots = new Int32Array(0)
  batch: Batch
  /** The row at hand. */
  row = -1
  readonly #slab: RowSlab
  readonly #truths: RowTruths
  /** The row at hand in the slab; -1: it is not there. */
  #place = -1
  #isTaken = false
  /** Rows that are free, those from `#next` on not yet done, and where those are in the slab that were put there beforehand. */
  readonly #freed = new Int32Array(BATCH_ROWS)
  readonly #places = new Int32Array(BATCH_ROWS)
  #next = 0
  #end = 0
  readonly #picked = new Int32Array(BATCH_ROWS)
  readonly #rows = new Int32Array(BATCH_ROWS)

  constructor({ slab, keys, truths }: MatchRowsOptions) {
    this.#slab = slab
    this.#truths = truths
    this.batch = slab.createOutput(1)
    this.waiting = new WaitingRows(slab, keys)
  }

  begin(batch: Batch): void {
    this.batch = batch
    if (this.slots.length < batch.length) this.slots = new Int32Array(batch.capacity)
  }

  /** Frees rows up to the watermark, as many as there is room for. False: there are none. `beginners`: see `Matcher`. */
  free(watermark: number, beginners: Int32Array | null): boolean {
    this.#next = 0
    this.#end = this.waiting.take(watermark, this.#freed)
    this.#places.fill(-1, 0, this.#end)
    if (beginners !== null) this.#keepBeginners(beginners)
    return this.#end > 0
  }

  /** Rows that begin a match are sure to be taken: they are copied all at once. */
  #keepBeginners(beginners: Int32Array): void {
    const [freed, places, picked, rows] = [this.#freed, this.#places, this.#picked, this.#rows]
    let count = 0
    for (let n = 0; n < this.#end; n += 1) {
      const row = freed[n]!
      if (row < 0 && this.#truths.meets(row, beginners)) picked[count++] = -1 - row
    }
    this.#slab.appendAll(this.batch, 0, count, { columns: this.batch.columns, rows, picked })
    for (let n = 0, r = 0; r < count; n += 1) if (freed[n] === -1 - picked[r]!) places[n] = rows[r++]!
  }

  get hasNext(): boolean {
    return this.#next < this.#end
  }

  /** The next row that is free is at hand. `into`: gets the conditions that it meets. */
  step(into: Int32Array): void {
    const row = this.#freed[this.#next]!
    this.row = row
    this.#place = row >= 0 ? row : this.#places[this.#next]!
    this.#isTaken = false
    this.#next += 1
    this.#truths.read(row, into)
  }

  /** Event time of the row at hand, ms. */
  get time(): number {
    return this.row >= 0 ? this.#slab.time[this.row]! : this.batch.time[-1 - this.row]!
  }

  /** Key slot of the row at hand. */
  get key(): number {
    return this.row >= 0 ? this.waiting.keyOf(this.row) : this.slots[-1 - this.row]!
  }

  /** A match takes the row at hand: its number in the slab, which is the taker's to release. */
  take(): number {
    this.#isTaken = true
    if (this.#place < 0) this.#place = this.#slab.append(this.batch, -1 - this.row)
    return this.#place
  }

  /** The row at hand is done. */
  leave(): void {
    if (!this.#isTaken && this.#place >= 0) this.#slab.release(this.#place)
  }

  /** The batch is over: what still waits is copied. */
  end(): void {
    this.waiting.keep(this.batch, this.slots, (row, i) => this.#truths.keep(row, i))
  }

  /** Between two batches rows may move. */
  tidy(buffer: MatchBuffer): void {
    if (!this.#slab.isSparse) return
    const moves = new Map<number, number>()
    this.#slab.compact((from, to) => {
      moves.set(from, to)
      this.#truths.move(from, to)
    })
    this.waiting.moveRows(moves)
    buffer.moveRows(moves)
  }
}
