import type { ErrorCode } from '../base/error-codes.ts'
import { RowError, TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { ColumnType } from '../data/column-type.ts'
import type { Value } from '../data/value.ts'
import type { AggregateFunction } from '../functions/aggregate-function.ts'
import type { ScalarFunction } from '../functions/scalar-function.ts'
import type { BoundExpression, Scope } from './bound.ts'
import { isExact } from './exact-numbers.ts'
import type { Expression } from './expression.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** What the passes of the binder share while they go down one expression. */
export interface BindContext {
  readonly scope: Scope
  readonly functions: ReadonlyMap<string, ScalarFunction>
  readonly aggregates: ReadonlyMap<string, AggregateFunction>
  /** Takes an aggregate call where one may stand and gives what stands for its result; null where none may stand. */
  readonly onAggregate: ((call: Call, fn: AggregateFunction) => BoundExpression) | null
  /** Does the row stay, so that its fields may stand beside aggregates? Only `over` keeps it. */
  readonly keepsRow: boolean
}

export function refuse(code: ErrorCode, message: string, span: Span, hint?: string): TidemarkError {
  return new TidemarkError(code, message, hint ? { span, hint } : { span })
}

export const constant = (value: Value, type: ColumnType, span: Span): BoundExpression => ({
  kind: 'constant',
  value,
  type,
  span,
})

export const isNullConstant = (node: BoundExpression): boolean => node.kind === 'constant' && node.value === null

/** The static type of a value; integers beyond 64 bits have none. */
export function typeOfValue(value: Value): ColumnType {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'bigint' : 'any'
  return typeof value === 'number' ? 'number' : 'any'
}

/** A type in words for messages: `a number`, `an interval`. */
export function typeInWords(type: ColumnType): string {
  if (type === 'any') return 'any value'
  if (isExact(type)) return 'a number'
  return type === 'interval' ? 'an interval' : `a ${type}`
}

/** Runs what may find a constant impossible: its `RowError` becomes an error of the command line. */
export function atBindTime<T>(span: Span, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    if (error instanceof RowError) throw refuse('E_VALUE', error.message, span, error.hint)
    throw error
  }
}
