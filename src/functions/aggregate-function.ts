import type { Column } from '../data/column.ts'
import type { ColumnType } from '../data/column-type.ts'
import { exactText } from '../data/json-values.ts'
import type { ValueReader, ValueWriter } from '../data/page.ts'
import type { Value } from '../data/value.ts'

/**
 * Accumulators of many groups in columns. Row r of an aggregate with n numbers at offset o owns
 * `numbers[r * stride + o .. + n)`; its objects are `objects[o'][r]`,
 * which may lie behind the end of the column while undefined (`setObject`).
 */
export interface AccumulatorRows {
  numbers: Float64Array
  readonly stride: number
  readonly objects: unknown[][]
}

/** Rows that are merged in one go. */
export interface MergeRun {
  readonly rows: AccumulatorRows
  readonly targets: Int32Array
  readonly source: AccumulatorRows
  readonly from: number
  readonly to: number
}

/** Where one aggregate's part of a row begins. */
export interface Offsets {
  readonly number: number
  readonly object: number
}

/** What decides how an accumulator keeps its state, as JSON. */
export interface AccumulatorShape {
  /** Name of the function. */
  readonly aggregate: string
  readonly argument: ColumnType
  readonly by?: ColumnType
  /** As JSON (`exactText`). */
  readonly constant?: string
  readonly distinct: boolean
  readonly retractable: boolean
}

/** An aggregate for one static argument type, append-only or retractable. Batches are added in runs, so the loops are inside. */
export interface Accumulator {
  /** Doubles and objects per row. A fresh row is all 0 and undefined; `init` is called only if there is one. */
  readonly numberCount: number
  readonly objectCount: number
  readonly type: ColumnType
  /** What it was made from; absent only in accumulators that are parts of others. */
  readonly shape?: AccumulatorShape
  init?(rows: AccumulatorRows, at: Offsets, row: number): void
  /** What is wrong with argument i, or undefined if it can be added; absent if everything can. */
  refuse?(args: readonly Column[], i: number): string | undefined
  /** Adds row i of the arguments to accumulator row `targets[i]`, for from <= i < to; targets below 0 are skipped. */
  add(rows: AccumulatorRows, at: Offsets, targets: Int32Array, args: readonly Column[], from: number, to: number): void
  /** Takes row i back from accumulator row `row`. Only in the retractable form. */
  retract?(rows: AccumulatorRows, at: Offsets, row: number, args: readonly Column[], i: number): void
  /** Adds accumulator row `from` of `source` (same offsets) to row `to`: earlier slices and sessions first. `source` stays as it is. */
  merge(rows: AccumulatorRows, at: Offsets, to: number, source: AccumulatorRows, from: number): void
  /**
   * `merge` of each row from <= r < to of `source` into row `targets[r - from]`, all of them different: for aggregates whose `merge` is less than
   * the call. Absent: `merge` does it.
   */
  mergeAll?(run: MergeRun, at: Offsets): void
  result(rows: AccumulatorRows, at: Offsets, row: number): Value
  /** `result` of `selected` rows into rows `to` and later of a plain column. Absent: `result` does it. */
  fill?(rows: AccumulatorRows, at: Offsets, selected: Int32Array, column: Column, to: number): void
  /** The objects of a row to and from a checkpoint page; numbers are stored bit for bit by the table. Absent if there are none. */
  write?(rows: AccumulatorRows, at: Offsets, row: number, page: ValueWriter): void
  read?(rows: AccumulatorRows, at: Offsets, row: number, page: ValueReader): void
}

/** An aggregate you can name in `--agg`. */
export interface AggregateFunction {
  readonly name: string
  /** Other names for it. */
  readonly aliases?: readonly string[]
  readonly signature: string
  readonly summary: string
  /** How many arguments it must have; `count` also takes `*` (no argument). 0: only functions of `over`. */
  readonly arity: 0 | 1 | 2
  /** The last argument, beyond those that are read from each row, if it must be the same for all: a share, a separator. */
  readonly constant?: ConstantParameter
  readonly takesStar?: boolean
  readonly takesDistinct?: boolean
  /** Flink's name for it, or null where Flink has none. */
  readonly flinkName: string | null
  /** Static type of the result for an argument type and what `constant` was given; throws nothing: `refuse` says what rows may hold. */
  returns(argument: ColumnType, constant?: Value): ColumnType
  /** What to CAST a refused argument to; makes the hint `CAST(status AS DOUBLE)`, which needs the user's own words for it. */
  readonly castTo?: 'DOUBLE' | 'STRING'
  /** Argument types that can never be aggregated, in words for the message; undefined if it fits. */
  refuses?(argument: ColumnType): string | undefined
  create(options: {
    readonly argument: ColumnType
    /** Static type of the second argument of a row, if there is one. */
    readonly by?: ColumnType
    /** What `constant` was given; absent where it was left out. */
    readonly constant?: Value
    readonly distinct: boolean
    readonly retractable: boolean
  }): Accumulator
}

/** An argument that is known when the expression is bound. */
export interface ConstantParameter {
  /** What it is, for messages: `the separator`. */
  readonly what: string
  /** May it be left out? */
  readonly isOptional?: boolean
  /** What is wrong with a value (never NULL) in words, or undefined. */
  refuses(value: Value): string | undefined
}

export const defineAggregate = (definition: AggregateFunction): AggregateFunction => ({
  ...definition,
  create: (options) => {
    const { constant, ...others } = options
    const exact = constant === undefined ? {} : { constant: exactText(constant) }
    return { ...definition.create(options), shape: { aggregate: definition.name, ...others, ...exact } }
  },
})
