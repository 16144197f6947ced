import type { Batch, Slot } from '../data/batch.ts'
import { isRetraction } from '../data/row-kind.ts'
import type { Value } from '../data/value.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { GroupTable } from '../state/group-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { LastTouches } from '../state/last-touches.ts'
import type { StateStructure } from '../state/structure.ts'
import { type Emission, EmissionTicks } from '../time/emission.ts'
import { type AggregateInput, AggregateInputs } from './aggregate-inputs.ts'
import { ChangeQueue } from './change-queue.ts'
import type { KeyReader } from './key-reader.ts'
import { isFull, type Operator, type OperatorContext } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { type ResultHeader, ResultWriter } from './result-writer.ts'
import { UntoldGroups } from './untold-groups.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface GroupAggregateOptions {
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** `final`: one row for each group, when the input ends. `changes`: at each row, how the result of its group changed; `every`: at each tick. */
  readonly emit: Emission
  /**
   * ms: the group of a key is forgotten when w >= t + stateTtl, t being the greatest event time of its rows, those taken back included; a row
   * that comes then begins it anew. `final`: its result comes out then; `changes`: nothing does; `every`: what is untold. null: never.
   */
  readonly stateTtl: number | null
  /** May the input take rows back? Then the accumulators must be retractable. */
  readonly retractable: boolean
  readonly context: OperatorContext
  /** Keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * As Flink's `GroupAggFunction`: +I for a new group, -U and +U when its result changes, nothing when it does not, -D when its last row is taken back;
 * a row taken back from no group is passed over. With a state TTL, -U and +U also when the result does not change, so that state further down is
 * written too. Flink's TTL is of processing time, this one of event time. Result rows have no event time.
 */
export const groupAggregate = (options: GroupAggregateOptions): Operator => new GroupAggregate(options)

