import { adoptBatch, type Batch, batchLike } from '../data/batch.ts'
import { appendRows } from '../data/batch-slice.ts'
import type { Intake } from './intake.ts'
import type { Reject } from './row-gate.ts'
import { SharedLimit } from './shared-limit.ts'
import type { RowLimit } from './until.ts'

/** A round's batches, one place per source; null where a source gives nothing. */
export type Round = readonly (Batch | null)[]

/** Hands out rounds until all sources have ended, and numbers the rows over all sources. */
export interface Rounds {
  sequence: number
  /** null: all sources have ended. A promise only where a source must be waited for. */
  next(): Round | null | Promise<Round | null>
  /** Where each source is to go on after a restart; only between two rounds. */
  positions(): readonly unknown[]
  /** Has the source been asked for rows, and not answered yet? Then the job has taken all that it gave. */
  isSilent(source: number): boolean
  /** Ends all sources behind the rows that were taken, as if nothing came after them; null: they have ended already. */
  stop(): Round | null
}

/** Takes a dead letter of a source at its place between sequence numbers. */
export type OnReject = (reject: Reject, sequence: number, source: number) => void

/** A dead letter stands behind the row before it, and behind what that row's time set free (see `StreamClock`). */
export const BEHIND = 0.25

/** Gives every row of a batch the next sequence numbers. */
export function numberRows(batch: Batch, first: number): number {
  for (let i = 0; i < batch.length; i += 1) batch.sequence[i] = first + i
  batch.sequenceAfter = first + batch.length
  return first + batch.length
}

/** One source: its batches are the rounds. */
export class SingleRounds implements Rounds {
  sequence = 0
  readonly #intake: Intake
  readonly #onReject: OnReject
  readonly #round: (Batch | null)[] = [null]
  #isAsked = false

  constructor(intake: Intake, onReject: OnReject) {
    this.#intake = intake
    this.#onReject = onReject
  }

  next(): Round | null | Promise<Round | null> {
    const batch = this.#intake.next()
    this.#isAsked = batch instanceof Promise
    return batch instanceof Promise ? batch.then((some) => this.#give(some)) : this.#give(batch)
  }

  isSilent(): boolean {
    return this.#isAsked
  }

  positions(): readonly unknown[] {
    return [this.#intake.position()]
  }

  stop(): Round | null {
    return this.#give(this.#intake.stop())
  }

  #give(batch: Batch | null): Round | null {
    this.#isAsked = false
    if (batch === null) return null
    for (const reject of this.#intake.takeRejects()) this.#onReject(reject, this.sequence + reject.before - BEHIND, 0)
    this.sequence = numberRows(batch, this.sequence)
    this.#round[0] = batch
    return this.#round
  }
}

interface Head {
  readonly intake: Intake
  /** What the source gave last, the next row of it, and the first that this round takes. */
  batch: Batch | null
  at: number
  begin: number
  hasEnded: boolean
  rejects: readonly Reject[]
  /** Holds the rows that a round takes where they are not all of `batch`. */
  part: Batch | null
}

/**
 * Several bounded sources (DESIGN 4.4): the next row comes from the source with the least watermark of its own, ties by declaration, so that a replay does
 * not depend on how fast each is read. A round ends where one source's batch is used up.
 */
export class MergedRounds implements Rounds {
  sequence = 0
  readonly #heads: Head[]
  readonly #onReject: OnReject
  readonly #limit: SharedLimit | null
  #isAtLimit = false

  constructor(intakes: readonly Intake[], onReject: OnReject, limit: RowLimit | null = null) {
    this.#limit = limit && new SharedLimit(limit, intakes)
    this.#heads = intakes.map((intake) => {
      return { intake, batch: null, at: 0, begin: 0, hasEnded: false, rejects: [], part: null }
    })
    this.#onReject = onReject
  }

