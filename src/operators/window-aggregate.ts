import type { Batch, Slot } from '../data/batch.ts'
import { isRetraction } from '../data/row-kind.ts'
import type { Value } from '../data/value.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import type { Pane } from '../state/pane.ts'
import { PaneTable } from '../state/pane-table.ts'
import type { StateStructure } from '../state/structure.ts'
import type { Emission } from '../time/emission.ts'
import { isFinal, isLate, lateBy } from '../time/watermark.ts'
import type { WindowAssigner } from '../windows/window.ts'
import { type AggregateInput, AggregateInputs } from './aggregate-inputs.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'
import { WindowResults } from './window-results.ts'
import { boundsOf, WindowSchedule } from './window-schedule.ts'

export interface WindowAggregateOptions {
  readonly windows: WindowAssigner
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** How long a fired window is kept for updates, ms; 0: not at all, and the output has inserts only. */
  readonly allowedLateness: number
  /** What windows tell before they fire; but for `final` the output tells changes. */
  readonly emit: Emission
  /** May the input take rows back? Then the accumulators must be retractable. */
  readonly retractable: boolean
  readonly context: OperatorContext
  /** window_start, window_end, keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** Rules: DESIGN 4.1 to 4.3, 4.6, 4.9; rows are late per window, as in Flink's `WindowOperator`. */
export const windowAggregate = (options: WindowAggregateOptions): Operator => new WindowAggregate(options)

/**
 * Aggregates per window of event time and key. A row goes into one slice, however many windows hold it; windows are merged from their
 * slices when they fire. The output watermark stays behind by the allowed lateness, so that an update is never late further down.
 */
class WindowAggregate implements Operator {
  readonly structures: readonly StateStructure[]
  readonly holdBack: number
  readonly #options: WindowAggregateOptions
  readonly #keys: KeyTable
  readonly #panes: PaneTable
  readonly #inputs: AggregateInputs
  readonly #pending: PendingRows
  readonly #results: WindowResults
  readonly #schedule: WindowSchedule
  /** The arrival number of the next group. */
  #arrivals = 0
  #isLoaded = false
  #isPlanned = false

