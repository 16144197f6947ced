import { appendRow, type Batch, batchLike } from '../data/batch.ts'
import type { Intake } from './intake.ts'

/** A round's batches, one place per source; null where a source gives nothing. */
export type Round = readonly (Batch | null)[]

/** Hands out rounds until all sources have ended, and numbers the rows over all sources. */
export interface Rounds {
  sequence: number
  /** null: all sources have ended. A promise only where a source must be waited for. */
  next(): Round | null | Promise<Round | null>
}

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
  readonly #round: (Batch | null)[] = [null]

  constructor(intake: Intake) {
    this.#intake = intake
  }

  next(): Round | null | Promise<Round | null> {
    const batch = this.#intake.next()
    return batch instanceof Promise ? batch.then((some) => this.#give(some)) : this.#give(batch)
  }

  #give(batch: Batch | null): Round | null {
    if (batch === null) return null
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

  constructor(intakes: readonly Intake[]) {
    this.#heads = intakes.map((intake) => ({ intake, batch: null, at: 0, hasEnded: false, out: null }))
  }

  next(): Round | null | Promise<Round | null> {
    for (const head of this.#heads) {
      if (head.hasEnded || (head.batch && (head.at < head.batch.length || head.batch.length === 0))) continue
      const batch = head.intake.next()
      if (batch instanceof Promise) {
        return batch.then((some) => {
          fill(head, some)
          return this.next()
        })
      }
      fill(head, batch)
    }
    return this.#merge()
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
      if (least.at >= least.batch!.length) break
    }
    return this.#heads.map((head) => (head.hasEnded ? null : endOut(head, this.sequence)))
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

function fill(head: Head, batch: Batch | null): void {
  head.batch = batch
  head.at = 0
  if (batch === null) head.hasEnded = true
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

/** Live sources: rows are taken in the order in which they arrive; promise 1 then means "given that order". */
export class ArrivalRounds implements Rounds {
  sequence = 0
  readonly #intakes: readonly Intake[]
  readonly #pending: (Promise<{ readonly index: number; readonly batch: Batch | null }> | null)[]
  readonly #hasEnded: boolean[]

  constructor(intakes: readonly Intake[]) {
    this.#intakes = intakes
    this.#pending = intakes.map(() => null)
    this.#hasEnded = intakes.map(() => false)
  }

  async next(): Promise<Round | null> {
    const waiting = this.#intakes.flatMap((intake, index) => {
      if (this.#hasEnded[index]) return []
      this.#pending[index] ??= Promise.resolve(intake.next()).then((batch) => ({ index, batch }))
      return [this.#pending[index]!]
    })
    if (waiting.length === 0) return null
    const { index, batch } = await Promise.race(waiting)
    this.#pending[index] = null
    if (batch === null) {
      this.#hasEnded[index] = true
      return this.next()
    }
    this.sequence = numberRows(batch, this.sequence)
    return this.#intakes.map((_, i) => (i === index ? batch : null))
  }
}
