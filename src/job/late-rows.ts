import { type Excerpt, TidemarkError } from '../base/errors.ts'
import type { LateRow } from '../operators/operator.ts'

export type LatePolicy =
  | { readonly kind: 'drop'; readonly wasWritten: boolean }
  | { readonly kind: 'fail' }
  | { readonly kind: 'file' }

/** Buckets of lateness grow by this factor, so a quantile read from them is at most 1 % too high. */
const GROWTH = 1.01

/** Counts late rows and how late they were. Memory does not grow with their number. */
export class LateRows {
  /** Dropped, or kept by the policy. */
  count = 0
  /** Those that went on as streams (`STEP.late`). */
  streamed = 0
  /** How many of them an earlier run has told of, or this one. */
  #told = 0
  #mostLateBy = 0
  readonly #policy: LatePolicy
  readonly #buckets = new Map<number, number>()

  constructor(policy: LatePolicy) {
    this.#policy = policy
  }

  get areKept(): boolean {
    return this.#policy.kind === 'file'
  }

  /** Takes note of one; under `--late fail` the first ends the run. */
  note(step: string, late: LateRow, place: () => Excerpt): void {
    this.count += 1
    if (late.lateBy > this.#mostLateBy) this.#mostLateBy = late.lateBy
    const bucket = Math.ceil(Math.log(late.lateBy) / Math.log(GROWTH))
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    if (this.#policy.kind === 'fail') {
      throw new TidemarkError('E_LATE', `a row came ${late.lateBy} ms too late for ${step}`, {
        excerpt: place(),
        hint: '--late late.ndjson keeps such rows, --late drop leaves them out, a longer --watermark-delay waits for them',
      })
    }
  }

  /** The watermark delays that would have kept 99 % and all of the late rows, ms, given the present one. */
  neededDelays(delay: number): { readonly most: number; readonly all: number } {
    const wanted = Math.ceil(this.count * 0.99)
    let seen = 0
    for (const bucket of [...this.#buckets.keys()].sort((a, b) => a - b)) {
      seen += this.#buckets.get(bucket)!
      if (seen >= wanted)
        return { most: delay + Math.min(Math.ceil(GROWTH ** bucket), this.#mostLateBy), all: delay + this.#mostLateBy }
    }
    return { most: delay + this.#mostLateBy, all: delay + this.#mostLateBy }
  }

  /** For checkpoints, as JSON. */
  save(): unknown {
    return {
      count: this.count,
      streamed: this.streamed,
      told: this.#told,
      mostLateBy: this.#mostLateBy,
      buckets: [...this.#buckets],
    }
  }

  restore(saved: unknown): void {
    const { count, streamed, told, mostLateBy, buckets } = saved as {
      count: number
      streamed?: number
      told?: number
      mostLateBy: number
      buckets: [number, number][]
    }
    this.count = count
    this.streamed = streamed ?? 0
    this.#told = told ?? 0
    this.#mostLateBy = mostLateBy
    for (const [bucket, rows] of buckets) this.#buckets.set(bucket, rows)
  }

  /** Is there a loss that nobody asked for on the command line and nobody was told of? Then a line at the end tells of it, once: not again after every restart. */
  get isUnexpectedLoss(): boolean {
    return this.count > this.#told && this.#policy.kind === 'drop' && !this.#policy.wasWritten
  }

  /** Of all so far. */
  markTold(): void {
    this.#told = this.count
  }
}