  next(): Round | null | Promise<Round | null> {
    if (this.#isAtLimit || this.#reaches()) return this.stop()
    for (const head of this.#heads) {
      while (!isFilled(head)) {
        const batch = head.intake.next()
        if (batch instanceof Promise) {
          return batch.then((some) => {
            this.#fill(head, some)
            return this.next()
          })
        }
        this.#fill(head, batch)
      }
    }
    return this.#merge()
  }

  /** Rows that were read but not taken yet are read again. */
  positions(): readonly unknown[] {
    return this.#heads.map(({ intake, batch, at }) => intake.position(batch && batch.length > 0 ? at : undefined))
  }

  stop(): Round | null {
    const running = this.#heads.filter(({ hasEnded }) => !hasEnded)
    if (running.length === 0) return null
    for (const head of running) {
      head.batch = head.intake.stop(head.batch && head.batch.length > 0 ? head.at : undefined)
    }
    return this.#endOf(running)
  }

  /** Bounded sources answer at once. */
  isSilent(): boolean {
    return false
  }

  #reaches(): boolean {
    if (this.#limit === null) return false
    return this.#limit.isReached(this.sequence, (i) => {
      const { batch, at, hasEnded, intake } = this.#heads[i]!
      if (hasEnded) return Infinity
      if (batch === null) return intake.watermark
      return at < batch.length ? batch.watermark[at]! : batch.watermarkAfter
    })
  }

  #merge(): Round | null {
    const ended = this.#heads.filter((head) => head.batch?.length === 0)
    if (ended.length > 0) return this.#endOf(ended)
    const running = this.#heads.filter((head) => !head.hasEnded)
    if (running.length === 0) return null
    for (const head of running) head.begin = head.at
    while (this.#takeRun(leastOf(running), running));
    return this.#heads.map((head) => (head.hasEnded ? null : taken(head, this.sequence)))
  }

  /** Takes rows of the source for as long as none of the others is before them. False: the round is over. */
  #takeRun(head: Head, running: readonly Head[]): boolean {
    const batch = head.batch!
    const { watermark, sequence, length } = batch
    const { below, upTo } = reachOf(head, running)
    const isWatched = this.#limit !== null || head.rejects.length > 0
    for (let at = head.at; at < length && watermark[at]! < below && watermark[at]! <= upTo; at += 1) {
      sequence[at] = this.sequence
      this.sequence += 1
      head.at = at + 1
      if (!isWatched) continue
      this.#isAtLimit = this.#reaches()
      if (this.#isAtLimit) return false
      this.#placeRejects(head)
    }
    return head.at < length
  }

  #fill(head: Head, batch: Batch | null): void {
    head.batch = batch
    head.at = 0
    if (batch === null) head.hasEnded = true
    head.rejects = head.intake.takeRejects()
    this.#placeRejects(head)
  }

  /** Those that stand before the source's next row, right behind its last. */
  #placeRejects(head: Head): void {
    while (head.rejects.length > 0 && head.rejects[0]!.before <= head.at) {
      this.#onReject(head.rejects[0]!, this.sequence - BEHIND, this.#heads.indexOf(head))
      head.rejects = head.rejects.slice(1)
    }
  }

  /** Sources that have ended say so in a round of their own; the others' rows come after. */
  #endOf(ended: readonly Head[]): Round {
    return this.#heads.map((head) => {
      if (!ended.includes(head)) return null
      const batch = head.batch!
      batch.sequenceAfter = this.sequence
      head.hasEnded = true
      head.batch = null
      return batch
    })
  }
}

/** Has the source a row at hand, or come to its end? */
const isFilled = ({ hasEnded, batch, at, intake }: Head): boolean =>
  hasEnded || (batch !== null && (at < batch.length || intake.hasEnded))

/** Whose next row comes first: by watermark, ties by declaration. */
function leastOf(running: readonly Head[]): Head {
  let least = running[0]!
  for (const head of running) if (head.batch!.watermark[head.at]! < least.batch!.watermark[least.at]!) least = head
  return least
}

/** The watermarks with which a row of the source still comes before those of all others: of equal ones the source declared first goes on. */
function reachOf(head: Head, running: readonly Head[]): { readonly below: number; readonly upTo: number } {
  const place = running.indexOf(head)
  let below = Infinity
  let upTo = Infinity
  for (const [i, other] of running.entries()) {
    const next = other.batch!.watermark[other.at]!
    if (i < place) below = Math.min(below, next)
    else if (i > place) upTo = Math.min(upTo, next)
  }
  return { below, upTo }
}

/** The rows that a round takes of a source; they stand next to each other in what it gave. */
function taken(head: Head, sequence: number): Batch {
  const { batch, at, begin } = head
  const out = begin === 0 && at === batch!.length ? batch! : partOf(head, batch!)
  out.watermarkAfter = at < batch!.length ? batch!.watermark[at]! : batch!.watermarkAfter
  out.sequenceAfter = sequence
  return out
}

function partOf(head: Head, batch: Batch): Batch {
  if (head.part?.capacity !== batch.capacity) head.part = batchLike(batch, batch.capacity)
  const { part } = head
  part.clear()
  adoptBatch(part, batch)
  appendRows(batch, head.begin, head.at, part)
  return part
}
