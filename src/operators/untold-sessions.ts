import type { Batch } from '../data/batch.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { SessionTable } from '../state/session-table.ts'
import { type ToldResult, type UntoldResult, UntoldResults } from '../state/untold-results.ts'
import { lastTimeOf } from '../time/watermark.ts'
import type { Cause, SessionChanges } from './session-changes.ts'
import { UntoldTelling } from './untold-telling.ts'

/** Sessions that have not fired yet and have changed since their results were told last. */
export class UntoldSessions {
  readonly structure: UntoldResults
  readonly #sessions: SessionTable
  readonly #changes: SessionChanges
  readonly #telling: UntoldTelling
  /** The session that was marked last. */
  #last = -1

  constructor(keys: KeyTable, sessions: SessionTable, changes: SessionChanges) {
    this.structure = new UntoldResults(keys)
    this.#sessions = sessions
    this.#changes = changes
    this.#telling = new UntoldTelling(this.structure, changes.queue)
  }

  #find(session: number): UntoldResult | undefined {
    const { slots, starts, ends } = this.#sessions
    return this.structure.find(slots[session]!, starts[session]!, ends[session]!)
  }

  /** A session that is new, or of which nothing is told any more. */
  begin(session: number): void {
    const { slots, starts, arrivals } = this.#sessions
    this.#last = session
    this.structure.add({ slot: slots[session]!, at: starts[session]!, arrival: arrivals[session]!, told: [] })
  }

  /** A session is about to change. */
  mark(session: number): void {
    this.#last = session
    if (this.#find(session) !== undefined) return
    const told = this.#changes.toldOf(session)
    this.begin(session)
    if (told.length > 0) this.#setTold(session, told)
  }

  /** Two sessions are about to become one, the earlier. */
  join(earlier: number, later: number): void {
    if (earlier === later) {
      this.mark(earlier)
      return
    }
    const told = [...this.forget(earlier), ...this.forget(later)]
    this.begin(earlier)
    if (told.length > 0) this.#setTold(earlier, told)
  }

  #setTold(session: number, told: readonly ToldResult[]): void {
    const untold = this.#find(session)!
    untold.told = told
    this.structure.touch(untold)
  }

  /** What is to be taken back of a session, of which nothing is untold from now on. */
  forget(session: number): readonly ToldResult[] {
    const untold = this.#find(session)
    if (untold === undefined) return this.#changes.toldOf(session)
    this.structure.remove(untold)
    return untold.told
  }

  /** Queues how a session differs from what was told of it, if it may. All its rows must have been added. */
  tell(session: number, cause: Cause): void {
    const untold = this.#find(session)
    if (untold === undefined) return
    this.#changes.tellMerged(cause, session, untold.told)
    this.structure.remove(untold)
  }

  /** The same of the session that was marked last. */
  tellLast(cause: Cause): void {
    if (this.#last >= 0) this.tell(this.#last, cause)
    this.#last = -1
  }

  /** The same of all, by (end, start, arrival). `causeAt`: of what a watermark frees. True: all is told. */
  tellAll(out: Batch, causeAt: (watermark: number) => Cause): boolean {
    const { ends } = this.#sessions
    if (!this.#telling.isBegun) this.#telling.begin(this.#inOrder())
    return this.#telling.run(out, (untold) => {
      const session = this.#sessionOf(untold)
      this.#changes.tellMerged(causeAt(lastTimeOf(ends[session]!)), session, untold.told)
    })
  }

  #sessionOf({ slot, at }: UntoldResult): number {
    return this.#sessions.latestFrom(slot, at)
  }

  #inOrder(): readonly UntoldResult[] {
    const { starts, ends, arrivals } = this.#sessions
    const sessions = this.structure.all().map((untold) => ({ untold, session: this.#sessionOf(untold) }))
    sessions.sort(
      ({ session: a }, { session: b }) => ends[a]! - ends[b]! || starts[a]! - starts[b]! || arrivals[a]! - arrivals[b]!,
    )
    return sessions.map(({ untold }) => untold)
  }
}
