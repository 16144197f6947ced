import type { Batch } from '../data/batch.ts'
import type { Intake } from './intake.ts'
import { BEHIND, numberRows, type OnReject, type Round, type Rounds } from './rounds.ts'
import { SharedLimit } from './shared-limit.ts'
import type { RowLimit } from './until.ts'

interface Answer {
  readonly source: number
  /** null: the source has ended. */
  readonly batch: Batch | null
}

/** `--max-drift`: which sources wait for slower ones. */
export interface Drift {
  /** By source, ms that its watermark may be ahead of those of the others; Infinity: it never waits. */
  readonly most: readonly number[]
  /** Not for a source that is idle, or has no event time. */
  isWaitedFor(source: number): boolean
}

/** A source that waits is looked at again after so many ms: the one it waits for may have been found idle. */
const LOOK_AGAIN_MS = 50

/** Live sources: rows are taken in the order in which they arrive; promise 1 then means "given that order". */
export class ArrivalRounds implements Rounds {
  sequence = 0
  readonly #intakes: readonly Intake[]
  readonly #onReject: OnReject
  /** Asked and not answered, answered and not taken yet, or neither; a source that has ended is asked no more. */
  readonly #states: ('asked' | 'answered' | 'taken' | 'ended')[]
  readonly #answers: (Answer | { readonly error: unknown })[] = []
  #wake: () => void = () => {}
  readonly #limit: SharedLimit | null
  /** Of the rows that were taken of each source. */
  readonly #watermarks: number[]
  #isAtLimit = false
  readonly #drift: Drift | null

  constructor(
    intakes: readonly Intake[],
    onReject: OnReject,
    limit: RowLimit | null = null,
    drift: Drift | null = null,
  ) {
    this.#drift = drift
    this.#intakes = intakes
    this.#limit = limit && new SharedLimit(limit, intakes)
    this.#watermarks = intakes.map(() => -Infinity)
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

  stop(): Round | null {
    const ended = this.#intakes.map((intake, source) =>
      intake.stop(this.#states[source] === 'answered' ? 0 : undefined),
    )
    this.#states.fill('ended')
    for (const batch of ended) if (batch) batch.sequenceAfter = this.sequence
    return ended.some((batch) => batch !== null) ? ended : null
  }

  async next(): Promise<Round | null> {
    for (;;) {
      if (this.#isAtLimit) return this.stop()
      if (this.#states.every((state) => state === 'ended')) return null
      this.#ask()
      if (this.#answers.length === 0) await this.#wait()
      const answer = this.#answers.shift()
      if (answer === undefined) continue
      if ('error' in answer) throw answer.error
      const round = this.#take(answer)
      if (round) return round
    }
  }

  /** Until a source has answered, or one that is ahead of others may be asked again. */
  async #wait(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (this.#states.includes('taken')) timer = setTimeout(resolve, LOOK_AGAIN_MS)
    })
    clearTimeout(timer)
  }

  /** Is the source too far ahead of one that can still give rows? The slowest never is. */
  #isAhead(source: number): boolean {
    const drift = this.#drift
    if (drift === null || drift.most[source] === Infinity) return false
    const bound = this.#intakes[source]!.watermark - drift.most[source]!
    return this.#intakes.some(
      ({ watermark }, other) =>
        other !== source && this.#states[other] !== 'ended' && drift.isWaitedFor(other) && watermark < bound,
    )
  }

  /**
   * Every answer comes into one queue. (Promise.race over the sources would hang one more callback on a silent source with each row of another,
   * for as long as it is silent.)
   */
  #ask(): void {
    this.#intakes.forEach((intake, source) => {
      if (this.#states[source] !== 'taken' || this.#isAhead(source)) return
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
    if (batch === null) {
      this.#watermarks[source] = Infinity
      return null
    }
    if (this.#limit) this.#cutAtLimit(this.#limit, source, batch)
    for (const reject of this.#intakes[source]!.takeRejects())
      this.#onReject(reject, this.sequence + reject.before - BEHIND, source)
    this.sequence = numberRows(batch, this.sequence)
    return this.#intakes.map((_, i) => (i === source ? batch : null))
  }
  /** The row of the batch that reaches the limit is the last. */
  #cutAtLimit(limit: SharedLimit, source: number, batch: Batch): void {
    const before = this.#watermarks
    const rows = limit.rowsLeft(this.sequence)
    for (let i = 0; i < batch.length && !this.#isAtLimit; i += 1) {
      const after = i + 1 < batch.length ? batch.watermark[i + 1]! : batch.watermarkAfter
      const isReached = limit.isReached(this.sequence + i + 1, (other) => (other === source ? after : before[other]!))
      this.#isAtLimit = i + 1 >= rows || isReached
      if (this.#isAtLimit) this.#intakes[source]!.cut(i + 1)
    }
    before[source] = batch.watermarkAfter
  }
}
