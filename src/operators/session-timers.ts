import { type Due, DueQueue } from '../state/due-queue.ts'
import type { SessionTable } from '../state/session-table.ts'
import { lastTimeOf } from '../time/watermark.ts'

/** The timer of one session: when it may have to fire, or be forgotten. */
interface Armed extends Due {
  at: number
  readonly arrival: number
  readonly row: number
}

/** Sessions that end within so many parts of the gap are put in order together. */
const BUCKETS = 16

/**
 * When sessions are due. A session has one timer, which is not moved when rows prolong it: when its time has come the session is asked when it is due
 * by now, and the timer armed again. So a row costs nothing here, and quiet keys are found without a look at all of them.
 */
export class SessionTimers {
  readonly #sessions: SessionTable
  readonly #allowedLateness: number
  readonly #queue: DueQueue<Armed>
  /** By row of the session. */
  readonly #armed: (Armed | undefined)[] = []
  #armings = 0

  constructor(sessions: SessionTable, options: { readonly gap: number; readonly allowedLateness: number }) {
    this.#sessions = sessions
    this.#allowedLateness = options.allowedLateness
    this.#queue = new DueQueue(Math.max(1, options.gap / BUCKETS))
  }

  /** Arms the timer of a session anew: it began, or it is due earlier than it was. */
  arm(row: number): void {
    const timer = { at: this.#dueAt(row), arrival: this.#armings++, row }
    while (this.#armed.length < row) this.#armed.push(undefined)
    this.#armed[row] = timer
    this.#queue.push(timer)
  }

  disarm(row: number): void {
    this.#armed[row] = undefined
  }

  /** When a session fires; one that has fired: when no row can reach it any more. */
  #dueAt(row: number): number {
    const last = lastTimeOf(this.#sessions.ends[row]!)
    return this.#sessions.hasFired[row] === 1 ? last + this.#allowedLateness : last
  }

  /** Puts the sessions `into` that are due next, all at one time <= watermark, by (start, arrival), and disarms them. False: nothing is due. */
  next(watermark: number, into: number[]): boolean {
    into.length = 0
    let at = watermark
    for (;;) {
      const timer = this.#queue.peek(at)
      if (timer === undefined) break
      this.#queue.pop()
      const { row } = timer
      if (this.#armed[row] !== timer) continue // of a session that is gone
      const dueAt = this.#dueAt(row)
      if (dueAt > timer.at) {
        timer.at = dueAt
        this.#queue.push(timer)
        continue
      }
      at = timer.at
      this.#armed[row] = undefined
      into.push(row)
    }
    if (into.length > 1) into.sort(this.#order)
    return into.length > 0
  }

  readonly #order = (a: number, b: number): number => {
    const { starts, arrivals } = this.#sessions
    return starts[a]! - starts[b]! || arrivals[a]! - arrivals[b]!
  }

  /** Arms all sessions, after they were restored. */
  restore(): void {
    for (let row = 0; row < this.#sessions.allocated; row += 1) if (this.#sessions.isSession(row)) this.arm(row)
  }
}
