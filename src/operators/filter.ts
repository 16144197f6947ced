import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import type { Evaluator } from '../expressions/compile.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch } from './forwarding.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowSelection } from './row-selection.ts'

export interface FilterOptions {
  readonly where: Evaluator
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/** Lets the rows through for which the condition is true; NULL is not true. The rest moves time all the same. */
export class Filter implements Operator {
  readonly structures: readonly StateStructure[] = []
  readonly #where: Evaluator
  readonly #capacity: number
  readonly #selection: RowSelection

  constructor({ where, context, capacity = BATCH_ROWS }: FilterOptions) {
    this.#where = where
    this.#capacity = capacity
    this.#selection = new RowSelection(context)
  }

  createOutput(): ForwardBatch {
    return new ForwardBatch(this.#capacity)
  }

  process(batch: Batch, _port: number, from: number, out: ForwardBatch): number {
    const selection = this.#selection
    if (from === 0) {
      selection.begin(batch)
      selection.count = this.#where.select(batch, 0, batch.length, selection.rows, selection.errors.add)
    }
    return selection.handOver({ batch, columns: batch.columns }, from, out)
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}
