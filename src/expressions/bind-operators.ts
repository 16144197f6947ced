import type { Span } from '../base/span.ts'
import type { ColumnType } from '../data/column-type.ts'
import { asEqualTimestamp, asExact, asTimestamp, isNumeric, requireTruth } from './bind-coerce.ts'
import { constant, isNullConstant, refuse, typeInWords } from './bind-context.ts'
import type { BoundExpression } from './bound.ts'
import { exactResult } from './exact-numbers.ts'
import type { BinaryOperator } from './expression.ts'
import { fold } from './fold.ts'
import { writtenText } from './operations.ts'

/** Two bound operands of an operator, and where it stands. */
export interface Operands {
  readonly left: BoundExpression
  readonly right: BoundExpression
  readonly span: Span
}

type Arithmetic = '+' | '-' | '*' | '/' | '%'

/** Chooses the types of an operator and of its operands; `E_TYPE` where they never go together. */
export function bindBinary(operator: BinaryOperator, operands: Operands, isTyped = false): BoundExpression {
  switch (operator) {
    case 'AND':
    case 'OR':
      requireTruth(operands.left, operator)
      requireTruth(operands.right, operator)
      return binary(operator, operands, 'boolean')
    case '=':
    case '<>':
    case 'IS DISTINCT FROM':
    case 'IS NOT DISTINCT FROM':
      return bindEquality(operator, operands)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return bindOrder(operator, operands)
    case '||':
      requirePrintable(operands.left)
      requirePrintable(operands.right)
      return binary(operator, operands, 'string')
    default:
      return bindArithmetic(operator, operands, isTyped)
  }
}

function binary(operator: BinaryOperator, { left, right, span }: Operands, type: ColumnType): BoundExpression {
  return fold({ kind: 'binary', operator, left, right, type, span })
}

export function bindEquality(operator: BinaryOperator, { left, right, span }: Operands): BoundExpression {
  const isTime = left.type === 'timestamp' || right.type === 'timestamp'
  const operands = isTime
    ? { left: asEqualTimestamp(left), right: asEqualTimestamp(right), span }
    : { left, right, span }
  return binary(operator, operands, 'boolean')
}

export function bindOrder(operator: '<' | '<=' | '>' | '>=', operands: Operands): BoundExpression {
  const { left, right, span } = operands
  if (left.type === 'timestamp' || right.type === 'timestamp') {
    const [l, r] = [asTimestamp(left), asTimestamp(right)]
    if (!l || !r) throw unlike(operator, operands)
    return binary(operator, { left: l, right: r, span }, 'boolean')
  }
  if (left.type === 'interval' || right.type === 'interval') {
    if (left.type === right.type || isNullConstant(left) || isNullConstant(right))
      return binary(operator, operands, 'boolean')
    throw unlike(operator, operands, 'a field in milliseconds is compared with a number: ms > 300000')
  }
  const isLike =
    left.type === right.type ||
    left.type === 'any' ||
    right.type === 'any' ||
    (isNumeric(left.type) && isNumeric(right.type))
  if (!isLike) throw unlike(operator, operands, castHint(left, right))
  return binary(operator, operands, 'boolean')
}

function unlike(operator: string, { left, right, span }: Operands, hint?: string) {
  const [l, r] = [left, right].map((node) => (node.type === 'any' ? writtenText(node) : typeInWords(node.type)))
  return refuse('E_TYPE', `${operator} cannot compare ${l} with ${r}`, span, hint)
}

function castHint(left: BoundExpression, right: BoundExpression): string | undefined {
  const [text, other] = left.type === 'string' ? [left, right] : [right, left]
  if (text.type !== 'string' || !isNumeric(other.type)) return undefined
  return `write CAST(${writtenText(text)} AS DOUBLE)`
}

function requirePrintable(node: BoundExpression): void {
  if (node.type !== 'interval') return
  const hint = `its seconds are ${writtenText(node)} / INTERVAL '1' SECOND`
  throw refuse('E_TYPE', '|| needs a string, not an interval', node.span, hint)
}

function bindArithmetic(operator: Arithmetic, operands: Operands, isTyped: boolean): BoundExpression {
  const { left, right, span } = operands
  if ([left.type, right.type].some((type) => type === 'timestamp' || type === 'interval'))
    return bindTime(operator, operands)
  for (const operand of [left, right]) requireNumber(operand, operator)
  const exact = { left: asExact(left, right), right: asExact(right, left), span }
  const type = exactResult(operator, exact.left.type, exact.right.type, isTyped)
  return type === undefined ? binary(operator, operands, 'number') : binary(operator, exact, type)
}

export function requireNumber(node: BoundExpression, operator: string): void {
  if (isNumeric(node.type)) return
  const hint =
    node.type === 'string' && operator === '+'
      ? `|| joins strings; as a number: CAST(${writtenText(node)} AS DOUBLE)`
      : node.type === 'string'
        ? `write CAST(${writtenText(node)} AS DOUBLE)`
        : undefined
  throw refuse('E_TYPE', `${operator} needs a number, not ${typeInWords(node.type)}`, node.span, hint)
}

/** Sums and differences of times, and multiples of intervals; text beside a time is read as a timestamp. */
function bindTime(operator: Arithmetic, operands: Operands): BoundExpression {
  const { left, right, span } = operands
  const [l, r] = [left.type, right.type]
  if (isNullConstant(left) || isNullConstant(right)) return constant(null, 'any', span)
  const isScaled = operator === '*' || operator === '/'
  if (isScaled && l === 'interval' && isNumeric(r)) return binary(operator, operands, 'interval')
  if (operator === '*' && r === 'interval' && isNumeric(l)) return binary(operator, operands, 'interval')
  if (operator === '/' && l === 'interval' && r === 'interval') return binary(operator, operands, 'number')
  if (operator === '+' || operator === '-') {
    if (l === 'interval' && r === 'interval') return binary(operator, operands, 'interval')
    if (r === 'interval') {
      const time = asTimestamp(left)
      if (time) return binary(operator, { left: time, right, span }, 'timestamp')
    } else if (operator === '+' && l === 'interval') {
      const time = asTimestamp(right)
      if (time) return binary(operator, { left, right: time, span }, 'timestamp')
    } else if (operator === '-' && l !== 'interval') {
      const [from, to] = [asTimestamp(left), asTimestamp(right)]
      if (from && to) return binary(operator, { left: from, right: to, span }, 'interval')
    }
  }
  const hint = l === 'timestamp' || r === 'timestamp' ? "write ts + INTERVAL '5' MINUTE, or ts + 5m" : undefined
  throw refuse('E_TYPE', `${operator} cannot take ${typeInWords(l)} and ${typeInWords(r)}`, span, hint)
}
