import type { Batch, Slot } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import { isRetraction, RowKind } from '../data/row-kind.ts'
import type { SortOrder } from '../data/row-order.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { type NewRow, RankedRows } from '../state/ranked-rows.ts'
import type { RankedGroup } from '../state/ranked-windows.ts'
import type { StateStructure } from '../state/structure.ts'
import { isFinal, isLate, lastTimeOf, lateBy } from '../time/watermark.ts'
import { KeyExpiry } from './key-expiry.ts'
import type { KeyReader } from './key-reader.ts'
import { isFull, type Operator, type OperatorContext } from './operator.ts'
import { RowErrors } from './row-errors.ts'
import { TopChanges } from './top-changes.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface TopOptions {
  /** How many rows of a group go on, at least 1. */
  readonly most: number
  readonly keys: KeyReader
  /** Static types of the keys. */
  readonly keyTypes: readonly Slot['type'][]
  readonly orders: readonly SortOrder[]
  readonly orderReader: KeyReader
  /** The input's slots of start and end of the rows' window; null: the rows have none, and the input is one window. */
  readonly window: readonly [start: number, end: number] | null
  /** `final`: when the window ends, and without one the input. `changes`: at each row, how the first rows changed; not with windows. */
  readonly emit: 'final' | 'changes'
  /**
   * ms, only without windows: the rows of a key are forgotten when w >= t + stateTtl, t being the greatest event time of all that came, those taken back
   * included; a row that comes then is its first. `final`: they go on then; `changes`: nothing is said. null: never.
   */
  readonly stateTtl: number | null
  /** May the input take rows back? */
  readonly retractable: boolean
  /** The input's slot of each column that goes on. */
  readonly forwarded: readonly number[]
  /** Of the columns that go on, and behind them of the orders. */
  readonly slots: readonly Slot[]
  /** The column for the rank, 1 being the first, behind the columns that go on; null: there is none. */
  readonly rank: Slot | null
  /** Do the rows have lines that they may leave as? */
  readonly keepsRaw: boolean
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * The first rows of each key by an order, of equal rows those that came first: within windows as Flink's Window Top-N, without as its Top-N
 * (`AppendOnlyTopNFunction`, `RetractableTopNFunction`). If the input takes no rows back no more than these are kept.
 */
export class Top implements Operator {
  readonly structures: readonly StateStructure[]
  readonly #options: TopOptions
  readonly #keys: KeyTable
  readonly #rows: RankedRows
  readonly #changes: TopChanges
  readonly #expiry: KeyExpiry
  readonly #errors = new RowErrors()
  /** Of the batch at hand. */
  #columns: readonly Column[] = []
  #orderColumns: readonly Column[] = []
  #slots = new Int32Array(0)
  #watermark = -Infinity
  /** Rows of the first group that are written. */
  #written = 0

