import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { ColumnType } from '../data/column-type.ts'
import type { Evaluator } from '../expressions/compile.ts'
import type { StateStructure } from '../state/structure.ts'
import { ForwardBatch } from './forwarding.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { RowSelection } from './row-selection.ts'

/** One output column: the input's column of that slot as it is, or computed. */
export type ProjectColumn =
  | { readonly kind: 'forward'; readonly slot: number }
  | { readonly kind: 'compute'; readonly evaluator: Evaluator; readonly type: ColumnType }

export interface ProjectOptions {
  readonly columns: readonly ProjectColumn[]
  readonly context: OperatorContext
  /** Rows per output batch, for tests. */
  readonly capacity?: number
}

/**
 * Makes the output's columns from the input's. A row that one of the expressions cannot take is dropped and reported, once. Rows keep the
 * line they came from, for reports; whether they still leave as that line is for the plan to say.
 */
export class Project implements Operator {
  readonly structures: readonly StateStructure[] = []
  readonly #columns: readonly ProjectColumn[]
  readonly #computed: readonly (Column | null)[]
  readonly #capacity: number
  readonly #selection: RowSelection
  /** Of the batch at hand. */
  #made: readonly Column[] = []

  constructor({ columns, context, capacity = BATCH_ROWS }: ProjectOptions) {
    this.#columns = columns
    this.#computed = columns.map((column) => (column.kind === 'compute' ? new Column(column.type, 'plain', 0) : null))
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
      this.#made = this.#columns.map((column, c) => this.#make(column, c, batch))
      selection.selectAll(batch)
    }
    return selection.handOver({ batch, columns: this.#made }, from, out)
  }

  #make(column: ProjectColumn, c: number, batch: Batch): Column {
    if (column.kind === 'forward') return batch.columns[column.slot]!
    const computed = this.#computed[c]!
    computed.reserve(batch.length)
    column.evaluator.column(batch, 0, batch.length, computed, this.#selection.errors.add)
    return computed
  }

  facts(): unknown {
    return null
  }

  restoreFacts(): void {}
}
