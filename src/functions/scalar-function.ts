import type { ColumnType } from '../data/column-type.ts'
import type { Value } from '../data/value.ts'

/** What a parameter takes. `any` takes all; the rest are checked when binding (static types) or per row (`any`). */
export type ParameterType = 'any' | 'boolean' | 'number' | 'string' | 'timestamp' | 'interval'

/** A function over exact numbers: its static type, and its values, of arguments as they are. */
export interface ExactForm {
  readonly type: ColumnType
  apply(args: readonly Value[]): Value
}

/**
 * A scalar function you can name in an expression. One definition makes the SQL name, `tidemark functions`, the man page and both
 * evaluators. Pure and deterministic: the same arguments give the same value.
 */
export interface ScalarFunction {
  /** Lower case. */
  readonly name: string
  /** Other names for it. */
  readonly aliases?: readonly string[]
  /** As in the docs: `substring(text, start [, length])`. */
  readonly signature: string
  /** One sentence without a full stop; says what NULL does only where it is not "NULL in, NULL out". */
  readonly summary: string
  readonly parameters: readonly ParameterType[]
  /** How many of the parameters may be left out at the end; with `variadic` the last may be repeated. */
  readonly optional?: number
  readonly variadic?: boolean
  readonly returns: ColumnType | ((args: readonly ColumnType[]) => ColumnType)
  /** True: `apply` sees NULLs. Otherwise any NULL argument gives NULL without a call. */
  readonly takesNull?: boolean
  /** Flink's name for it, or null where Flink has none. */
  readonly flinkName: string | null
  /** Called with checked arguments: strings are strings, numbers doubles (bigints turned to double), timestamps ms. May throw `RowError`. */
  apply(args: readonly Value[]): Value
  /**
   * The form for a first argument of a whole type or DECIMAL; `constants` as in `prepare`. Absent, or undefined: exact numbers are turned to
   * double.
   */
  exact?(type: ColumnType, constants: readonly (Value | undefined)[]): ExactForm | undefined
  /** May argument i become the result? Then exact numbers among those that may are brought to one type. */
  isBranch?(i: number): boolean
  /**
   * Called once when binding, with the values of constant arguments (undefined where not constant): may return a faster `apply`
   * with patterns compiled, or throw `RowError` for an argument that can never work.
   */
  prepare?(constants: readonly (Value | undefined)[], zone: string): (args: readonly Value[]) => Value
}

/** Checks a definition's shape at compile time; the identity at run time. */
export const defineScalar = (definition: ScalarFunction): ScalarFunction => definition
