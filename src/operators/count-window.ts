import type { Batch, Slot } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { GroupTable } from '../state/group-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { RecentRows } from '../state/recent-rows.ts'
import type { StateStructure } from '../state/structure.ts'
import { type AggregateInput, AggregateInputs, type KeptArguments } from './aggregate-inputs.ts'
import { KeyExpiry } from './key-expiry.ts'
import type { KeyReader } from './key-reader.ts'
import { isFull, type Operator, type OperatorContext } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { ResultWriter } from './result-writer.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface CountWindowOptions {
  /** Rows of a window, at least 1. */
  readonly size: number
  /** Rows between two results of a key, at least 1; null: windows do not overlap. Then accumulators must be retractable, if not they need not. */
  readonly slide: number | null
  /** ms: a key is forgotten when w >= t + stateTtl, t being the greatest event time of its rows; its next row is its first. null: never. */
  readonly stateTtl: number | null
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** What the aggregates read, in their order: arguments, then the filter. Kept of each row in sliding windows. */
  readonly argumentSlots: readonly Slot[]
  readonly context: OperatorContext
  /** Keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * Windows of `size` rows of a key as they come, as Flink's `countWindow(size)` and `countWindow(size, slide)`: a result after every `slide` rows, of the
 * last `size` that there are; so the first ones are of fewer. A result has the event time of the row that completes it. What is not complete at the
 * end gives nothing.
 *
 * Of sliding windows what the aggregates read of each row is kept, and taken back from them once the row has left: a row costs the same whatever the
 * size is.
 */
export class CountWindow implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: CountWindowOptions
  readonly #keys: KeyTable
  /** Of each key what its window holds so far, and how many rows. */
  readonly #groups: GroupTable
  /** null: windows do not overlap. */
  readonly #recent: RecentRows | null
  readonly #expiry: KeyExpiry
  readonly #inputs: AggregateInputs
  readonly #pending: PendingRows
  readonly #writer: ResultWriter
  /** What the aggregates read of the batch at hand, and of rows that are kept. */
  #read: readonly Column[] = []
  #kept: readonly KeptArguments[] = []
  #watermark = -Infinity
  /** The arrival number of the next group. */
  #arrivals = 0
  #isLoaded = false

  constructor(options: CountWindowOptions) {
    const { keys, aggregates, slots, slide, stateTtl, argumentSlots } = options
    // rows are counted where they are retractable
    const layout = new AccumulatorLayout(
      aggregates.map(({ accumulator }) => accumulator),
      true,
    )
    this.#options = options
    this.#keys = new KeyTable(slots.slice(0, slots.length - aggregates.length).map(({ type }) => type))
    this.#groups = new GroupTable(layout, this.#keys)
    this.#recent = slide === null ? null : new RecentRows({ name: 'rows', slots: argumentSlots, keepsRaw: false })
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    this.#writer = new ResultWriter(this.#keys, 0)
    this.#expiry = new KeyExpiry({
      ttl: stateTtl,
      arrivalOf: (slot) => this.#groups.arrivals[slot]!,
      slots: () => this.#groups.slotsByArrival(),
    })
    this.structures = [this.#keys, this.#groups, this.#expiry.structure, ...(this.#recent ? [this.#recent] : [])]
  }

  createOutput(): Batch {
    return this.#writer.createOutput(this.#options.slots, this.#options.capacity)
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) {
      this.#keys.recycle(SPARED_SLOTS)
      this.#recent?.tidy()
      this.#isLoaded = false
    }
    const before = out.length
    const next = this.#work(batch, from, out)
    this.#options.context.counters.out += out.length - before
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #work(batch: Batch, from: number, out: Batch): number {
    if (!this.#isLoaded) this.#load(batch, from)
    let i = from
    for (; i < batch.length && !isFull(out); i += 1) {
      if (batch.watermark[i]! > this.#watermark) this.#watermark = batch.watermark[i]!
      if (this.#expiry.isDue(this.#watermark)) this.#forget(i)
      this.#take(batch, i, out)
    }
    this.#pending.flush(i)
    if (i < batch.length) return i
    if (batch.watermarkAfter > this.#watermark) this.#watermark = batch.watermarkAfter
    if (this.#watermark === Infinity) this.#forgetAll()
    else if (this.#expiry.isDue(this.#watermark)) this.#forget(i)
    return batch.length + 1
  }

  #load(batch: Batch, from: number): void {
    this.#inputs.load(batch, from)
    this.#isLoaded = true
    if (this.#recent === null) return
    this.#read = this.#inputs.read()
    this.#kept = this.#inputs.ofEach(this.#recent.slab.columns)
  }

  #take(batch: Batch, i: number, out: Batch): void {
    const { context } = this.#options
    const { errors, slots } = this.#inputs
    context.counters.in += 1
    if (errors.size > 0 && errors.has(i)) {
      context.counters.bad += 1
      this.#pending.flush(i)
      context.badRow(batch, i, errors.get(i))
      return
    }
    context.counters.used += 1
    const slot = slots[i]!
    if (this.#groups.has(slot)) this.#groups.touch(slot)
    else {
      this.#groups.begin(slot, this.#arrivals)
      this.#arrivals += 1
    }
    this.#expiry.touch(slot, batch.time[i]!)
    this.#pending.targetsOf(this.#groups, i, batch.capacity)[i] = slot
    this.#groups.countLive(slot, 1)
    if (this.#recent) this.#slide(batch, i, this.#recent, out)
    else if (this.#groups.rowsIn(slot) === this.#options.size) {
      this.#tell(batch, i, out)
      this.#end(slot)
    }
  }

  /** Rows that have left are taken back when a result is due, or when they are as many as the window. */
  #slide(batch: Batch, i: number, recent: RecentRows, out: Batch): void {
    const { size, slide } = this.#options
    const slot = this.#inputs.slots[i]!
    const isDue = recent.add(slot, batch, i, this.#read) % slide! === 0
    const surplus = recent.countOf(slot) - size
    if (surplus > 0 && (isDue || surplus >= size)) {
      this.#pending.flush(i + 1)
      for (let left = surplus; left > 0; left -= 1) {
        this.#inputs.retractKept(this.#groups, slot, this.#kept, recent.oldest(slot))
        this.#groups.countLive(slot, -1)
        recent.dropOldest(slot)
      }
    }
    if (isDue) this.#tell(batch, i, out)
  }

  /** Writes what the window of row i's key holds; there must be room. */
  #tell(batch: Batch, i: number, out: Batch): void {
    this.#pending.flush(i + 1)
    const header = { time: batch.time[i]!, watermark: this.#watermark, sequence: batch.sequence[i]!, leading: [] }
    this.#writer.appendInserts(out, header, this.#groups, Int32Array.of(this.#inputs.slots[i]!))
  }

  /** Before row i. */
  #forget(i: number): void {
    this.#pending.flush(i)
    for (let due = this.#expiry.next(this.#watermark); due !== null; due = this.#expiry.next(this.#watermark))
      this.#end(due.slot)
  }

  /** After the end nothing comes that a window could be completed by. */
  #forgetAll(): void {
    for (const slot of this.#groups.slotsByArrival()) this.#end(slot)
  }

  #end(slot: number): void {
    this.#groups.end(slot)
    this.#recent?.dropKey(slot)
    this.#expiry.end(slot)
  }

  facts(): CountFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as CountFacts
    this.#watermark = watermarkOfFact(watermark)
    this.#arrivals = arrivals
    this.#expiry.restored(this.#groups.entries)
  }
}

interface CountFacts {
  readonly watermark: WatermarkFact
  readonly arrivals: number
}
