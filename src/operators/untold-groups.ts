import type { Batch } from '../data/batch.ts'
import type { GroupTable } from '../state/group-table.ts'
import type { KeyTable } from '../state/key-table.ts'
import { UntoldResults } from '../state/untold-results.ts'
import type { ChangeQueue } from './change-queue.ts'
import type { ResultHeader } from './result-writer.ts'
import { UntoldTelling } from './untold-telling.ts'

/** Groups whose results have changed since they were told last. */
export class UntoldGroups {
  readonly structure: UntoldResults
  readonly #groups: GroupTable
  readonly #queue: ChangeQueue
  readonly #telling: UntoldTelling

  constructor(keys: KeyTable, groups: GroupTable, queue: ChangeQueue) {
    this.structure = new UntoldResults(keys)
    this.#groups = groups
    this.#queue = queue
    this.#telling = new UntoldTelling(this.structure, queue)
  }

  /** The group of a key is about to change; `arrival`: when it comes, if it is not there yet. */
  mark(slot: number, arrival: number): void {
    if (this.structure.find(slot, 0, 0) !== undefined) return
    const groups = this.#groups
    if (!groups.has(slot)) this.structure.add({ slot, at: 0, arrival, told: [] })
    else {
      const told = [{ start: 0, end: 0, values: groups.results(slot) }]
      this.structure.add({ slot, at: 0, arrival: groups.arrivals[slot]!, told })
    }
  }

  /** Tells how all of them have changed, by arrival. True: that was all. */
  tellAll(out: Batch, header: ResultHeader): boolean {
    if (!this.#telling.isBegun) this.#telling.begin(this.structure.all().sort((a, b) => a.arrival - b.arrival))
    return this.#run(out, header)
  }

  /** The same of one key. */
  tellOne(slot: number, out: Batch, header: ResultHeader): boolean {
    const untold = this.structure.find(slot, 0, 0)
    if (!this.#telling.isBegun && untold !== undefined) this.#telling.begin([untold])
    return this.#run(out, header)
  }

  #run(out: Batch, header: ResultHeader): boolean {
    return this.#telling.run(out, ({ slot, told }) => {
      const after = this.#groups.has(slot) ? this.#groups.results(slot) : null
      this.#queue.push(header, slot, told[0]?.values ?? null, after)
    })
  }
}
