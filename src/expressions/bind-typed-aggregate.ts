import { type ColumnType, decimalShape, decimalType, isWhole } from '../data/column-type.ts'
import { MOST_DIGITS } from '../data/decimal.ts'
import type { AggregateFunction } from '../functions/aggregate-function.ts'
import { asType } from './bind-coerce.ts'
import { bindBinary } from './bind-operators.ts'
import type { BoundExpression } from './bound.ts'
import { isExact } from './exact-numbers.ts'
import type { Expression } from './expression.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** What binding an aggregate call can ask of the expression that it stands in. */
export interface TypedAggregates {
  /** Are the columns' types declared? */
  readonly isTyped: boolean
  typeOf(argument: Expression): ColumnType
  /** The result of the aggregate of that name over the same rows. */
  named(name: string, call: Call): BoundExpression
}

const COUNTS = new Set(['count', 'approx_count_distinct'])
const SPREADS = new Set(['stddev_pop', 'stddev_samp', 'var_pop', 'var_samp'])

/**
 * An aggregate whose result has a type of Flink's that follows from declared types: counts are BIGINT, and AVG and the deviations have the type of
 * their argument, cut off (AvgAggFunction, and AggregateITCase.testVAR_POP). AVG of a DECIMAL is one whether or not types are declared.
 * undefined: the aggregate's own type stands.
 */
export function bindTypedAggregate(
  call: Call,
  fn: AggregateFunction,
  { isTyped, typeOf, named }: TypedAggregates,
): BoundExpression | undefined {
  if (COUNTS.has(fn.name)) return isTyped ? asType(named(fn.name, call), 'bigint') : undefined
  const argument = call.args[0]
  if (argument === undefined || call.args.length > 1 || !(fn.name === 'avg' || SPREADS.has(fn.name))) return undefined
  const type = typeOf(argument)
  if (!isExact(type) || !(isTyped || decimalShape(type))) return undefined
  if (SPREADS.has(fn.name)) return asType(named(fn.name, call), meanType(type))
  const summed = isWhole(type) && type !== 'bigint' ? { ...call, args: [asBigint(argument)] } : call
  const quotient = { left: named('sum', summed), right: asType(named('count', call), 'bigint'), span: call.span }
  return asType(bindBinary('/', quotient, true), meanType(type))
}

/** AVG over DECIMAL(p, s) is DECIMAL(38, max(6, s)); whole numbers keep their type. */
function meanType(type: ColumnType): ColumnType {
  const shape = decimalShape(type)
  return shape ? decimalType({ precision: MOST_DIGITS, scale: Math.max(6, shape.scale) }) : type
}

const asBigint = (operand: Expression): Expression => ({
  kind: 'cast',
  operand,
  to: 'BIGINT',
  typeSpan: operand.span,
  isTry: false,
  span: operand.span,
})
