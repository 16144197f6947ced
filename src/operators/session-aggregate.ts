import type { Batch, Slot } from '../data/batch.ts'
import { isRetraction } from '../data/row-kind.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { SessionTable } from '../state/session-table.ts'
import type { StateStructure } from '../state/structure.ts'
import { isFinal, isLate, lastTimeOf, lateBy } from '../time/watermark.ts'
import { type AggregateInput, AggregateInputs } from './aggregate-inputs.ts'
import type { KeyReader } from './key-reader.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { ResultWriter } from './result-writer.ts'
import { type Cause, SessionChanges, type Told } from './session-changes.ts'
import { SessionResults } from './session-results.ts'
import { SessionTimers } from './session-timers.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

export interface SessionAggregateOptions {
  /** ms, more than 0: rows at most so far apart are in one session. */
  readonly gap: number
  readonly keys: KeyReader
  readonly aggregates: readonly AggregateInput[]
  /** How long a session that has fired is kept for updates, ms; 0: not at all, and the output has inserts only. */
  readonly allowedLateness: number
  /** May the input take rows back? Then the accumulators must be retractable. A session stays as long as it was. */
  readonly retractable: boolean
  readonly context: OperatorContext
  /** window_start, window_end, keys, aggregates. */
  readonly slots: readonly Slot[]
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** Rules: DESIGN 4.1 to 4.3, 4.6, 4.9, and those of Flink's `MergingWindowAssigner`: sessions that touch are one. */
export const sessionAggregate = (options: SessionAggregateOptions): Operator => new SessionAggregate(options)

/**
 * Aggregates per session and key. A row costs the same however long its session is; sessions that a row bridges are merged, the earlier one's rows
 * before the later one's. Sessions that fire are written when the output is full or the batch is done, so that rows are added in long runs.
 */
class SessionAggregate implements Operator {
  readonly structures: readonly StateStructure[]
  readonly holdBack: number
  readonly #options: SessionAggregateOptions
  readonly #keys: KeyTable
  readonly #sessions: SessionTable
  readonly #timers: SessionTimers
  readonly #inputs: AggregateInputs
  readonly #pending: PendingRows
  readonly #results: SessionResults
  readonly #changes: SessionChanges
  /** Sessions due at one time, those before `#dueNext` done. */
  readonly #due: number[] = []
  #dueNext = 0
  #watermark = -Infinity
  /** The arrival number of the next session. */
  #arrivals = 0
  #isLoaded = false

