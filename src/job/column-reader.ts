import type { RowError } from '../base/errors.ts'
import type { Batch } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { compileExpression, type Evaluator } from '../expressions/compile.ts'
import type { KeyReader } from '../operators/key-reader.ts'

type Part = { readonly slot: number } | { readonly evaluator: Evaluator; readonly column: Column }

/** Reads keys or arguments of a step: a bare field is the batch's own column, anything else is computed into one. */
export class ColumnReader implements KeyReader {
  readonly #parts: readonly Part[]

  constructor(expressions: readonly BoundExpression[], slotOf: (field: Field) => number) {
    this.#parts = expressions.map((expression) =>
      expression.kind === 'field'
        ? { slot: slotOf(expression.field) }
        : { evaluator: compileExpression(expression, { slotOf }), column: new Column(expression.type, 'plain', 0) },
    )
  }

  columns(batch: Batch, from: number, to: number, onError: (row: number, error: RowError) => void): readonly Column[] {
    return this.#parts.map((part) => {
      if ('slot' in part) return batch.columns[part.slot]!
      part.column.reserve(to)
      part.evaluator.column(batch, from, to, part.column, onError)
      return part.column
    })
  }
}
