import type { Batch } from '../data/batch.ts'
import { isRetraction } from '../data/row-kind.ts'
import { AccumulatorLayout } from '../state/accumulator-table.ts'
import { KeyTable, SPARED_SLOTS } from '../state/key-table.ts'
import { SessionTable } from '../state/session-table.ts'
import type { StateStructure } from '../state/structure.ts'
import type { ToldResult } from '../state/untold-results.ts'
import { EmissionTicks } from '../time/emission.ts'
import { isFinal, isLate, lastTimeOf } from '../time/watermark.ts'
import { AggregateInputs } from './aggregate-inputs.ts'
import type { Operator } from './operator.ts'
import { PendingRows } from './pending-rows.ts'
import { ResultWriter } from './result-writer.ts'
import { type Cause, causeAt, SessionChanges } from './session-changes.ts'
import { lateOfSession, type SessionAggregateOptions, sessionHoldBack } from './session-options.ts'
import { SessionResults } from './session-results.ts'
import { SessionTimers } from './session-timers.ts'
import { UntoldSessions } from './untold-sessions.ts'
import { factOfWatermark, type WatermarkFact, watermarkOfFact } from './watermark-fact.ts'

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
  /** null: sessions tell nothing before they fire. */
  readonly #untold: UntoldSessions | null
  readonly #ticks: EmissionTicks
  /** Sessions due at one time, those before `#dueNext` done. */
  readonly #due: number[] = []
  #dueNext = 0
  #watermark = -Infinity
  /** The arrival number of the next session. */
  #arrivals = 0
  #isLoaded = false

  constructor(options: SessionAggregateOptions) {
    const { gap, keys, aggregates, allowedLateness, emit, retractable, slots } = options
    const accumulators = aggregates.map(({ accumulator }) => accumulator)
    const layout = new AccumulatorLayout(accumulators, retractable)
    this.#options = options
    this.holdBack = sessionHoldBack(options)
    this.#keys = new KeyTable(slots.slice(2, slots.length - aggregates.length).map(({ type }) => type))
    this.#sessions = new SessionTable(layout, this.#keys)
    this.#timers = new SessionTimers(this.#sessions, { gap, allowedLateness })
    this.#inputs = new AggregateInputs(keys, aggregates, this.#keys)
    this.#pending = new PendingRows(this.#inputs)
    const writer = new ResultWriter(this.#keys, 2)
    this.#results = new SessionResults(this.#sessions, writer)
    this.#changes = new SessionChanges(this.#sessions, writer)
    this.#untold = emit === 'final' ? null : new UntoldSessions(this.#keys, this.#sessions, this.#changes)
    this.#ticks = new EmissionTicks(emit)
    this.structures = [this.#keys, this.#sessions, ...(this.#untold ? [this.#untold.structure] : [])]
  }

  createOutput(): Batch {
    const out = this.#results.writer.createOutput(this.#options.slots, this.#options.capacity)
    if (this.#options.allowedLateness > 0 || this.#untold !== null) out.withKinds()
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
    out.watermarkAfter = this.#promised
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
      if (this.#options.emit === 'changes') {
        this.#pending.flush(i + 1)
        this.#untold!.tellLast(this.#causeOf(batch, i))
      }
      if (!this.#changes.drain(out)) return i + 1
    }
    const isDone = from > batch.length || this.#advance(batch, batch.length, batch.watermarkAfter, out)
    this.#write(batch.length, out)
    return batch.length + Number(isDone)
  }

  /** Adds the rows that wait, all before row `to`, and writes the sessions that have fired: there is room for them. */
  #write(to: number, out: Batch): void {
    this.#pending.flush(to)
    this.#results.write(out)
  }

  /** Fires every session that `watermark` makes final, by (end, start, arrival). False: `out` will be full, and the watermark stays where it was. */
  #advance(batch: Batch, row: number, watermark: number, out: Batch): boolean {
    if (watermark <= this.#watermark) return true
    if (watermark >= this.#ticks.due && !this.#tellAll(batch, row, out)) return false
    for (;;) {
      if (this.#dueNext === this.#due.length) {
        this.#dueNext = 0
        if (!this.#timers.next(watermark, this.#due)) break
      }
      for (; this.#dueNext < this.#due.length; this.#dueNext += 1) {
        if (!this.#leave(batch, row, this.#due[this.#dueNext]!, out)) return false
      }
    }
    this.#setWatermark(watermark)
    return true
  }

  #setWatermark(watermark: number): void {
    this.#watermark = watermark
    this.#ticks.setWatermark(watermark)
  }

  /** At a tick. False: `out` is full. */
  #tellAll(batch: Batch, row: number, out: Batch): boolean {
    this.#write(row, out)
    if (this.#untold === null) return true
    return this.#untold.tellAll(out, (at) => causeAt(batch, row, Math.min(at, this.#ticks.due), this.#promised))
  }

  /** Fires a session, or forgets one that has fired and that no row can reach any more. False: there is no room. */
  #leave(batch: Batch, row: number, session: number, out: Batch): boolean {
    const sessions = this.#sessions
    if (sessions.hasFired[session] === 0) {
      const cause = causeAt(batch, row, lastTimeOf(sessions.ends[session]!), this.#promised)
      if (this.#untold !== null) {
        this.#pending.flush(row)
        this.#untold.tell(session, cause)
        if (!this.#changes.drain(out)) return false
      } else if (this.#results.count >= out.capacity - out.length) return false
      else if (sessions.isLive(session)) this.#results.add(session, cause.watermark, cause.sequence)
      if (this.#options.allowedLateness > 0) {
        sessions.setFired(session)
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
      counters.late += 1
      context.late(batch, i, lateOfSession(time, this.#watermark, this.#options))
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
      this.#sessions.setFired(session)
      this.#changes.tell(this.#causeOf(batch, i), session, null)
    } else this.#untold?.begin(session)
    this.#timers.arm(session)
  }

  /** Adds row i to the session or the two sessions that it touches; `earlier` is `later` where it is one. */
  #joinSessions(
    batch: Batch,
    i: number,
    { earlier, later }: { readonly earlier: number; readonly later: number },
    out: Batch,
  ): void {
    const sessions = this.#sessions
    const old = earlier === later ? [later] : [earlier, later]
    const isTold = old.some((one) => sessions.hasFired[one] === 1)
    if (isTold) this.#write(i, out)
    else this.#untold?.join(earlier, later)
    const told = isTold ? this.#changes.toldOfAll(old, this.#untold) : []
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
    if (isTold) this.#correct(batch, i, earlier, told)
  }

  /** Tells how the results that were told of the sessions in `session` change. */
  #correct(batch: Batch, i: number, session: number, told: readonly ToldResult[]): void {
    const sessions = this.#sessions
    this.#pending.flush(i + 1)
    sessions.hasFired[session] = 0
    if (isFinal(sessions.ends[session]!, this.#watermark)) {
      sessions.setFired(session)
      this.#changes.tellMerged(this.#causeOf(batch, i), session, told)
    } else {
      this.#changes.takeBack(this.#causeOf(batch, i), session, told)
      this.#untold?.begin(session)
    }
    this.#timers.arm(session)
  }

  /** Takes row i back from the session that holds its time; nothing if none does. The session stays as long as it was. */
  #retractRow(batch: Batch, i: number, out: Batch): void {
    const sessions = this.#sessions
    const session = sessions.latestFrom(this.#inputs.slots[i]!, batch.time[i]!)
    if (session < 0 || sessions.ends[session]! <= batch.time[i]! || !sessions.isLive(session)) return
    const hasFired = sessions.hasFired[session] === 1
    if (hasFired) this.#write(i, out)
    else this.#pending.flush(i)
    const { values } = this.#changes.resultOf(session)
    if (!hasFired) this.#untold?.mark(session)
    this.#inputs.retract(sessions, session, i)
    sessions.countLive(session, -1)
    sessions.touch(session)
    if (!sessions.isLive(session)) sessions.reset(session)
    if (hasFired) this.#changes.tell(this.#causeOf(batch, i), session, values)
  }

  #addRow(batch: Batch, i: number, session: number): void {
    if (this.#options.retractable) this.#sessions.countLive(session, 1)
    this.#sessions.touch(session)
    this.#pending.targetsOf(this.#sessions, i, batch.capacity)[i] = session
  }

  readonly #causeOf = ({ sequence }: Batch, i: number): Cause => ({ watermark: this.#promised, sequence: sequence[i]! })

  /** The output's watermark. */
  get #promised(): number {
    return this.#watermark - this.holdBack
  }

  facts(): SessionFacts {
    return { watermark: factOfWatermark(this.#watermark), arrivals: this.#arrivals }
  }

  restoreFacts(facts: unknown): void {
    const { watermark, arrivals } = facts as SessionFacts
    this.#setWatermark(watermarkOfFact(watermark))
    this.#arrivals = arrivals
    this.#timers.restore()
  }
}

type SessionFacts = { readonly watermark: WatermarkFact; readonly arrivals: number }