  constructor(options: SessionAggregateOptions) {
    const { gap, keys, aggregates, allowedLateness, retractable, slots } = options
    const accumulators = aggregates.map(({ accumulator }) => accumulator)
    const layout = new AccumulatorLayout(accumulators, retractable)
    this.#options = options
    this.holdBack = allowedLateness
    this.#keys = new KeyTable(slots.slice(2, slots.length - aggregates.length).map(({ type }) => type))
    this.#sessions = new SessionTable(layout, this.#keys)
    this.#timers = new SessionTimers(this.#sessions, { gap, allowedLateness })
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    const writer = new ResultWriter(this.#keys, 2)
    this.#results = new SessionResults(this.#sessions, writer)
    this.#changes = new SessionChanges(this.#sessions, writer)
    this.structures = [this.#keys, this.#sessions]
  }

  createOutput(): Batch {
    const out = this.#results.writer.createOutput(this.#options.slots, this.#options.capacity)
    if (this.#options.allowedLateness > 0) out.withKinds()
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
    out.watermarkAfter = this.#watermark - this.holdBack
    out.sequenceAfter = next < batch.length ? batch.sequence[next]! : batch.sequenceAfter
    return next
  }

  #work(batch: Batch, from: number, out: Batch): number {
    if (!this.#changes.drain(out)) return from
    if (!this.#isLoaded) this.#inputs.load(batch, from)
    this.#isLoaded = true
    for (let i = from; i < batch.length; i += 1) {
      if (!this.#advance(batch, i, batch.watermark[i]!, out)) {
        this.#write(i, out)
        return i
      }
      this.#takeRow(batch, i, out)
      if (!this.#changes.drain(out)) return i + 1
    }
    const isDone = from > batch.length || this.#advance(batch, batch.length, batch.watermarkAfter, out)
    this.#write(batch.length, out)
    return isDone ? batch.length + 1 : batch.length
  }

  /** Adds the rows that wait, all before row `to`, and writes the sessions that have fired: there is room for them. */
  #write(to: number, out: Batch): void {
    this.#pending.flush(to)
    this.#results.write(out)
  }

  /** Fires every session that `watermark` makes final, by (end, start, arrival). False: `out` will be full, and the watermark stays where it was. */
  #advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (watermark <= this.#watermark) return true
    for (;;) {
      if (this.#dueNext === this.#due.length) {
        this.#dueNext = 0
        if (!this.#timers.next(watermark, this.#due)) break
      }
      for (; this.#dueNext < this.#due.length; this.#dueNext += 1) {
        if (!this.#leave(batch, row, this.#due[this.#dueNext]!, out)) return false
      }
    }
    this.#watermark = watermark
    return true
  }

  /** Fires a session, or forgets one that has fired and that no row can reach any more. False: there is no room. */
  #leave(batch: Batch, row: number, session: number, out: Batch): boolean {
    const sessions = this.#sessions
    if (sessions.hasFired[session] === 0) {
      if (this.#results.count >= out.capacity - out.length) return false
      if (sessions.isLive(session)) {
        const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
        const sequence = batch.clock?.reachedAt(lastTimeOf(sessions.ends[session]!)) ?? next
        this.#results.add(session, this.#watermark - this.holdBack, sequence)
      }
      if (this.#options.allowedLateness > 0) {
        this.#setFired(session)
        this.#timers.arm(session)
        return true
      }
    }
    sessions.unlink(session)
    this.#results.release(session)
    return true
  }

  #takeRow(batch: Batch, i: number, out: Batch): void {
    const { context, gap, allowedLateness, retractable } = this.#options
    const { counters } = context
    const { errors, slots } = this.#inputs
    counters.in += 1
    if (errors.size > 0 && errors.has(i)) {
      counters.bad += 1
      context.badRow(batch, i, errors.get(i))
      return
    }
    const sessions = this.#sessions
    const time = batch.time[i]!
    const end = time + gap
    // the row alone is the session [time, end), which touches those that start up to `end` and end at `time` or later
    const later = sessions.latestFrom(slots[i]!, end)
    const isTouched = later >= 0 && sessions.ends[later]! >= time
    if (!isTouched && isLate(end, allowedLateness, this.#watermark)) {
      this.#refuseRow(batch, i)
      return
    }
    counters.used += 1
    if (retractable && batch.kinds !== null && isRetraction(batch.kinds[i]!)) this.#retractRow(batch, i, out)
    else if (!isTouched) this.#openSession(batch, i, out)
    else {
      const next = sessions.starts[later]! > time ? sessions.earlierThan(later) : -1
      const earlier = next >= 0 && sessions.ends[next]! >= time ? next : later
      this.#joinSessions(batch, i, { earlier, later }, out)
    }
  }

  #openSession(batch: Batch, i: number, out: Batch): void {
    const start = batch.time[i]!
    const end = start + this.#options.gap
    if (isFinal(end, this.#watermark)) this.#write(i, out)
    const session = this.#sessions.begin(this.#inputs.slots[i]!, { start, end }, this.#arrivals++)
    this.#addRow(batch, i, session)
    if (isFinal(end, this.#watermark)) {
      this.#pending.flush(i + 1)
      this.#setFired(session)
      this.#changes.tell(this.#causeOf(batch, i), session, null)
    }
    this.#timers.arm(session)
  }

  /** Adds row i to the session or the two sessions that it touches; `earlier` is `later` where it is one. */
  #joinSessions(batch: Batch, i: number, { earlier, later }: Touched, out: Batch): void {
    const sessions = this.#sessions
    const old = [later, ...(earlier === later ? [] : [earlier])].filter((one) => sessions.hasFired[one] === 1)
    if (old.length > 0) this.#write(i, out)
    const told = old.map((one) => this.#changes.resultOf(one)).reverse()
    if (earlier !== later) {
      this.#pending.flush(i)
      sessions.merge(earlier, sessions, later)
      sessions.ends[earlier] = sessions.ends[later]!
      sessions.hasFired[earlier]! &= sessions.hasFired[later]!
      this.#timers.disarm(later)
      sessions.unlink(later)
      sessions.release([later], 1)
    }
    const time = batch.time[i]!
    const end = time + this.#options.gap
    if (time < sessions.starts[earlier]!) sessions.starts[earlier] = time
    if (end > sessions.ends[earlier]!) sessions.ends[earlier] = end
    sessions.touch(earlier)
    this.#addRow(batch, i, earlier)
    if (old.length > 0) this.#correct(batch, i, earlier, told)
  }

  /** Tells how the results that were told of the sessions in `session` change: one session of the same bounds has an update. */
  #correct(batch: Batch, i: number, session: number, told: readonly Told[]): void {
    const { starts, ends, hasFired } = this.#sessions
    this.#pending.flush(i + 1)
    const [start, end] = [starts[session]!, ends[session]!]
    const first = told[0]!
    const isSame = told.length === 1 && first.start === start && first.end === end
    if (!isSame) for (const one of told) this.#changes.push(this.#causeOf(batch, i), one, null)
    hasFired[session] = 0
    if (isFinal(end, this.#watermark)) {
      this.#setFired(session)
      this.#changes.tell(this.#causeOf(batch, i), session, isSame ? first.values : null)
    }
    this.#timers.arm(session)
  }

  #setFired(session: number): void {
    this.#sessions.hasFired[session] = 1
    this.#sessions.touch(session)
  }

  /** Takes row i back from the session that holds its time; nothing if none does. The session stays as long as it was. */
  #retractRow(batch: Batch, i: number, out: Batch): void {
    const sessions = this.#sessions
    const session = sessions.latestFrom(this.#inputs.slots[i]!, batch.time[i]!)
    if (session < 0 || sessions.ends[session]! <= batch.time[i]! || !sessions.isLive(session)) return
    const hasFired = sessions.hasFired[session] === 1
    if (hasFired) this.#write(i, out)
    else this.#pending.flush(i)
    const told = this.#changes.resultOf(session)
    this.#inputs.retract(sessions, session, i)
    sessions.countLive(session, -1)
    sessions.touch(session)
    if (!sessions.isLive(session)) sessions.reset(session)
    if (hasFired) this.#changes.tell(this.#causeOf(batch, i), session, told.values)
  }

  #addRow(batch: Batch, i: number, session: number): void {
    if (this.#options.retractable) this.#sessions.countLive(session, 1)
    this.#sessions.touch(session)
    this.#pending.targetsOf(this.#sessions, i, batch.capacity)[i] = session
  }

  #causeOf(batch: Batch, i: number): Cause {
    return { watermark: this.#watermark - this.holdBack, sequence: batch.sequence[i]! }
  }

  #refuseRow(batch: Batch, i: number): void {
    const { context, gap, allowedLateness } = this.#options
    const windowStart = batch.time[i]!
    const windowEnd = windowStart + gap
    const watermark = this.#watermark
    context.counters.late += 1
    context.late(batch, i, { lateBy: lateBy(windowEnd, allowedLateness, watermark), windowStart, windowEnd, watermark })
  }

  facts(): SessionFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as SessionFacts
    this.#watermark = watermarkOfFact(watermark)
    this.#arrivals = arrivals
    this.#timers.restore()
  }
}

/** The sessions that a row touches. */
interface Touched {
  readonly earlier: number
  readonly later: number
}

type SessionFacts = { readonly watermark: WatermarkFact; readonly arrivals: number }
