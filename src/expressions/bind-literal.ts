import { constant, typeOfValue } from './bind-context.ts'
import type { BoundExpression, Scope } from './bound.ts'
import { literalOf, negated } from './exact-numbers.ts'
import type { Expression } from './expression.ts'

type Literal = Extract<Expression, { kind: 'literal' }>

/** A literal; where types are declared, with Flink's type for it. */
export function bindLiteral({ value, span }: Literal, scope: Scope): BoundExpression {
  if (!scope.isTyped || (typeof value !== 'number' && typeof value !== 'bigint'))
    return constant(value, typeOfValue(value), span)
  const literal = literalOf(value, span.text.slice(span.start, span.end))
  return constant(literal.value, literal.type, span)
}

/** A literal with its sign: -9223372036854775808 is a BIGINT although its digits alone are too large. */
export function bindSigned(
  operator: '-' | '+',
  literal: BoundExpression,
  span: BoundExpression['span'],
): BoundExpression {
  const { value, type } = literal as Extract<BoundExpression, { kind: 'constant' }>
  const signed = operator === '+' || value === 0 ? value : negated(value)
  return constant(signed, type === 'any' || type === 'bigint' ? typeOfValue(signed) : type, span)
}
