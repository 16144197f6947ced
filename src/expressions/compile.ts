import type { Rows } from '../data/batch.ts'
import { type Column, Tag } from '../data/column.ts'
import type { Value } from '../data/value.ts'
import type { BoundExpression, Field } from './bound.ts'
import { generateLoops } from './codegen.ts'
import { type Evaluate, evaluator } from './evaluate.ts'
import { truthOf, writtenText } from './operations.ts'
import { type OnError, report } from './row-report.ts'

export type { OnError } from './row-report.ts'

/** A compiled expression. Rows are those of a batch or a slab, [from, to) as everywhere. */
export interface Evaluator {
  /** Writes the value of each row to the same row of `out`, a plain column with room for `to` rows. Rows with an error become NULL. */
  column(rows: Rows, from: number, to: number, out: Column, onError: OnError): void
  /** Writes the numbers of the rows for which the expression is TRUE to the start of `selection`; returns how many. */
  select(rows: Rows, from: number, to: number, selection: Int32Array, onError: OnError): number
  /** Throws `RowError`. */
  value(rows: Rows, row: number): Value
}

export interface CompileOptions {
  /** Where in `rows.columns` the field is. */
  readonly slotOf: (field: Field) => number
  /** False: closures only. Code is not generated either where the platform forbids it. */
  readonly generate?: boolean
}

/** The two loops, however they were made. */
export type Loops = Pick<Evaluator, 'column' | 'select'>

export function compileExpression(bound: BoundExpression, options: CompileOptions): Evaluator {
  const value = evaluator(bound, options.slotOf)
  const loops =
    (options.generate === false ? undefined : generateLoops(bound, options.slotOf)) ?? closureLoops(bound, value)
  return { ...loops, value }
}

function closureLoops(bound: BoundExpression, value: Evaluate): Loops {
  const written = writtenText(bound)
  return {
    column(rows, from, to, out, onError) {
      for (let row = from; row < to; row += 1) {
        try {
          out.set(row, value(rows, row))
        } catch (error) {
          out.tags[row] = Tag.Null
          report(row, error, onError)
        }
      }
    },
    select(rows, from, to, selection, onError) {
      let count = 0
      for (let row = from; row < to; row += 1) {
        try {
          const found = value(rows, row)
          if (found !== null && truthOf(found, 'a condition', written)) {
            selection[count] = row
            count += 1
          }
        } catch (error) {
          report(row, error, onError)
        }
      }
      return count
    },
  }
}
