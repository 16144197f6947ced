import type { Batch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { SessionTable } from '../state/session-table.ts'
import { lastTimeOf } from '../time/watermark.ts'
import { ChangeQueue } from './change-queue.ts'
import type { ResultWriter } from './result-writer.ts'

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

/** Changes of sessions that have fired. */
export class SessionChanges {
  readonly #sessions: SessionTable
  readonly #queue: ChangeQueue

  constructor(sessions: SessionTable, writer: ResultWriter) {
    this.#sessions = sessions
    this.#queue = new ChangeQueue(writer)
  }

  /** What is to be told of a session; all its rows must have been added. */
  resultOf(session: number): Told {
    const { starts, ends, slots } = this.#sessions
    const values = this.#sessions.isLive(session) ? this.#sessions.results(session) : null
    return { slot: slots[session]!, start: starts[session]!, end: ends[session]!, values }
  }

  /** Queues how the result of a session, as it is now, differs from `before`; null: nothing was told. */
  tell(cause: Cause, session: number, before: readonly Value[] | null): void {
    const now = this.resultOf(session)
    this.push(cause, { ...now, values: before }, now.values)
  }

  /** Queues that what was told is `after` now; null: it is no more. */
  push({ watermark, sequence }: Cause, { slot, start, end, values }: Told, after: readonly Value[] | null): void {
    const header = { time: lastTimeOf(end), watermark, sequence, leading: [start, end] }
    this.#queue.push(header, slot, values, after)
  }

  /** Writes what fits. True: all is told. */
  drain(out: Batch): boolean {
    return this.#queue.drain(out)
  }
}
