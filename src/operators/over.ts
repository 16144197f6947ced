import { BATCH_ROWS, type Batch, type Slot } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { ColumnType } from '../data/column-type.ts'
import { RowSlab } from '../data/row-slab.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { AggregateInputs } from './aggregate-inputs.ts'
import { ForwardBatch, forwardAll, gather } from './forwarding.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import type { HeldRows, OverCall } from './over-calls.ts'
import { type Frame, OverFrames } from './over-frames.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface OverOptions {
  readonly keys: KeyReader
  readonly keyTypes: readonly ColumnType[]
  readonly calls: readonly OverCall[]
  readonly frame: Frame
  /** ms: a key is forgotten when w >= t + this, t being the time of its last row; null: never. */
  readonly forgetAfter: number | null
  /** The input's slot of each column that goes on; behind them come the results of the calls. */
  readonly forwarded: readonly number[]
  /** Of the output's columns. */
  readonly slots: readonly Slot[]
  /** Do the rows have lines that they may leave as? */
  readonly keepsRaw: boolean
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** In the order in which rows go: those held from the last batch. Rows of the batch are their numbers, bad ones their complements. */
const HELD = 0x7fffffff

/**
 * Each row with what the calls come to over its frame, as Flink's OVER aggregates of event time. The input is in order of time, and its watermark tells
 * when no more rows of a time can come: then rows that see their peers go out. That is in the same round always, so held rows are no state.
 */
