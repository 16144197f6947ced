import type { Span } from '../base/span.ts'
import type { ColumnType } from '../data/column-type.ts'
import type { Value } from '../data/value.ts'
import type { ScalarFunction } from '../functions/scalar-function.ts'
import type { BinaryOperator } from './expression.ts'

/**
 * A value that flows along an edge of the plan: one member of the rows, or one column an operator made. Its identity is what
 * counts: row-preserving steps hand on the same Field, and `job/assemble` gives it a slot on every edge where it is needed.
 */
export interface Field {
  readonly name: string
  readonly type: ColumnType
}

/** An expression whose names and types are known. `type` of every node is static; `any` means: look at the row. */
export type BoundExpression = { readonly type: ColumnType; readonly span: Span } & (
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'field'; readonly field: Field }
  /** The row's event time, `event_time()`. */
  | { readonly kind: 'event-time' }
  /** A member or (1-based) element of a nested value; NULL where there is none. */
  | { readonly kind: 'subscript'; readonly of: BoundExpression; readonly index: BoundExpression }
  | { readonly kind: 'negate' | 'not'; readonly operand: BoundExpression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: BoundExpression
      readonly right: BoundExpression
    }
  | {
      readonly kind: 'is'
      readonly operand: BoundExpression
      readonly what: 'NULL' | 'TRUE' | 'FALSE'
      readonly negated: boolean
      /** What asks, for messages, where no IS was written. */
      readonly asker?: string
    }
  | {
      readonly kind: 'in'
      readonly operand: BoundExpression
      readonly list: readonly BoundExpression[]
      readonly negated: boolean
    }
  | {
      readonly kind: 'like'
      readonly operand: BoundExpression
      readonly pattern: BoundExpression
      readonly escape: BoundExpression | null
      readonly negated: boolean
    }
  | {
      readonly kind: 'case'
      readonly whens: readonly { readonly when: BoundExpression; readonly then: BoundExpression }[]
      readonly otherwise: BoundExpression
    }
  | { readonly kind: 'cast'; readonly operand: BoundExpression; readonly to: CastType; readonly isTry: boolean }
  | {
      readonly kind: 'call'
      readonly fn: ScalarFunction
      readonly args: readonly BoundExpression[]
      /** The function's `apply`, or what its `prepare` made of the constant arguments. */
      readonly apply: (args: readonly Value[]) => Value
    }
)

/** Targets of CAST. INT, SMALLINT and TINYINT are whole doubles within their range. */
export type CastType =
  | 'BOOLEAN'
  | 'STRING'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | `DECIMAL(${number}, ${number})`
  | 'DOUBLE'
  | 'TIMESTAMP'

/** An aggregate call of `--agg`, its argument and filter bound against the rows that go in. */
export interface BoundAggregate {
  readonly fn: import('../functions/aggregate-function.ts').AggregateFunction
  /** Empty for count(*). */
  readonly args: readonly BoundExpression[]
  readonly distinct: boolean
  readonly filter: BoundExpression | null
  readonly type: ColumnType
  readonly span: Span
}

/** What names mean at one place of a pipeline. */
export interface Scope {
  /**
   * The field a path begins with and what of the path is left to take from its value; undefined: no such column (rows without a schema
   * have every field). Resolving a path asks the source for it.
   */
  resolve(path: readonly string[]): { readonly field: Field; readonly rest: readonly string[] } | undefined
  /** The field that stands for a call here, before functions are looked up: what a pattern's conditions say of rows taken before. */
  resolveCall?(call: Extract<import('./expression.ts').Expression, { kind: 'call' }>): Field | undefined
  /** Names that exist for certain, for "did you mean". */
  names(): readonly string[]
  /** Does a row have event time here? `event_time()` needs it. */
  readonly hasTime: boolean
  /** --arg and --argjson. */
  readonly parameters: ReadonlyMap<string, Value>
  /** Are the columns' types declared? Then literals, quotients and aggregates have Flink's types. Default: no. */
  readonly isTyped?: boolean
  /** --tz, an IANA name; `UTC` by default. */
  readonly zone: string
}
