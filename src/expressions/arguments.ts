import type { Value } from '../data/value.ts'
import type { ParameterType, ScalarFunction } from '../functions/scalar-function.ts'
import type { BoundExpression } from './bound.ts'
import { numberOf, textOperand, truthOf, writtenText } from './operations.ts'

/** The parameter that argument i belongs to; the last one of a variadic function takes the rest. */
export const parameterOf = (fn: ScalarFunction, i: number): ParameterType =>
  fn.parameters[Math.min(i, fn.parameters.length - 1)] ?? 'any'

/**
 * Checks argument i of a function, a value that is not null: `ScalarFunction.apply` is promised strings that are strings and
 * numbers that are doubles. Throws `RowError`.
 */
export function checkArgument(fn: ScalarFunction, i: number, arg: BoundExpression): (value: Value) => Value {
  const written = writtenText(arg)
  switch (parameterOf(fn, i)) {
    case 'string':
      return (value) => textOperand(value, fn.name, written)
    case 'number':
      return (value) => numberOf(value, fn.name, written)
    case 'boolean':
      return (value) => truthOf(value, fn.name, written)
    default:
      return (value) => value
  }
}
