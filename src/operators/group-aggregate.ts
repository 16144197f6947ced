import type { Batch, Slot } from '../data/batch.ts'
import { isRetraction } from '../data/row-kind.ts'
import type { Value } from '../data/value.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { GroupTable } from '../state/group-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { type AggregateInput, AggregateInputs } from './aggregate-inputs.ts'
import { ChangeQueue } from './change-queue.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { type ResultHeader, ResultWriter } from './result-writer.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface GroupAggregateOptions {
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** `final`: one row for each group, when the input ends. `changes`: at each row, how the result of its group changed. */
  readonly emit: 'final' | 'changes'
  /** May the input take rows back? Then the accumulators must be retractable. */
  readonly retractable: boolean
  readonly context: OperatorContext
  /** Keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * As Flink's `GroupAggFunction` without state TTL: +I for a new group, -U and +U when its result changes, nothing when it does not, -D when its last
 * row is taken back; a row taken back from no group is passed over. Result rows have no event time.
 */
export const groupAggregate = (options: GroupAggregateOptions): Operator => new GroupAggregate(options)

class GroupAggregate implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: GroupAggregateOptions
  readonly #keys: KeyTable
  readonly #groups: GroupTable
  readonly #inputs: AggregateInputs
  readonly #pending: PendingRows
  readonly #writer: ResultWriter
  readonly #changes: ChangeQueue
  #watermark = -Infinity
  /** The arrival number of the next group. */
  #arrivals = 0
  #isLoaded = false
  /** Groups on their way out at the end of the input, and how many are written. */
  #leaving: Int32Array | null = null
  #left = 0

  constructor(options: GroupAggregateOptions) {
    const { keys, aggregates, retractable, slots } = options
    const accumulators = aggregates.map(({ accumulator }) => accumulator)
    const layout = new AccumulatorLayout(accumulators, retractable)
    this.#options = options
    this.#keys = new KeyTable(slots.slice(0, slots.length - aggregates.length).map(({ type }) => type))
    this.#groups = new GroupTable(layout, this.#keys)
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    this.#writer = new ResultWriter(this.#keys, 0)
    this.#changes = new ChangeQueue(this.#writer)
    this.structures = [this.#keys, this.#groups]
  }

  createOutput(): Batch {
    const out = this.#writer.createOutput(this.#options.slots, this.#options.capacity)
    if (this.#options.emit === 'changes') out.withKinds()
    return out
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) {
      this.#keys.recycle(SPARED_SLOTS)
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
    if (!this.#changes.drain(out)) return from
    if (!this.#isLoaded) this.#inputs.load(batch, from)
    this.#isLoaded = true
    let i = from
    while (i < batch.length) {
      if (!this.#advance(batch, batch.watermark[i]!, out)) return i
      i = this.#options.emit === 'final' ? this.#addRows(batch, i) : this.#changeGroups(batch, i, out)
      if (!this.#changes.drain(out)) return i
    }
    return this.#advance(batch, batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  /** At the end of the input all groups leave. False: `out` is full. */
  #advance(batch: Batch, watermark: number, out: Batch): boolean {
    if (watermark <= this.#watermark) return true
    const isEnd = watermark === Infinity && this.#options.emit === 'final'
    if (isEnd && !this.#writeGroups(out, batch.clock?.reachedAt(watermark) ?? batch.sequenceAfter)) return false
    this.#watermark = watermark
    return true
  }

  #writeGroups(out: Batch, sequence: number): boolean {
    this.#leaving ??= this.#groups.slotsByArrival()
    const count = Math.min(this.#leaving.length - this.#left, out.capacity - out.length)
    const slots = this.#leaving.subarray(this.#left, this.#left + count)
    if (count > 0) this.#writer.appendInserts(out, this.#headerOf(sequence), this.#groups, slots)
    for (const slot of slots) this.#groups.end(slot)
    this.#left += count
    if (this.#left < this.#leaving.length) return false
    this.#leaving = null
    this.#left = 0
    return true
  }

  #headerOf(sequence: number): ResultHeader {
    return { time: Number.NaN, watermark: this.#watermark, sequence, leading: [] }
  }

  /** Takes rows up to the first before which the input has ended. */
  #addRows(batch: Batch, from: number): number {
    let targets = this.#pending.targetsOf(this.#groups, from, batch.capacity)
    let i = from
    for (; i < batch.length; i += 1) {
      if (batch.watermark[i]! > this.#watermark) {
        if (batch.watermark[i] === Infinity) break
        this.#watermark = batch.watermark[i]!
      }
      if (this.#isBad(batch, i)) continue
      if (!this.#isRetraction(batch, i)) targets[i] = this.#groupOf(i)
      else {
        this.#pending.flush(i)
        this.#retractRow(i)
        targets = this.#pending.targetsOf(this.#groups, i + 1, batch.capacity)
      }
    }
    this.#pending.flush(i)
    return i
  }

  /** Takes rows up to the one whose changes do not fit into `out`. */
  #changeGroups(batch: Batch, from: number, out: Batch): number {
    for (let i = from; i < batch.length; i += 1) {
      if (batch.watermark[i]! > this.#watermark) this.#watermark = batch.watermark[i]!
      if (this.#isBad(batch, i)) continue
      const slot = this.#inputs.slots[i]!
      const before = this.#resultOf(slot)
      if (this.#isRetraction(batch, i)) this.#retractRow(i)
      else {
        this.#pending.targetsOf(this.#groups, i, batch.capacity)[i] = this.#groupOf(i)
        this.#pending.flush(i + 1)
      }
      this.#changes.push(this.#headerOf(batch.sequence[i]!), slot, before, this.#resultOf(slot))
      if (!this.#changes.drain(out)) return i + 1
    }
    return batch.length
  }

  #resultOf(slot: number): Value[] | null {
    return this.#groups.has(slot) ? this.#groups.results(slot) : null
  }

  #isRetraction(batch: Batch, i: number): boolean {
    return this.#options.retractable && batch.kinds !== null && isRetraction(batch.kinds[i]!)
  }

  /** Counts row i, and tells of it if it cannot be taken. */
  #isBad(batch: Batch, i: number): boolean {
    const { context } = this.#options
    const isBad = this.#inputs.errors.has(i)
    context.counters.in += 1
    context.counters[isBad ? 'bad' : 'used'] += 1
    if (isBad) context.badRow(batch, i, this.#inputs.errors.get(i))
    return isBad
  }

  /** The group that row i is added to. */
  #groupOf(i: number): number {
    const slot = this.#inputs.slots[i]!
    if (this.#groups.has(slot)) this.#groups.touch(slot)
    else {
      this.#groups.begin(slot, this.#arrivals)
      this.#arrivals += 1
    }
    if (this.#options.retractable) this.#groups.countLive(slot, 1)
    return slot
  }

  #retractRow(i: number): void {
    const slot = this.#inputs.slots[i]!
    if (!this.#groups.has(slot)) return
    this.#inputs.retract(this.#groups, slot, i)
    this.#groups.countLive(slot, -1)
    if (this.#groups.isLive(slot)) this.#groups.touch(slot)
    else this.#groups.end(slot)
  }

  facts(): GroupFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as GroupFacts
    this.#watermark = watermarkOfFact(watermark)
    this.#arrivals = arrivals
  }
}

interface GroupFacts {
  readonly watermark: WatermarkFact
  readonly arrivals: number
}
