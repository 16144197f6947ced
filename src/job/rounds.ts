import { appendRow, type Batch, batchLike } from '../data/batch.ts'
import type { Intake } from './intake.ts'
import type { Reject } from './row-gate.ts'

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
}

/** Takes a dead letter of a source at its place between sequence numbers. */
export type OnReject = (reject: Reject, sequence: number) => void

/** A dead letter stands behind the row before it, and behind what that row's time set free (see `StreamClock`). */
const BEHIND = 0.25

/** Gives every row of a batch the next sequence numbers. */
function numberRows(batch: Batch, first: number): number {
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

  #give(batch: Batch | null): Round | null {
    this.#isAsked = false
    if (batch === null) return null
    for (const reject of this.#intake.takeRejects()) this.#onReject(reject, this.sequence + reject.before - BEHIND)
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

  constructor(intakes: readonly Intake[], onReject: OnReject) {
    this.#heads = intakes.map((intake) => ({ intake, batch: null, at: 0, hasEnded: false, rejects: [], out: null }))
    this.#onReject = onReject
  }

  next(): Round | null | Promise<Round | null> {
    for (const head of this.#heads) {
      if (head.hasEnded || (head.batch && (head.at < head.batch.length || head.batch.length === 0))) continue
      const batch = head.intake.next()
      if (batch instanceof Promise) {
        return batch.then((some) => {
          this.#fill(head, some)
          return this.next()
        })
      }
      this.#fill(head, batch)
    }
    return this.#merge()
  }

  /** Rows that were read but not taken yet are read again. */
  positions(): readonly unknown[] {
    return this.#heads.map(({ intake, batch, at }) => intake.position(batch && batch.length > 0 ? at : undefined))
  }

  /** Bounded sources answer at once. */
  isSilent(): boolean {
    return false
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
      this.#onReject(head.rejects[0]!, this.sequence - BEHIND)
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

function beginOut(head: Head): void {
  head.out = batchLike(head.batch!, head.batch!.capacity)
}

function endOut(head: Head, sequence: number): Batch {
  const { out, batch, at } = head
  out!.watermarkAfter = at < batch!.length ? batch!.watermark[at]! : batch!.watermarkAfter
  out!.sequenceAfter = sequence
  return out!
}

interface Answer {
  readonly source: number
  /** null: the source has ended. */
  readonly batch: Batch | null
}

/** Live sources: rows are taken in the order in which they arrive; promise 1 then means "given that order". */
export class ArrivalRounds implements Rounds {
  sequence = 0
  readonly #intakes: readonly Intake[]
  readonly #onReject: OnReject
  /** Asked and not answered, answered and not taken yet, or neither; a source that has ended is asked no more. */
  readonly #states: ('asked' | 'answered' | 'taken' | 'ended')[]
  readonly #answers: (Answer | { readonly error: unknown })[] = []
  #wake: () => void = () => {}

  constructor(intakes: readonly Intake[], onReject: OnReject) {
    this.#intakes = intakes
    this.#onReject = onReject
    this.#states = intakes.map(() => 'taken')
  }

  /** Rows that were given but not taken yet are read again. */
  positions(): readonly unknown[] {
    return this.#intakes.map((intake, source) => intake.position(this.#states[source] === 'answered' ? 0 : undefined))
  }

  isSilent(source: number): boolean {
    return this.#states[source] === 'asked'
  }

  async next(): Promise<Round | null> {
    for (;;) {
      if (this.#states.every((state) => state === 'ended')) return null
      this.#ask()
      if (this.#answers.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const answer = this.#answers.shift()!
      if ('error' in answer) throw answer.error
      const round = this.#take(answer)
      if (round) return round
    }
  }

  /**
   * Every answer comes into one queue. (Promise.race over the sources would hang one more callback on a silent source with each row of another,
   * for as long as it is silent.)
   */
  #ask(): void {
    this.#intakes.forEach((intake, source) => {
      if (this.#states[source] !== 'taken') return
      this.#states[source] = 'asked'
      const answered = (answer: Answer | { readonly error: unknown }) => {
        this.#states[source] = 'answered'
        this.#answers.push(answer)
        this.#wake()
      }
      Promise.resolve()
        .then(() => intake.next())
        .then(
          (batch) => answered({ source, batch }),
          (error: unknown) => answered({ error }),
        )
    })
  }

  #take({ source, batch }: Answer): Round | null {
    this.#states[source] = batch === null ? 'ended' : 'taken'
    if (batch === null) return null
    for (const reject of this.#intakes[source]!.takeRejects())
      this.#onReject(reject, this.sequence + reject.before - BEHIND)
    this.sequence = numberRows(batch, this.sequence)
    return this.#intakes.map((_, i) => (i === source ? batch : null))
  }
}
