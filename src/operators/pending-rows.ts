import type { AccumulatorTable } from '../state/accumulator-table.ts'
import type { AggregateInputs } from './aggregate-inputs.ts'

/** So many panes take rows at a time; disorder between more of them makes runs shorter, nothing else. */
const MOST_TABLES = 4

/** A table and the rows that wait for it: `targets[i]` is the table's row for row i of the batch, -1 for rows that are not its. */
interface TableRun {
  table: AccumulatorTable | null
  from: number
  targets: Int32Array
}

/**
 * Rows of a batch that have found their groups but are not added yet: they are added in runs, which is what makes accumulators fast. Rows of a
 * group are added in the order in which they came.
 */
export class PendingRows {
  readonly #inputs: AggregateInputs
  readonly #runs: TableRun[] = Array.from({ length: MOST_TABLES }, () => ({
    table: null,
    from: 0,
    targets: new Int32Array(0),
  }))
  #used = 0

  constructor(inputs: AggregateInputs) {
    this.#inputs = inputs
  }

  /** Where to enter targets of rows i and later, up to the next `flush`; `capacity`: of the batch. */
  targetsOf(table: AccumulatorTable, i: number, capacity: number): Int32Array {
    for (let r = 0; r < this.#used; r += 1) if (this.#runs[r]!.table === table) return this.#runs[r]!.targets
    if (this.#used === MOST_TABLES) this.flush(i)
    const run = this.#runs[this.#used]!
    this.#used += 1
    if (run.targets.length < capacity) run.targets = new Int32Array(capacity).fill(-1)
    run.table = table
    run.from = i
    return run.targets
  }

  /** Adds all waiting rows, which come before row `to`. What `targetsOf` gave is no longer good. */
  flush(to: number): void {
    for (let r = 0; r < this.#used; r += 1) {
      const run = this.#runs[r]!
      this.#inputs.add(run.table!, run.targets, run.from, to)
      run.targets.fill(-1, run.from, to)
      run.table = null
    }
    this.#used = 0
  }
}