  constructor(options: TopOptions) {
    const { slots, keepsRaw, orders, retractable, most, keyTypes, stateTtl } = options
    this.#options = options
    this.#keys = new KeyTable(keyTypes)
    const kept = retractable ? null : most
    this.#rows = new RankedRows({ name: 'rows', keys: this.#keys, slots, keepsRaw, orders, most: kept })
    this.#changes = new TopChanges(this.#rows, { most, isRanked: options.rank !== null })
    this.#expiry = new KeyExpiry({
      ttl: stateTtl,
      arrivalOf: (slot) => this.#rows.arrivalOf(slot),
      slots: () => this.#rows.groups.keys(),
    })
    this.structures = [this.#keys, this.#rows, this.#expiry.structure]
  }

  createOutput(): Batch {
    const { capacity, rank, emit } = this.#options
    const out = this.#rows.slab.createOutput(capacity, rank ? [rank] : [])
    if (emit === 'changes') out.withKinds()
    return out
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    const { context } = this.#options
    if (from === 0 && this.#changes.isEmpty) this.#begin(batch)
    const before = out.length
    const next = this.#work(batch, from, out)
    context.counters.out += out.length - before
    this.#count()
    out.watermarkAfter = this.#watermark
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  /** Rows that are told of at once are used then; others while they are kept are held. */
  #count(): void {
    const { counters } = this.#options.context
    counters.held = this.#options.emit === 'changes' ? 0 : this.#rows.entries
    counters.used = counters.in - counters.bad - counters.late - counters.held
  }

  #begin(batch: Batch): void {
    const { keys, orderReader, forwarded } = this.#options
    const { length } = batch
    this.#rows.tidy()
    this.#keys.recycle(SPARED_SLOTS)
    this.#errors.clear()
    if (this.#slots.length < length) this.#slots = new Int32Array(batch.capacity)
    this.#orderColumns = orderReader.columns(batch, 0, length, this.#errors.add)
    this.#columns = [...forwarded.map((slot) => batch.columns[slot]!), ...this.#orderColumns]
    const columns = keys.columns(batch, 0, length, this.#errors.add)
    if (this.#errors.size === 0) this.#keys.slotsOf(columns, 0, length, this.#slots)
    else for (let i = 0; i < length; i += 1) if (!this.#errors.has(i)) this.#slots[i] = this.#keys.slotOf(columns, i)
  }

  #work(batch: Batch, from: number, out: Batch): number {
    for (let i = from; ; i += 1) {
      if (!this.#drain(batch, i, out)) return i
      const watermark = i < batch.length ? batch.watermark[i]! : batch.watermarkAfter
      if (!this.#advance(batch, i, watermark, out)) return i
      if (i >= batch.length) return batch.length + 1
      this.#take(batch, i)
    }
  }

  /** Writes the changes that row i - 1 caused. */
  #drain(batch: Batch, i: number, out: Batch): boolean {
    if (this.#changes.isEmpty) return true
    for (let change = this.#changes.peek(); change !== undefined; change = this.#changes.peek()) {
      if (isFull(out)) return false
      this.#write(out, change, batch.sequence[i - 1]!)
      this.#changes.pop()
    }
    return true
  }

  /** Writes the groups of windows that the watermark makes final. False: `out` is full, and there is more. */
  #advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (this.#expiry.isOn && !this.#forget(batch, row, watermark, out)) return false
    if (this.#options.emit === 'final') {
      const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
      for (let window = this.#rows.windows.first; window !== undefined; window = this.#rows.windows.first) {
        if (!isFinal(window.end, watermark)) break
        const sequence = batch.clock?.reachedAt(lastTimeOf(window.end)) ?? next
        for (const group of window.groups.values()) if (!this.#fire(group, sequence, out)) return false
        this.#rows.windows.dropFirst()
      }
    }
    if (watermark > this.#watermark) this.#watermark = watermark
    return true
  }

  /** Forgets the keys that the watermark makes old. False: `out` is full, and there is more. */
  #forget(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    const isFinalEmit = this.#options.emit === 'final'
    // at the end too: what a row too old for its key has begun goes before the rest
    const until = watermark === Infinity && isFinalEmit ? this.#watermark : Math.max(watermark, this.#watermark)
    if (!this.#expiry.isDue(until)) return true
    const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
    for (let due = this.#expiry.next(until); due !== null; due = this.#expiry.next(until)) {
      const group = this.#rows.groups.get(due.slot)!
      if (!isFinalEmit) this.#rows.drop(group)
      else if (!this.#fire(group, batch.clock?.reachedAt(due.at) ?? next, out)) return false
      this.#expiry.end(due.slot)
    }
    return true
  }

  #fire(group: RankedGroup, sequence: number, out: Batch): boolean {
    const count = Math.min(group.list.size, this.#options.most)
    for (; this.#written < count; this.#written += 1) {
      if (isFull(out)) return false
      const row = group.list.at(this.#written)
      this.#write(out, { kind: RowKind.Insert, row, rank: this.#written }, sequence)
    }
    this.#written = 0
    this.#rows.drop(group)
    this.#expiry.end(group.key)
    return true
  }

  #write(out: Batch, { kind, row, rank }: { kind: RowKind; row: number; rank: number }, sequence: number): void {
    const at = out.length
    const { window } = this.#options
    this.#rows.slab.copyTo(row, out, this.#watermark, sequence)
    if (out.kinds) out.kinds[at] = kind
    if (window === null) out.time[at] = Number.NaN
    if (this.#options.rank === null) return
    const column = out.columns.at(-1)!
    column.tags[at] = Tag.Number
    column.numbers[at] = rank + 1
  }

  #take(batch: Batch, i: number): void {
    const { context, window, emit, retractable } = this.#options
    context.counters.in += 1
    if (this.#errors.has(i)) {
      context.counters.bad += 1
      this.#count()
      context.badRow(batch, i, this.#errors.get(i))
      return
    }
    const [start, end] = window ? window.map((slot) => batch.columns[slot]!.numbers[i]!) : [-Infinity, Infinity]
    if (window && isLate(end!, 0, this.#watermark)) {
      this.#refuse(batch, i, { start: start!, end: end! })
      return
    }
    const rankedWindow = this.#rows.windows.at(start!, end!)
    const group = this.#rows.groupOf(rankedWindow, this.#slots[i]!)
    const row = { batch, i, columns: this.#columns, keys: this.#orderColumns }
    if (emit === 'changes') this.#changes.take(group, row, isTaken(batch, i, retractable))
    else if (isTaken(batch, i, retractable)) this.#remove(group, row)
    else this.#insert(group, row)
    if (!this.#expiry.isOn) return
    if (rankedWindow.groups.has(group.key)) this.#expiry.touch(group.key, batch.time[i]!)
    else this.#expiry.end(group.key)
  }

  #insert(group: RankedGroup, row: NewRow): void {
    if (this.#rows.insert(group, row) < 0 || this.#options.retractable) return
    if (group.list.size > this.#options.most) this.#rows.release(this.#rows.remove(group, group.list.size - 1))
  }

  #remove(group: RankedGroup, row: NewRow): void {
    const rank = this.#rows.find(group, row)
    if (rank >= 0) this.#rows.release(this.#rows.remove(group, rank))
    else this.#rows.dropIfEmpty(group)
  }

  #refuse(batch: Batch, i: number, { start, end }: { readonly start: number; readonly end: number }): void {
    const { context } = this.#options
    const watermark = this.#watermark
    context.counters.late += 1
    this.#count()
    context.late(batch, i, { lateBy: lateBy(end, 0, watermark), windowStart: start, windowEnd: end, watermark })
  }

  facts(): TopFacts {
    return { watermark: factOfWatermark(this.#watermark) }
  }

  restoreFacts(facts: unknown): void {
    this.#watermark = watermarkOfFact((facts as TopFacts).watermark)
    if (this.#expiry.isOn) this.#expiry.restored(this.#rows.groups.size)
    this.#count()
  }
}

interface TopFacts {
  readonly watermark: WatermarkFact
}

const isTaken = ({ kinds }: Batch, i: number, retractable: boolean): boolean =>
  retractable && kinds !== null && isRetraction(kinds[i]!)
