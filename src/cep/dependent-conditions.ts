import type { Rows } from '../data/batch.ts'
import { Column } from '../data/column.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import { compileExpression, type Evaluator, type OnError } from '../expressions/compile.ts'
import { fieldsOf } from '../expressions/fields-of.ts'
import type { Reference } from './references.ts'
import { type TakenRowsOptions, type TakenValue, takenValue } from './taken-rows.ts'

interface Condition {
  readonly evaluator: Evaluator
  /** Columns of the row to fill in for each partial match. */
  readonly taken: readonly { readonly column: Column; readonly value: TakenValue }[]
}

/** Does an expression say anything of rows taken before? */
export function isDependent(bound: BoundExpression, references: readonly Reference[]): boolean {
  const fields = fieldsOf(bound)
  return references.some(({ field }) => fields.has(field))
}

/** Conditions about the row at hand and rows taken before it: one row whose last columns are what the expressions say of the partial match. */
export class DependentConditions {
  readonly #row: Rows & { readonly columns: Column[] }
  /** Slots of the row at hand that conditions read. */
  readonly #slots: readonly number[]
  readonly #conditions = new Map<number, Condition>()
  readonly #selection = new Int32Array(1)

  /** `bound`: by the number of the condition. */
  constructor(
    bound: ReadonlyMap<number, BoundExpression>,
    references: readonly Reference[],
    options: TakenRowsOptions,
  ) {
    const fields = new Set([...bound.values()].flatMap((one) => [...fieldsOf(one)]))
    const used = references.filter(({ field }) => fields.has(field))
    const own = [...fields].filter((field) => !used.some((reference) => reference.field === field))
    const all = [...own, ...used.map(({ field }) => field)]
    const columns = all.map(({ type }) => new Column(type, 'plain', 1))
    this.#row = { columns, time: new Float64Array(1) }
    this.#slots = own.map(options.slotOf)
    const taken = new Map(
      used.map((reference, i) => [
        reference.field,
        { column: columns[own.length + i]!, value: takenValue(reference, options) },
      ]),
    )
    for (const [number, one] of bound) {
      const evaluator = compileExpression(one, { slotOf: (field) => all.indexOf(field) })
      const needed = [...fieldsOf(one)].flatMap((field) => taken.get(field) ?? [])
      this.#conditions.set(number, { evaluator, taken: needed })
    }
  }

  /** The row at hand. */
  setRow(rows: Rows, row: number): void {
    this.#row.time[0] = rows.time[row]!
    for (const [i, slot] of this.#slots.entries()) this.#row.columns[i]!.set(0, rows.columns[slot]!.value(row))
  }

  /** Does it meet the condition after what ends with `entry` was taken? A row that the expression cannot take does not, and is reported. */
  holds(condition: number, entry: number, onError: OnError): boolean {
    const { evaluator, taken } = this.#conditions.get(condition)!
    for (const { column, value } of taken) column.set(0, value(entry))
    return evaluator.select(this.#row, 0, 1, this.#selection, onError) === 1
  }
}