class GroupAggregate implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: GroupAggregateOptions
  readonly #keys: KeyTable
  readonly #groups: GroupTable
  readonly #touches: LastTouches
  readonly #inputs: AggregateInputs
  readonly #pending: PendingRows
  readonly #writer: ResultWriter
  readonly #changes: ChangeQueue
  /** Only with ticks. */
  readonly #untold: UntoldGroups | null
  readonly #ticks: EmissionTicks
  #watermark = -Infinity
  /** The arrival number of the next group. */
  #arrivals = 0
  #isLoaded = false
  /** Are there groups from a run without TTL, of which nobody knows when they were touched? They count from the next watermark. */
  #hasUntimed = false
  /** Groups on their way out at the end of the input, and how many are written. */
  #leaving: Int32Array | null = null
  #left = 0

  constructor(options: GroupAggregateOptions) {
    const { keys, aggregates, retractable, slots, stateTtl, emit } = options
    const accumulators = aggregates.map(({ accumulator }) => accumulator)
    const layout = new AccumulatorLayout(accumulators, retractable)
    this.#options = options
    this.#keys = new KeyTable(slots.slice(0, slots.length - aggregates.length).map(({ type }) => type))
    this.#groups = new GroupTable(layout, this.#keys)
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    this.#writer = new ResultWriter(this.#keys, 0)
    this.#changes = new ChangeQueue(this.#writer, stateTtl !== null)
    this.#touches = new LastTouches({ ttl: stateTtl, arrivalOf: (slot) => this.#groups.arrivals[slot]! })
    this.#untold = typeof emit === 'string' ? null : new UntoldGroups(this.#keys, this.#groups, this.#changes)
    this.#ticks = new EmissionTicks(emit)
    this.structures = [this.#keys, this.#groups, this.#touches, ...(this.#untold ? [this.#untold.structure] : [])]
  }

  createOutput(): Batch {
    const out = this.#writer.createOutput(this.#options.slots, this.#options.capacity)
    if (this.#options.emit !== 'final') out.withKinds()
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
      if (!this.#advance(batch, i, out)) return i
      i = this.#options.emit === 'changes' ? this.#changeGroups(batch, i, out) : this.#addRows(batch, i)
      if (!this.#changes.drain(out)) return i
    }
    return this.#advance(batch, batch.length, out) ? batch.length + 1 : batch.length
  }

  /** To the watermark before row i, or after the last one: groups that it makes old are forgotten, at the end of the input all leave. False: `out` is full. */
  #advance(batch: Batch, i: number, out: Batch): boolean {
    const watermark = i < batch.length ? batch.watermark[i]! : batch.watermarkAfter
    if (this.#hasUntimed && watermark > -Infinity) this.#timeGroups(watermark)
    if (watermark > this.#watermark && !this.#tell(batch, i, watermark, out)) return false
    // at the end too: what a row too old for its key has begun goes before the rest
    const until = watermark === Infinity ? this.#watermark : watermark
    if (until >= this.#touches.nextDue && !this.#forget(batch, i, until, out)) return false
    if (watermark <= this.#watermark) return true
    const isEnd = watermark === Infinity && this.#options.emit === 'final'
    if (isEnd && !this.#writeGroups(out, batch.clock?.reachedAt(watermark) ?? batch.sequenceAfter)) return false
    if (watermark === Infinity) this.#forgetAll()
    this.#setWatermark(watermark)
    return true
  }

  #setWatermark(watermark: number): void {
    this.#watermark = watermark
    this.#ticks.setWatermark(watermark)
  }

  /** What has changed, if `watermark` passes a tick. */
  #tell(batch: Batch, i: number, watermark: number, out: Batch): boolean {
    if (this.#untold === null || watermark < this.#ticks.due) return true
    const next = i < batch.length ? batch.sequence[i]! : batch.sequenceAfter
    return this.#untold.tellAll(out, this.#headerOf(batch.clock?.reachedAt(this.#ticks.due) ?? next))
  }

  #forget(batch: Batch, i: number, watermark: number, out: Batch): boolean {
    const sequence = i < batch.length ? batch.sequence[i]! : batch.sequenceAfter
    for (let due = this.#touches.due(watermark); due !== null; due = this.#touches.due(watermark)) {
      const header = this.#headerOf(batch.clock?.reachedAt(due.at) ?? sequence)
      if (this.#untold && !this.#untold.tellOne(due.slot, out, header)) return false
      if (this.#options.emit === 'final') {
        if (isFull(out)) return false
        this.#writer.appendInserts(out, header, this.#groups, Int32Array.of(due.slot))
      }
      this.#end(due.slot)
    }
    return true
  }

  /** After the end nothing comes that a group could be kept for. */
  #forgetAll(): void {
    if (this.#options.stateTtl !== null || this.#untold !== null)
      for (const slot of this.#groups.slotsByArrival()) this.#end(slot)
  }

  #timeGroups(watermark: number): void {
    for (const slot of this.#groups.slotsByArrival())
      if (!this.#touches.has(slot)) this.#touches.begin(slot, Math.max(watermark, this.#watermark))
    this.#hasUntimed = false
  }

  #end(slot: number): void {
    this.#groups.end(slot)
    this.#touches.end(slot)
  }

  #writeGroups(out: Batch, sequence: number): boolean {
    this.#leaving ??= this.#groups.slotsByArrival()
    const count = Math.min(this.#leaving.length - this.#left, out.capacity - out.length)
    const slots = this.#leaving.subarray(this.#left, this.#left + count)
    if (count > 0) this.#writer.appendInserts(out, this.#headerOf(sequence), this.#groups, slots)
    for (const slot of slots) this.#end(slot)
    this.#left += count
    if (this.#left < this.#leaving.length) return false
    this.#leaving = null
    this.#left = 0
    return true
  }

  #headerOf(sequence: number): ResultHeader {
    return { time: Number.NaN, watermark: this.#watermark, sequence, leading: [] }
  }

  /** Takes rows up to the first before which the input has ended, or groups are to be forgotten. */
  #addRows(batch: Batch, from: number): number {
    let targets = this.#pending.targetsOf(this.#groups, from, batch.capacity)
    let i = from
    for (; i < batch.length; i += 1) {
      if (i > from && batch.watermark[i]! >= this.#touches.nextDue) break
      if (batch.watermark[i]! > this.#watermark) {
        if (batch.watermark[i] === Infinity || batch.watermark[i]! >= this.#ticks.due) break
        this.#setWatermark(batch.watermark[i]!)
      }
      if (this.#isBad(batch, i)) continue
      this.#untold?.mark(this.#inputs.slots[i]!, this.#arrivals)
      if (!this.#isRetraction(batch, i)) targets[i] = this.#groupOf(batch, i)
      else {
        this.#pending.flush(i)
        this.#retractRow(batch, i)
        targets = this.#pending.targetsOf(this.#groups, i + 1, batch.capacity)
      }
    }
    this.#pending.flush(i)
    return i
  }

  /** Takes rows up to the one whose changes do not fit into `out`, or to the first before which groups are to be forgotten. */
  #changeGroups(batch: Batch, from: number, out: Batch): number {
    for (let i = from; i < batch.length; i += 1) {
      if (i > from && batch.watermark[i]! >= this.#touches.nextDue) return i
      if (batch.watermark[i]! > this.#watermark) this.#watermark = batch.watermark[i]!
      if (this.#isBad(batch, i)) continue
      const slot = this.#inputs.slots[i]!
      const before = this.#resultOf(slot)
      if (this.#isRetraction(batch, i)) this.#retractRow(batch, i)
      else {
        this.#pending.targetsOf(this.#groups, i, batch.capacity)[i] = this.#groupOf(batch, i)
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
  #groupOf(batch: Batch, i: number): number {
    const slot = this.#inputs.slots[i]!
    if (this.#groups.has(slot)) {
      this.#groups.touch(slot)
      this.#touches.touch(slot, batch.time[i]!)
    } else {
      this.#groups.begin(slot, this.#arrivals)
      this.#touches.begin(slot, batch.time[i]!)
      this.#arrivals += 1
    }
    if (this.#options.retractable) this.#groups.countLive(slot, 1)
    return slot
  }

  #retractRow(batch: Batch, i: number): void {
    const slot = this.#inputs.slots[i]!
    if (!this.#groups.has(slot)) return
    this.#inputs.retract(this.#groups, slot, i)
    this.#groups.countLive(slot, -1)
    this.#groups.touch(slot)
    if (this.#groups.isLive(slot)) this.#touches.touch(slot, batch.time[i]!)
    else this.#end(slot)
  }

  facts(): GroupFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as GroupFacts
    this.#setWatermark(watermarkOfFact(watermark))
    this.#arrivals = arrivals
    this.#hasUntimed = this.#options.stateTtl !== null && this.#touches.entries < this.#groups.entries
  }
}

interface GroupFacts {
  readonly watermark: WatermarkFact
  readonly arrivals: number
}
