import type { Batch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { SessionTable } from '../state/session-table.ts'
import type { ToldResult } from '../state/untold-results.ts'
import { lastTimeOf } from '../time/watermark.ts'
import { ChangeQueue } from './change-queue.ts'
import type { ResultWriter } from './result-writer.ts'
import type { UntoldSessions } from './untold-sessions.ts'

/** A result as it was told; null: none, as all rows were taken back. */
export interface Told {
  readonly slot: number
  readonly start: number
  readonly end: number
  readonly values: readonly Value[] | null
}

/** Why a change is told: the output's watermark before it, and the sequence of the row. */
export interface Cause {
  readonly watermark: number
  readonly sequence: number
}

/** Why a result is told that waited for the watermark to come to `at`; `promised`: the output's watermark. */
export function causeAt(batch: Batch, row: number, at: number, promised: number): Cause {
  const next = row < batch.length ? batch.sequence[row]! : batch.sequenceAfter
  return { watermark: promised, sequence: batch.clock?.reachedAt(at) ?? next }
}

/** Changes of sessions that were told before. */
export class SessionChanges {
  readonly queue: ChangeQueue
  readonly #sessions: SessionTable

  constructor(sessions: SessionTable, writer: ResultWriter) {
    this.#sessions = sessions
    this.queue = new ChangeQueue(writer)
  }

  /** What is to be told of a session; all its rows must have been added. */
  resultOf(session: number): Told {
    const { starts, ends, slots } = this.#sessions
    const values = this.#sessions.isLive(session) ? this.#sessions.results(session) : null
    return { slot: slots[session]!, start: starts[session]!, end: ends[session]!, values }
  }

  /** The same, where there is anything. */
  toldOf(session: number): readonly ToldResult[] {
    const { start, end, values } = this.resultOf(session)
    return values === null ? [] : [{ start, end, values }]
  }

  /** What was told of sessions that become one; of those that have not fired, `untold` knows it, and forgets it. */
  toldOfAll(sessions: readonly number[], untold: UntoldSessions | null): readonly ToldResult[] {
    return sessions.flatMap((one) => {
      if (this.#sessions.hasFired[one] === 1) return this.toldOf(one)
      return untold?.forget(one) ?? []
    })
  }

  /** Queues how the session that has come of others differs from what was told of those: one of the same bounds has an update. */
  tellMerged(cause: Cause, session: number, told: readonly ToldResult[]): void {
    const now = this.resultOf(session)
    const first = told[0]
    if (told.length === 1 && first!.start === now.start && first!.end === now.end) {
      this.push(cause, { ...now, values: first!.values }, now.values)
      return
    }
    this.takeBack(cause, session, told)
    this.push(cause, { ...now, values: null }, now.values)
  }

  /** Queues that what was told of the parts of a session is no more. */
  takeBack(cause: Cause, session: number, told: readonly ToldResult[]): void {
    for (const one of told) this.push(cause, { ...one, slot: this.#sessions.slots[session]! }, null)
  }

  /** Queues how the result of a session, as it is now, differs from `before`; null: nothing was told. */
  tell(cause: Cause, session: number, before: readonly Value[] | null): void {
    const now = this.resultOf(session)
    this.push(cause, { ...now, values: before }, now.values)
  }

  /** Queues that what was told is `after` now; null: it is no more. */
  push({ watermark, sequence }: Cause, { slot, start, end, values }: Told, after: readonly Value[] | null): void {
    const header = { time: lastTimeOf(end), watermark, sequence, leading: [start, end] }
    this.queue.push(header, slot, values, after)
  }

  /** Writes what fits. True: all is told. */
  drain(out: Batch): boolean {
    return this.queue.drain(out)
  }
}
