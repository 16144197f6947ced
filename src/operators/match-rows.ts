import type { MatchBuffer } from '../cep/match-buffer.ts'
import type { Matcher, RowsInOrder } from '../cep/matcher.ts'
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

/** In `#places`: the row is not in the slab, or it is there and a match has it. */
const NOT_KEPT = -1
const TAKEN = -2

/**
 * The rows of a matcher in order of time, as many of them at hand as a batch has. Rows of the batch go by -1 - their number there, those of the slab by theirs.
 * A row comes into the slab when a match takes it, or when it still waits at the end of its batch.
 */
export class MatchRows implements RowsInOrder {
  readonly waiting: WaitingRows
  /** Key slot by row of the batch. */
  slots = new Int32Array(0)
  batch: Batch
  readonly #slab: RowSlab
  readonly #truths: RowTruths
  readonly #keys: KeyTable
  /** The rows at hand, which go by their places here. */
  readonly rows = new Int32Array(BATCH_ROWS)
  readonly keys = new Int32Array(BATCH_ROWS)
  readonly times = new Float64Array(BATCH_ROWS)
  readonly truths: Int32Array
  /** Where they are in the slab. */
  readonly #places = new Int32Array(BATCH_ROWS)
  #end = 0
  /** Those before it are done. */
  next = 0
  /** By key slot: the last batch with a row that begins a match. */
  #begunIn = new Int32Array(64)
  #batches = 0
  #picked = new Int32Array(BATCH_ROWS)
  readonly #kept = new Int32Array(BATCH_ROWS)

  constructor({ slab, keys, truths }: MatchRowsOptions) {
    this.#slab = slab
    this.#truths = truths
    this.#keys = keys
    this.truths = new Int32Array(BATCH_ROWS * truths.words)
    this.batch = slab.createOutput(1)
    this.waiting = new WaitingRows(slab, keys)
  }

  begin(batch: Batch): void {
    this.batch = batch
    this.#batches += 1
    if (this.slots.length >= batch.length) return
    this.slots = new Int32Array(batch.capacity)
    if (this.#picked.length < batch.capacity) this.#picked = new Int32Array(batch.capacity)
  }

  /**
   * Rows [from, to) of the batch wait, but not those that the watermark frees with the batch and that cannot matter: they begin nothing, their key has nothing
   * open, and no other row waits or comes with the batch that begins something. Returns how many those are: they are done.
   */
  addAll(from: number, to: number, matcher: Matcher): number {
    const { slots, waiting } = this
    const { time, watermarkAfter } = this.batch
    const [begunIn, number, picked] = [this.#begunIn, this.#batches, this.#picked]
    const isAny = matcher.beginners === null
    let count = 0
    for (let i = from; i < to; i += 1) {
      const key = slots[i]!
      const isWanted = isAny || begunIn[key] === number || !matcher.isIdle(key) || waiting.has(key)
      if (isWanted || time[i]! > watermarkAfter) picked[count++] = i
    }
    waiting.addAll(picked, count, time)
    return to - from - count
  }

  /** Which keys the rows of the batch may begin something for. */
  noteBeginners({ beginners }: Matcher): void {
    const { slots, batch } = this
    if (beginners === null) return
    if (this.#begunIn.length < this.#keys.capacity) this.#begunIn = new Int32Array(this.#keys.capacity)
    for (let i = 0; i < batch.length; i += 1)
      if (this.#truths.meets(i, beginners)) this.#begunIn[slots[i]!] = this.#batches
  }

  /** Rows at hand: those from `next` on are not yet done. */
  get end(): number {
    return this.#end
  }

  /** Rows that are not yet done, at hand or not. */
  get size(): number {
    return this.waiting.size + this.#end - this.next
  }

  /** Takes rows up to the watermark to hand, as many as there is room for; those at hand are done. False: there are none. */
  free(watermark: number, { beginners, partials }: Matcher): boolean {
    for (let n = 0; n < this.#end; n += 1) if (this.#places[n]! >= 0) this.#slab.release(this.#places[n]!)
    this.next = 0
    this.#end = this.waiting.take(watermark, this.rows)
    if (this.#end === 0) return false
    this.#readAll()
    partials.touch(this.keys, 0, this.#end)
    if (beginners !== null) this.#keepBeginners(beginners)
    return true
  }

  #readAll(): void {
    const { rows, keys, times, slots } = this
    const [places, ofSlab, { time }] = [this.#places, this.#slab.time, this.batch]
    for (let n = 0; n < this.#end; n += 1) {
      const row = rows[n]!
      if (row < 0) {
        keys[n] = slots[-1 - row]!
        times[n] = time[-1 - row]!
        places[n] = NOT_KEPT
      } else {
        keys[n] = this.waiting.keyOf(row)
        times[n] = ofSlab[row]!
        places[n] = row
        this.waiting.leave(row)
      }
    }
    this.#truths.readAll(rows, this.#end, this.truths)
  }

  /** Rows that begin a match are sure to be taken: they are copied all at once. */
  #keepBeginners(beginners: Int32Array): void {
    const { rows } = this
    const [places, picked, kept] = [this.#places, this.#picked, this.#kept]
    let count = 0
    for (let n = 0; n < this.#end; n += 1) {
      const i = -1 - rows[n]!
      if (i >= 0 && this.#truths.meets(i, beginners)) picked[count++] = i
    }
    this.#slab.appendAll(this.batch, 0, count, { columns: this.batch.columns, rows: kept, picked })
    for (let n = 0, r = 0; r < count; n += 1) if (rows[n] === -1 - picked[r]!) places[n] = kept[r++]!
  }

  /** A match takes row n of those at hand: its number in the slab, which is the taker's to release. */
  take(n: number): number {
    const place = this.#places[n]!
    this.#places[n] = TAKEN
    return place >= 0 ? place : this.#slab.append(this.batch, -1 - this.rows[n]!)
  }

  /** The batch is over: what still waits is copied. */
  finish(): void {
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
