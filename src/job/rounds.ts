import { appendRow, type Batch, batchLike } from '../data/batch.ts'
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
  /** What the source gave last, and the next row of it. */
  batch: Batch | null
  at: number
  hasEnded: boolean
  rejects: readonly Reject[]
  /** The rows that this round takes from it. */
  out: Batch | null
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
    this.#heads = intakes.map((intake) => ({ intake, batch: null, at: 0, hasEnded: false, rejects: [], out: null }))
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
    for (const head of running) beginOut(head)
    for (;;) {
      let least = running[0]!
      for (const head of running) if (head.batch!.watermark[head.at]! < least.batch!.watermark[least.at]!) least = head
      const out = least.out!
      appendRow(least.batch!, least.at, out)
      out.sequence[out.length - 1] = this.sequence
      this.sequence += 1
      least.at += 1
      this.#isAtLimit = this.#reaches()
      if (this.#isAtLimit) break
      this.#placeRejects(least)
      if (least.at >= least.batch!.length) break
    }
    return this.#heads.map((head) => (head.hasEnded ? null : endOut(head, this.sequence)))
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

function beginOut(head: Head): void {
  head.out = batchLike(head.batch!, head.batch!.capacity)
}

function endOut(head: Head, sequence: number): Batch {
  const { out, batch, at } = head
  out!.watermarkAfter = at < batch!.length ? batch!.watermark[at]! : batch!.watermarkAfter
  out!.sequenceAfter = sequence
  return out!
}
