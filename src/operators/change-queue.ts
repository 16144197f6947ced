import type { Batch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import { isFull } from './operator.ts'
import { changesOf, type ResultChange, type ResultHeader, type ResultWriter } from './result-writer.ts'

/** Changes that one input row causes, until there is room for them in the output. Empty between two rounds. */
export class ChangeQueue {
  readonly #writer: ResultWriter
  readonly #tellsAll: boolean
  #changes: ResultChange[] = []
  #next = 0

  /** `tellsAll`: also of results that are as they were. */
  constructor(writer: ResultWriter, tellsAll = false) {
    this.#writer = writer
    this.#tellsAll = tellsAll
  }

  /** Queues what is to be told when the result of a key went from `before` to `after`; null: no rows. */
  push(header: ResultHeader, slot: number, before: readonly Value[] | null, after: readonly Value[] | null): void {
    for (const [kind, values] of changesOf(before, after, this.#tellsAll))
      this.#changes.push({ header, kind, slot, values })
  }

  /** Writes what fits. True: the queue is empty. */
  drain(out: Batch): boolean {
    while (this.#next < this.#changes.length) {
      if (isFull(out)) return false
      this.#writer.appendChange(out, this.#changes[this.#next]!)
      this.#next += 1
    }
    if (this.#next > 0) {
      this.#changes = []
      this.#next = 0
    }
    return true
  }
}
