import type { Clock } from '../time/clock.ts'
import type { Checkpointer } from './checkpoint.ts'

/** When checkpoints are due. Rounds are for tests, which also wait for each to end. */
export type CheckpointInterval =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'rounds'; readonly rounds: number }

export interface ScheduleOptions {
  readonly interval: CheckpointInterval
  readonly clock: Clock
  readonly rowsRead: () => number
  /** A checkpoint was due before the one before it had ended: called once. */
  readonly tooSlow: (tookMs: number) => void
}

/** Takes checkpoints of a running job when they are due. */
export class CheckpointSchedule {
  readonly #checkpointer: Checkpointer
  readonly #options: ScheduleOptions
  #lastTime: number
  #lastRows: number
  #rounds = 0
  #saidSlow = false

  constructor(checkpointer: Checkpointer, options: ScheduleOptions) {
    this.#checkpointer = checkpointer
    this.#options = options
    this.#lastTime = options.clock.now()
    this.#lastRows = 0
  }

  /** Call after each round. */
  endRound(): void {
    this.#rounds += 1
  }

  /** Also when the last one went wrong: `begin` then tells. */
  get isDue(): boolean {
    const { interval, clock, rowsRead } = this.#options
    if (this.#checkpointer.hasFailed) return true
    if (interval.kind === 'time') return clock.now() - this.#lastTime >= interval.ms
    if (interval.kind === 'rows') return rowsRead() - this.#lastRows >= interval.rows
    return this.#rounds >= interval.rounds
  }

  /** The last one went wrong. */
  get hasFailed(): boolean {
    return this.#checkpointer.hasFailed
  }

  /** How long a job without rows may sleep, ms; null: the wall clock makes nothing due. */
  get wait(): number | null {
    const { interval, clock } = this.#options
    return interval.kind === 'time' ? Math.max(1, this.#lastTime + interval.ms - clock.now()) : null
  }

  /** `wake` is called when the one under way goes wrong: then `isDue`. */
  wakeOnFailure(wake: () => void): void {
    this.#checkpointer.onFailure = wake
  }

  /** Waits for the checkpoint before this one. Rejects with what went wrong with it. */
  async settle(): Promise<void> {
    const { isWriting, hasFailed } = this.#checkpointer
    if (isWriting && !hasFailed && !this.#saidSlow) {
      this.#saidSlow = true
      this.#options.tooSlow(this.#options.clock.now() - this.#lastTime)
    }
    await this.#checkpointer.settle()
  }

  /** The barrier; after `settle`, between two rounds. A promise only where checkpoints are waited for. */
  begin(): void | Promise<void> {
    const { interval, clock, rowsRead } = this.#options
    this.#lastTime = clock.now()
    this.#lastRows = rowsRead()
    this.#rounds = 0
    this.#checkpointer.begin()
    if (interval.kind === 'rounds') return this.#checkpointer.settle()
  }
}
