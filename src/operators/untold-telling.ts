import type { Batch } from '../data/batch.ts'
import type { UntoldResult, UntoldResults } from '../state/untold-results.ts'
import type { ChangeQueue } from './change-queue.ts'

/** Tells untold results one after the other, as many as fit; each is forgotten, and its key let go, once all of it is written. */
export class UntoldTelling {
  readonly #untold: UntoldResults
  readonly #queue: ChangeQueue
  #list: readonly UntoldResult[] = []
  #next = 0
  #isQueued = false

  constructor(untold: UntoldResults, queue: ChangeQueue) {
    this.#untold = untold
    this.#queue = queue
  }

  get isBegun(): boolean {
    return this.#list.length > 0
  }

  /** What is to be told next, in order. There must be nothing left of what was begun before. */
  begin(list: readonly UntoldResult[]): void {
    this.#list = list
  }

  /** `push` queues the changes of a result. True: all are told. */
  run(out: Batch, push: (untold: UntoldResult) => void): boolean {
    while (this.#next < this.#list.length) {
      const untold = this.#list[this.#next]!
      if (!this.#isQueued) push(untold)
      this.#isQueued = true
      if (!this.#queue.drain(out)) return false
      this.#isQueued = false
      this.#untold.remove(untold)
      this.#next += 1
    }
    this.#list = []
    this.#next = 0
    return true
  }
}
