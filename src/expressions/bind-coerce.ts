import { type ColumnType, decimalShape } from '../data/column-type.ts'
import type { Value } from '../data/value.ts'
import { defineScalar } from '../functions/scalar-function.ts'
import { parseTimestampText } from '../time/timestamp.ts'
import { constant, isNullConstant, refuse, typeInWords } from './bind-context.ts'
import type { BoundExpression } from './bound.ts'
import { commonExact, isExact, literalOf, negated } from './exact-numbers.ts'
import { fold } from './fold.ts'
import { writtenText } from './operations.ts'
import { castTypeFor } from './type-name.ts'

/** Stands for a value that is no timestamp in `=` with one: NaN equals nothing, so the comparison is false and never an error. */
const timestampOrUnequal = defineScalar({
  name: 'timestamp or unequal',
  signature: '',
  summary: '',
  parameters: ['any'],
  returns: 'timestamp',
  flinkName: null,
  apply: ([value]): Value => (typeof value === 'string' ? parseTimestampText(value.trim()) : Number.NaN),
})

/** A text that stands where a timestamp is needed; unreadable ones are `E_VALUE`. Undefined if it is no constant text. */
function constantTimestamp(node: BoundExpression): BoundExpression | undefined {
  if (node.kind !== 'constant') return undefined
  if (node.value === null) return constant(null, 'timestamp', node.span)
  if (typeof node.value !== 'string') return undefined
  const ms = parseTimestampText(node.value.trim())
  if (!Number.isNaN(ms)) return constant(ms, 'timestamp', node.span)
  throw refuse('E_VALUE', `'${node.value}' is not a timestamp`, node.span, "write '2024-05-01 10:00:00'")
}

/** The operand as a timestamp: text is parsed, per row if it is not constant. Undefined for a type that cannot be one. */
export function asTimestamp(node: BoundExpression): BoundExpression | undefined {
  if (node.type === 'timestamp') return node
  const known = constantTimestamp(node)
  if (known) return known
  if (node.type !== 'any' && node.type !== 'string') return undefined
  return { kind: 'cast', operand: node, to: 'TIMESTAMP', isTry: false, type: 'timestamp', span: node.span }
}

/** The same for one side of `=`, where a value that is no timestamp is merely unequal. */
export function asEqualTimestamp(node: BoundExpression): BoundExpression {
  if (node.type === 'timestamp') return node
  const known = constantTimestamp(node)
  if (known) return known
  if (node.type !== 'any' && node.type !== 'string') return node
  const { apply } = timestampOrUnequal
  return { kind: 'call', fn: timestampOrUnequal, args: [node], apply, type: 'timestamp', span: node.span }
}

/** A whole constant beside an exact number is one too, and one with a point beside a DECIMAL, so that `big + 1` and `price * 1.5` stay exact. */
export function asExact(node: BoundExpression, { type }: BoundExpression): BoundExpression {
  if (node.kind !== 'constant' || node.type !== 'number' || typeof node.value !== 'number' || !isExact(type))
    return node
  if (Number.isSafeInteger(node.value) && type === 'bigint') return constant(BigInt(node.value), 'bigint', node.span)
  if (!Number.isSafeInteger(node.value) && decimalShape(type) === undefined) return node
  const literal = literalOf(Math.abs(node.value), `${Math.abs(node.value)}`)
  return constant(node.value < 0 ? negated(literal.value) : literal.value, literal.type, node.span)
}

/** The same value as an expression of another exact type. */
export function asType(node: BoundExpression, type: ColumnType): BoundExpression {
  if (node.type === type) return node
  if (isNullConstant(node)) return constant(null, type, node.span)
  return fold({ kind: 'cast', operand: node, to: castTypeFor(type), isTry: false, type, span: node.span })
}

export const isNumeric = (type: ColumnType): boolean => type === 'any' || type === 'number' || isExact(type)

/** Refuses an operand that can never be true or false. */
export function requireTruth(node: BoundExpression, operator: string): void {
  if (node.type === 'boolean' || node.type === 'any') return
  const hint = isNumeric(node.type) ? `write ${writtenText(node)} <> 0` : undefined
  throw refuse('E_TYPE', `${operator} needs true or false, not ${typeInWords(node.type)}`, node.span, hint)
}

/** Refuses an operand that can never be text. */
export function requireText(node: BoundExpression, operator: string): void {
  if (node.type === 'string' || node.type === 'any') return
  const hint = `write CAST(${writtenText(node)} AS STRING)`
  throw refuse('E_TYPE', `${operator} needs a string, not ${typeInWords(node.type)}`, node.span, hint)
}

/**
 * One type for the branches of CASE. NULL goes with all; numbers of both kinds, and other types but times, may be mixed and give what
 * the row holds. A time would be taken for a number there: `E_TYPE`.
 */
export function branchType(branches: readonly BoundExpression[]): ColumnType {
  const typed = branches.filter((branch) => !isNullConstant(branch))
  const first = typed[0]
  if (!first) return 'any'
  const other = typed.find(({ type }) => type !== first.type)
  if (!other) return first.type
  const exact = commonExact(typed.map(({ type }) => type))
  if (exact) return exact
  const time = typed.find(({ type }) => type === 'timestamp' || type === 'interval')
  if (!time) return 'any'
  const unlike = typed.find(({ type }) => type !== time.type)!
  const hint =
    time.type === 'timestamp' && unlike.type === 'any' ? `write CAST(${writtenText(unlike)} AS TIMESTAMP)` : undefined
  const message = `CASE mixes ${typeInWords(time.type)} with ${typeInWords(unlike.type)}`
  throw refuse('E_TYPE', message, unlike.span, hint)
}