export class Over implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: OverOptions
  readonly #capacity: number
  readonly #keys: KeyTable
  readonly #inputs: AggregateInputs
  readonly #frames: OverFrames
  readonly #results: readonly Column[]
  #columns: readonly Column[] = []
  #isBegun = false
  /** What is done in this batch, in order, and how much of it is done. */
  #order = new Int32Array(0)
  #count = 0
  #done = 0
  /** Rows of the batch with the time of the last one: the first of `#peers`, all not yet in `#order`. */
  readonly #peers: number[] = []
  #peerTime = Number.NaN
  /** Rows of the last batch that wait for their peers, and the slots of their keys. */
  readonly #held: RowSlab
  readonly #heldRows: { readonly row: number; readonly slot: number }[] = []
  #heldWatermark = -Infinity
  #isHeldSettled = false
  #heldGiven = 0
  readonly #heldResults: readonly Column[]
  readonly #heldOut: Batch
  #watermark = -Infinity

  constructor(options: OverOptions) {
    const { keys, keyTypes, calls, forwarded, slots, keepsRaw } = options
    this.#options = options
    this.#capacity = options.capacity ?? BATCH_ROWS
    this.#keys = new KeyTable(keyTypes)
    this.#inputs = new AggregateInputs(keys, calls, this.#keys)
    this.#frames = new OverFrames({ ...options, keys: this.#keys })
    this.#results = slots.slice(forwarded.length).map(({ type }) => new Column(type, 'plain', 0))
    this.#held = new RowSlab({ slots, keepsRaw })
    this.#heldResults = this.#held.columns.slice(forwarded.length)
    this.#heldOut = this.#held.createOutput(this.#capacity)
    this.structures = [this.#keys, ...this.#frames.structures]
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(this.#capacity)
  }

  process(batch: Batch, _port: number, _from: number, out: ForwardBatch): number {
    if (!this.#isBegun) this.#begin(batch)
    this.#isBegun = true
    this.#work(batch, out)
    this.#options.context.counters.out += out.length
    this.#options.context.counters.used += out.length
    if (this.#done < this.#count) return this.#pause(batch, out)
    this.#isBegun = false
    this.#hold(batch)
    const isHolding = this.#heldRows.length > 0
    out.watermarkAfter = isHolding ? this.#heldWatermark : batch.watermarkAfter
    out.sequenceAfter = isHolding ? this.#held.sequence[this.#heldRows[0]!.row]! : batch.sequenceAfter
    return batch.length + 1
  }

  /** `out` is full: what it promises is what was so before the next row. */
  #pause(batch: Batch, out: ForwardBatch): number {
    const next = this.#order[this.#done]!
    const row = next === HELD ? 0 : next < 0 ? ~next : next
    const held = next === HELD ? this.#heldRows[this.#heldGiven]! : null
    out.watermarkAfter = held ? this.#heldWatermark : batch.watermark[row]!
    out.sequenceAfter = held ? this.#held.sequence[held.row]! : batch.sequence[row]!
    return row
  }

  /** Enters the rows of the batch and puts in order what is to be done about them. */
  #begin(batch: Batch): void {
    const { length } = batch
    this.#keys.recycle(SPARED_SLOTS)
    this.#inputs.load(batch, 0)
    for (const column of this.#results) column.reserve(length)
    this.#frames.begin(this.#inputs, batch, this.#results)
    this.#columns = [...this.#options.forwarded.map((slot) => batch.columns[slot]!), ...this.#results]
    if (this.#order.length < length + 1) this.#order = new Int32Array(Math.max(batch.capacity, length) + 1)
    this.#count = 0
    this.#done = 0
    for (let i = 0; i < length; i += 1) this.#take(batch, i)
    this.#advance(batch.watermarkAfter, length)
    this.#frames.flush(length)
  }

  #take(batch: Batch, i: number): void {
    const { hasPeers } = this.#frames
    if (hasPeers && batch.time[i] !== this.#peerTime) this.#settle(i)
    this.#advance(batch.watermark[i]!, i)
    this.#frames.enter(batch, i)
    if (this.#inputs.errors.has(i)) this.#order[this.#count++] = ~i
    else if (hasPeers) {
      this.#peerTime = batch.time[i]!
      this.#peers.push(i)
    } else this.#order[this.#count++] = i
  }

  #advance(watermark: number, i: number): void {
    if (watermark <= this.#watermark) return
    if (watermark >= this.#peerTime) this.#settle(i)
    this.#frames.forget(watermark, this.#watermark, i)
    this.#watermark = watermark
  }

  /** No more peers of the rows before row i can come. */
  #settle(i: number): void {
    if (this.#heldRows.length > 0 && !this.#isHeldSettled) {
      this.#order[this.#count++] = HELD
      this.#isHeldSettled = true
    } else if (this.#peers.length === 0) return
    this.#frames.settle(i)
    for (const peer of this.#peers) this.#order[this.#count++] = peer
    this.#peers.length = 0
    this.#peerTime = Number.NaN
  }

  /** Keeps the rows at the end of the batch whose peers may still come. */
  #hold(batch: Batch): void {
    for (const i of this.#peers) {
      if (this.#heldRows.length === 0) this.#heldWatermark = batch.watermark[i]!
      this.#frames.clearResults(i)
      const row = this.#held.append(batch, i, this.#columns)
      this.#heldRows.push({ row, slot: this.#inputs.slots[i]! })
      this.#options.context.counters.in += 1
      this.#options.context.counters.held += 1
    }
    this.#peers.length = 0
    this.#frames.hold(this.#heldRows.length > 0 && !this.#isHeldSettled ? this.#heldOf() : null)
  }

  #heldOf(): HeldRows {
    const rows = this.#heldRows
    return { rows: rows.map(({ row }) => row), slots: rows.map(({ slot }) => slot), columns: this.#heldResults }
  }

  #work(batch: Batch, out: ForwardBatch): void {
    const { length } = batch
    if (this.#done === 0 && this.#count === length && isAscending(this.#order, length) && length <= out.capacity) {
      forwardAll({ batch, columns: this.#columns }, out)
      this.#options.context.counters.in += length
      this.#done = length
      return
    }
    gather({ batch, columns: this.#columns }, { rows: this.#order, from: 0, to: 0 }, out)
    while (this.#done < this.#count && out.length < out.capacity) {
      const next = this.#order[this.#done]!
      if (next === HELD) {
        if (out.length > 0 || !this.#giveHeld(out)) return
        this.#done += 1
        return // rows of the batch have other columns
      }
      if (next < 0) {
        this.#done += 1
        this.#reject(batch, ~next)
      } else this.#giveRun(batch, out)
    }
  }

  /** Hands rows over up to the next that is none of the batch's good ones. */
  #giveRun(batch: Batch, out: ForwardBatch): void {
    const from = this.#done
    const most = Math.min(this.#count, from + out.capacity - out.length)
    let to = from
    while (to < most && this.#order[to]! >= 0 && this.#order[to] !== HELD) to += 1
    gather({ batch, columns: this.#columns }, { rows: this.#order, from, to }, out)
    this.#options.context.counters.in += to - from
    this.#done = to
  }

  /** False: there are more than `out` can take. */
  #giveHeld(out: ForwardBatch): boolean {
    out.columns = [...this.#heldOut.columns]
    out.raw = this.#heldOut.raw
    out.kinds = null
    const rows = this.#heldRows
    while (this.#heldGiven < rows.length && out.length < out.capacity) {
      const { row } = rows[this.#heldGiven]!
      this.#held.copyTo(row, out, this.#heldWatermark, this.#held.sequence[row]!)
      this.#held.release(row)
      this.#heldGiven += 1
    }
    this.#options.context.counters.held = rows.length - this.#heldGiven
    if (this.#heldGiven < rows.length) return false
    rows.length = 0
    this.#isHeldSettled = false
    this.#heldGiven = 0
    return true
  }

  #reject(batch: Batch, row: number): void {
    const { context } = this.#options
    context.counters.in += 1
    context.counters.bad += 1
    context.badRow(batch, row, this.#inputs.errors.get(row))
  }

  facts(): OverFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#frames.arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as OverFacts
    this.#watermark = watermarkOfFact(watermark)
    this.#frames.restored(arrivals)
  }
}

interface OverFacts {
  readonly watermark: WatermarkFact
  readonly arrivals: number
}

function isAscending(rows: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (rows[i] !== i) return false
  return true
}
