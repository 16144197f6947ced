import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { isRowLate, rowLateBy } from '../time/watermark.ts'
import type { DeduplicateLastOptions } from './deduplicate.ts'
import { LastRows } from './last-rows.ts'
import { isFull, type Operator, type OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'

/**
 * Emits one row of each group, once: the one with the greatest time, of equal times the later arrival, when w >= t0 + within. Groups that one
 * watermark completes come out by t0 + within, then arrival. A row that comes after its group was emitted is a duplicate.
 *
 * An emitted row's time is t0 or later, so a watermark held back by `within` is never ahead of it.
 *
 * With a state TTL instead of `within` a group is complete, and its key forgotten, when w >= t + TTL, t being the time of the row that it holds. Rows
 * are never late for it, but one that comes more than TTL behind the watermark goes out behind the output's.
 */
export class DeduplicateLast implements Operator {
  readonly holdBack: number
  readonly structures: readonly StateStructure[]
  readonly #options: DeduplicateLastOptions
  readonly #context: OperatorContext
  readonly #groups: LastRows
  readonly #keys: KeyTable
  readonly #errors = new RowErrors()
  /** Key slot by row of the batch at hand. */
  #slots = new Int32Array(0)
  /** The output's watermark. */
  #watermark = -Infinity

  constructor(options: DeduplicateLastOptions) {
    const { keyParts, within, allowedLateness, stateTtl, context, slots, keepsRaw } = options
    this.#options = options
    this.#context = context
    // the greatest double stands for "for ever": every watermark but the last one stays below all times, and +Infinity is itself
    this.holdBack = within ?? stateTtl ?? Number.MAX_VALUE
    this.#keys = new KeyTable(new Array(keyParts).fill('any'))
    const keys = this.#keys
    const spans = { within: within ?? Infinity, allowedLateness, stateTtl: within === null ? stateTtl : null }
    this.#groups = new LastRows({ name: 'groups', keys, ...spans, slots, keepsRaw })
    this.structures = [keys, this.#groups]
  }

  createOutput(): Batch {
    return this.#groups.slab.createOutput(this.#options.capacity ?? BATCH_ROWS)
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) this.#begin(batch)
    const before = out.length
    const next = this.#work(batch, from, out)
    const { counters } = this.#context
    counters.held = this.#groups.held
    counters.used += out.length - before
    counters.out += out.length - before
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #begin(batch: Batch): void {
    const { length } = batch
    this.#keys.recycle(SPARED_SLOTS)
    this.#errors.clear()
    if (this.#slots.length < length) this.#slots = new Int32Array(batch.capacity)
    const columns = this.#options.keys.columns(batch, 0, length, this.#errors.add)
    this.#loadSlots(columns, length)
  }

  #loadSlots(columns: readonly Column[], to: number): void {
    if (this.#errors.size === 0) this.#keys.slotsOf(columns, 0, to, this.#slots)
    else for (let i = 0; i < to; i += 1) if (!this.#errors.has(i)) this.#slots[i] = this.#keys.slotOf(columns, i)
  }

  #work(batch: Batch, from: number, out: Batch): number {
    for (let row = from; row < batch.length; row += 1) {
      if (!this.#advance(batch, row, batch.watermark[row]!, out)) return row
      if (isFull(out)) return row // a row whose group is complete at once needs room
      this.#take(batch, row, out)
    }
    return this.#advance(batch, batch.length, batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  /** Emits what the watermark completes. False: `out` is full, and there is more. */
  #advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (this.#groups.due(watermark) !== null) {
      const sequence = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
      if (!this.#emit(watermark, out, (at) => batch.clock?.reachedAt(at) ?? sequence)) return false
    }
    this.#watermark = Math.max(this.#watermark, watermark - this.holdBack)
    return true
  }

  /** `sequenceOf`: the place of a group that is complete at that watermark. */
  #emit(watermark: number, out: Batch, sequenceOf: (watermark: number) => number): boolean {
    const groups = this.#groups
    for (let group = groups.due(watermark); group !== null; group = groups.due(watermark)) {
      if (isFull(out)) return false
      groups.slab.copyTo(group.row, out, this.#watermark, sequenceOf(group.at))
      groups.emitted()
    }
    return true
  }

  #take(batch: Batch, row: number, out: Batch): void {
    const { within, allowedLateness } = this.#options
    const { counters } = this.#context
    const time = batch.time[row]!
    const watermark = batch.watermark[row]!
    counters.in += 1
    if (this.#errors.has(row)) {
      counters.bad += 1
      this.#context.badRow(batch, row, this.#errors.get(row))
      return
    }
    if (within !== null && isRowLate(time, allowedLateness, watermark)) {
      counters.late += 1
      this.#context.late(batch, row, { lateBy: rowLateBy(time, allowedLateness, watermark), watermark })
      return
    }
    const key = this.#slots[row]!
    const group = this.#groups.find(key, time)
    if (group === null) {
      this.#groups.open(key, batch, row)
      // within the allowed lateness a group can be complete when it begins: then it goes out with this row
      this.#emit(watermark, out, () => batch.sequence[row]!)
      return
    }
    counters.duplicate += 1
    if (group.row >= 0) this.#groups.replace(group, batch, row)
  }

  /** As JSON: null before the first watermark; after the last one, true. */
  facts(): unknown {
    if (this.#watermark === Infinity) return { watermark: true }
    return { watermark: this.#watermark === -Infinity ? null : this.#watermark }
  }

  restoreFacts(facts: unknown): void {
    const { watermark } = facts as { watermark: number | true | null }
    this.#watermark = watermark === true ? Infinity : (watermark ?? -Infinity)
    this.#context.counters.held = this.#groups.held
  }
}