  constructor(options: WindowAggregateOptions) {
    const { windows, keys, aggregates, allowedLateness, emit, retractable, slots } = options
    const accumulators = aggregates.map(({ accumulator }) => accumulator)
    const layout = new AccumulatorLayout(accumulators, retractable)
    this.#options = options
    this.holdBack = allowedLateness
    this.#keys = new KeyTable(slots.slice(2, slots.length - aggregates.length).map(({ type }) => type))
    this.#panes = new PaneTable(layout, this.#keys, (start) => boundsOf(windows, start))
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    this.#schedule = new WindowSchedule(windows, this.#panes, allowedLateness)
    const parts = { windows, layout, keys: this.#keys, panes: this.#panes, schedule: this.#schedule }
    this.#results = new WindowResults({ ...parts, emit, holdBack: this.holdBack })
    this.structures = [this.#keys, this.#panes, ...this.#results.structures]
  }

  createOutput(): Batch {
    const { slots, capacity, allowedLateness, emit } = this.#options
    const out = this.#results.createOutput(slots, capacity)
    if (allowedLateness > 0 || emit !== 'final') out.withKinds()
    return out
  }

  process(batch: Batch, _port: number, from: number, out: Batch): number {
    if (from === 0) {
      this.#keys.recycle(SPARED_SLOTS)
      this.#isLoaded = false
      if (!this.#isPlanned) this.#schedule.plan() // panes may have been restored
      this.#isPlanned = true
    }
    const before = out.length
    const next = this.#work(batch, from, out)
    this.#options.context.counters.out += out.length - before
    out.watermarkAfter = this.#schedule.watermark - this.holdBack
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #work(batch: Batch, from: number, out: Batch): number {
    if (!this.#results.drain(out)) return from
    let i = from
    while (i < batch.length) {
      if (!this.#results.advance(batch, i, batch.watermark[i]!, out)) return i
      i = this.#takeRows(batch, i, out)
      if (!this.#results.drain(out)) return i
    }
    return this.#results.advance(batch, batch.length, batch.watermarkAfter, out) ? batch.length + 1 : batch.length
  }

  /** Takes rows up to the first before which windows fire or panes expire, or behind one whose changes do not fit into `out`. */
  #takeRows(batch: Batch, from: number, out: Batch): number {
    if (!this.#isLoaded) this.#inputs.load(batch, from)
    this.#isLoaded = true
    const schedule = this.#schedule
    const results = this.#results
    const { length, time, watermark } = batch
    const kinds = this.#options.retractable ? batch.kinds : null
    const { errors } = this.#inputs
    const hasErrors = errors.size > 0
    let pane: Pane | null = null
    let targets: Int32Array = NO_TARGETS
    let used = 0
    let i = from
    for (; i < length; i += 1) {
      if (watermark[i]! > schedule.watermark) {
        if (results.isDue(watermark[i]!)) break
        results.setWatermark(watermark[i]!)
      }
      if (pane === null || !isOpenAt(pane, time[i]!, schedule.watermark)) {
        pane = this.#paneFor(batch, i)
        if (pane === null) {
          if (results.drain(out)) continue
          i += 1
          break
        }
        targets = this.#pending.targetsOf(pane, i, batch.capacity)
      }
      if (hasErrors && errors.has(i)) {
        this.#rejectRow(batch, i)
        continue
      }
      used += 1
      results.mark(this.#inputs.slots[i]!, time[i]!, this.#arrivals)
      if (kinds !== null && isRetraction(kinds[i]!)) {
        this.#pending.flush(i)
        this.#retractRow(pane, i)
        pane = null
      } else targets[i] = this.#rowFor(pane, i)
      if (results.tellsRows) {
        this.#pending.flush(i + 1)
        results.tellRow(batch.sequence[i]!)
        i += 1
        break
      }
    }
    this.#pending.flush(i)
    this.#options.context.counters.in += used
    this.#options.context.counters.used += used
    return i
  }

  /** The pane that row i only has to be added to; null: the row was late, or bad, or has changed windows that had fired. */
  #paneFor(batch: Batch, i: number): Pane | null {
    const { windows, allowedLateness, context } = this.#options
    const { watermark } = this.#schedule
    const slice = windows.sliceStart(batch.time[i]!)
    const start = this.#schedule.paneStart(slice)
    const pane = this.#panes.find(start)
    const { firstEnd, lastEnd } = start === slice && pane ? pane.bounds : boundsOf(windows, slice)
    if (isLate(lastEnd, allowedLateness, watermark)) return this.#refuseRow(batch, i, lastEnd)
    if (isFinal(firstEnd, watermark)) {
      if (this.#inputs.errors.has(i)) {
        this.#rejectRow(batch, i)
        return null
      }
      let end = firstEnd
      for (; isLate(end, allowedLateness, watermark); end = windows.nextWindowEnd(end))
        context.counters.lateWindows += 1
      if (isFinal(end, watermark)) {
        this.#updateWindows(batch, i, end, pane ?? this.#createPane(start))
        return null
      }
    }
    return pane ?? this.#createPane(start)
  }

  #createPane(start: number): Pane {
    const pane = this.#panes.create(start)
    this.#schedule.plan()
    return pane
  }

  /** Takes row i into a pane of windows that have fired, and queues how their results change. `firstEnd`: of the first that is kept. */
  #updateWindows(batch: Batch, i: number, firstEnd: number, pane: Pane): void {
    const { windows, context } = this.#options
    this.#pending.flush(i)
    const slot = this.#inputs.slots[i]!
    const fired: { readonly end: number; readonly before: readonly Value[] | null }[] = []
    for (
      let end = firstEnd;
      end <= pane.bounds.lastEnd && this.#schedule.hasFired(end);
      end = windows.nextWindowEnd(end)
    )
      fired.push({ end, before: this.#results.resultOf(end, slot) })
    this.#results.mark(slot, batch.time[i]!, this.#arrivals)
    if (this.#options.retractable && batch.kinds !== null && isRetraction(batch.kinds[i]!)) this.#retractRow(pane, i)
    else {
      this.#pending.targetsOf(pane, i, batch.capacity)[i] = this.#rowFor(pane, i)
      this.#pending.flush(i + 1)
    }
    for (const { end, before } of fired) this.#results.pushChange(end, slot, before, batch.sequence[i]!)
    if (this.#results.tellsRows) this.#results.tellRow(batch.sequence[i]!)
    context.counters.in += 1
    context.counters.used += 1
  }

  /** The row of `pane` that row i of the batch is added to. */
  #rowFor(pane: Pane, i: number): number {
    const slot = this.#inputs.slots[i]!
    let row = pane.rowOf(slot)
    if (row >= 0) pane.touch(row)
    else {
      row = this.#panes.append(pane, slot, this.#arrivals)
      this.#arrivals += 1
    }
    if (this.#options.retractable) pane.countLive(row, 1)
    return row
  }

  /** Takes row i back; nothing if its group has no rows, as in Flink's `GroupAggFunction`. A group that lost its last row starts anew. */
  #retractRow(pane: Pane, i: number): void {
    const row = pane.rowOf(this.#inputs.slots[i]!)
    if (row < 0 || !pane.isLive(row)) return
    this.#inputs.retract(pane, row, i)
    pane.countLive(row, -1)
    pane.touch(row)
    if (!pane.isLive(row)) pane.reset(row)
  }

  #refuseRow(batch: Batch, i: number, lastEnd: number): null {
    const { windows, allowedLateness, context } = this.#options
    const { watermark } = this.#schedule
    context.counters.in += 1
    context.counters.late += 1
    context.late(batch, i, {
      lateBy: lateBy(lastEnd, allowedLateness, watermark),
      windowStart: windows.windowStart(lastEnd),
      windowEnd: lastEnd,
      watermark,
    })
    return null
  }

  #rejectRow(batch: Batch, i: number): void {
    this.#options.context.counters.in += 1
    this.#options.context.counters.bad += 1
    this.#options.context.badRow(batch, i, this.#inputs.errors.get(i))
  }

  facts(): WindowFacts {
    return { watermark: factOfWatermark(this.#schedule.watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as WindowFacts
    this.#results.setWatermark(watermarkOfFact(watermark))
    this.#arrivals = arrivals
  }
}

interface WindowFacts {
  readonly watermark: WatermarkFact
  readonly arrivals: number
}

const NO_TARGETS: Int32Array = new Int32Array(0)

/** May rows at `time` simply be added to the pane: it holds them, and none of its windows has fired? */
const isOpenAt = ({ start, bounds }: Pane, time: number, watermark: number): boolean =>
  time >= start && time < bounds.end && !isFinal(bounds.firstEnd, watermark)
