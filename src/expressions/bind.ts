import { suggest } from '../base/suggest.ts'
import type { AggregateFunction } from '../functions/aggregate-function.ts'
import { AGGREGATES } from '../functions/aggregates/index.ts'
import { OVER_FUNCTIONS } from '../functions/over/index.ts'
import { SCALAR_FUNCTIONS } from '../functions/scalar/index.ts'
import type { ScalarFunction } from '../functions/scalar-function.ts'
import { bindAggregateCall } from './bind-aggregate.ts'
import { bindCall } from './bind-call.ts'
import { asEqualTimestamp, asType, branchType, requireText, requireTruth } from './bind-coerce.ts'
import { atBindTime, type BindContext, constant, refuse, typeInWords, typeOfValue } from './bind-context.ts'
import { bindLiteral, bindSigned } from './bind-literal.ts'
import { bindBinary, bindOrder, requireNumber } from './bind-operators.ts'
import { bindTypedAggregate, type TypedAggregates } from './bind-typed-aggregate.ts'
import type { BoundAggregate, BoundExpression, Field, Scope } from './bound.ts'
import { isExact } from './exact-numbers.ts'
import type { Expression } from './expression.ts'
import { fold } from './fold.ts'
import { compileLike } from './like.ts'
import { areNeverEqual, writtenText } from './operations.ts'
import { printExpression, printPath } from './print.ts'
import { castResult, castTypeOf, insteadOfType } from './type-name.ts'

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>

/** The functions that names mean; the defaults are all there are. */
export interface FunctionSets {
  readonly functions?: ReadonlyMap<string, ScalarFunction>
  readonly aggregates?: ReadonlyMap<string, AggregateFunction>
}

/**
 * Gives an expression its names and static types, and computes what is constant. Aggregates are refused. Throws `E_COLUMN`, `E_FUNCTION`,
 * `E_TYPE`, `E_VALUE`, `E_ARG`, `E_AGGREGATE` or `E_TIME_MISSING`.
 */
export function bind(expression: Expression, scope: Scope, sets: FunctionSets = {}): BoundExpression {
  return bindNode(expression, contextOf(scope, sets, null))
}

/** An expression over aggregates: `result` reads `fields[i]` for the result of `aggregates[i]`. */
export interface BoundAggregation {
  readonly aggregates: readonly BoundAggregate[]
  readonly fields: readonly Field[]
  readonly result: BoundExpression
}

/**
 * Binds an item of `--agg`: an aggregate call, or an expression over aggregate calls (`sum(a) / count(*)`), of which equal ones are
 * computed once. A field outside of an aggregate, and an aggregate within one, are `E_AGGREGATE`.
 */
export function bindAggregate(expression: Expression, scope: Scope, sets: FunctionSets = {}): BoundAggregation {
  const hint = 'aggregates are count(*), sum(x), avg(x), min(x), max(x) and others: tidemark functions'
  return bindAggregation(expression, { scope, sets, keepsRow: false }, hint)
}

/** As `bindAggregate`, of an item of `over`: functions such as LAG too, and the row's own fields beside them. */
export function bindOver(expression: Expression, scope: Scope): BoundAggregation {
  const sets = { aggregates: new Map([...AGGREGATES, ...OVER_FUNCTIONS]) }
  const hint = 'over looks at several rows: sum(x), avg(x), lag(x), row_number() and others; select looks at one'
  return bindAggregation(expression, { scope, sets, keepsRow: true }, hint)
}

function bindAggregation(
  expression: Expression,
  { scope, sets, keepsRow }: { readonly scope: Scope; readonly sets: FunctionSets; readonly keepsRow: boolean },
  hint: string,
): BoundAggregation {
  const inner = contextOf(scope, sets, null)
  const aggregates: BoundAggregate[] = []
  const fields: Field[] = []
  const known = new Map<string, number>()
  const aggregate = (call: Of<'call'>, fn: AggregateFunction): BoundExpression => {
    const text = printExpression(call)
    let at = known.get(text)
    if (at === undefined) {
      at = aggregates.length
      const bound = bindAggregateCall(call, fn, (node) => bindNode(node, inner))
      aggregates.push(bound)
      fields.push({ name: text, type: bound.type })
      known.set(text, at)
    }
    const field = fields[at]!
    return { kind: 'field', field, type: field.type, span: call.span }
  }
  const typed: TypedAggregates = {
    isTyped: scope.isTyped ?? false,
    typeOf: (node) => bindNode(node, inner).type,
    named: (name, call) => aggregate({ ...call, name }, inner.aggregates.get(name)!),
  }
  const onAggregate: BindContext['onAggregate'] = (call, fn) =>
    bindTypedAggregate(call, fn, typed) ?? aggregate(call, fn)
  const result = bindNode(expression, { ...contextOf(scope, sets, onAggregate), keepsRow })
  if (aggregates.length > 0) return { aggregates, fields, result }
  throw refuse('E_AGGREGATE', 'there is no aggregate here', expression.span, hint)
}

function contextOf(scope: Scope, sets: FunctionSets, onAggregate: BindContext['onAggregate']): BindContext {
  return {
    scope,
    functions: sets.functions ?? SCALAR_FUNCTIONS,
    aggregates: sets.aggregates ?? AGGREGATES,
    onAggregate,
    keepsRow: false,
  }
}

function bindNode(node: Expression, context: BindContext): BoundExpression {
  const { span } = node
  switch (node.kind) {
    case 'literal':
      return bindLiteral(node, context.scope)
    case 'timestamp':
    case 'interval':
      return constant(node.value, node.kind, span)
    case 'field':
      return bindField(node, context)
    case 'parameter':
      return bindParameter(node, context)
    case 'subscript':
      return bindSubscript(bindNode(node.of, context), bindNode(node.index, context), span)
    case 'unary':
      return bindUnary(node, context)
    case 'binary':
      return bindBinary(
        node.operator,
        { left: bindNode(node.left, context), right: bindNode(node.right, context), span },
        context.scope.isTyped,
      )
    case 'is':
      return bindIs(node, context)
    case 'in':
      return bindIn(node, context)
    case 'between':
      return bindBetween(node, context)
    case 'like':
      return bindLike(node, context)
    case 'case':
      return bindCase(node, context)
    case 'cast':
      return bindCast(node, context)
    case 'call': {
      const field = context.scope.resolveCall?.(node)
      return field ? { kind: 'field', field, type: field.type, span } : bindCall(node, context, bindNode)
    }
  }
}

function bindField({ path, span }: Of<'field'>, context: BindContext): BoundExpression {
  if (context.onAggregate && !context.keepsRow) {
    const name = printPath(path)
    const hint = `write first_value(${name}), or group by it: --by ${name}`
    throw refuse('E_AGGREGATE', `${name} stands outside of an aggregate`, span, hint)
  }
  const found = context.scope.resolve(path)
  if (!found) throw unknownColumn({ path, span }, context.scope)
  if (found.rest.length > 0 && found.field.type !== 'any') {
    const name = printPath(path.slice(0, path.length - found.rest.length))
    throw refuse('E_TYPE', `${name} is ${typeInWords(found.field.type)} and has no members`, span)
  }
  let value: BoundExpression = { kind: 'field', field: found.field, type: found.field.type, span }
  for (const name of found.rest) value = bindSubscript(value, constant(name, 'string', span), span)
  return value
}

function unknownColumn({ path, span }: Pick<Of<'field'>, 'path' | 'span'>, scope: Scope) {
  const names = scope.names()
  const near = suggest(path.join('.'), names)
  const hint =
    near !== undefined ? `did you mean ${near}?` : names.length > 0 ? `columns here: ${names.join(', ')}` : undefined
  return refuse('E_COLUMN', `there is no column ${printPath(path)} here`, span, hint)
}

function bindParameter({ name, span }: Of<'parameter'>, { scope }: BindContext): BoundExpression {
  const value = scope.parameters.get(name)
  if (value !== undefined) return constant(value, typeOfValue(value), span)
  const near = suggest(name, scope.parameters.keys())
  const hint =
    near === undefined ? `give it with --arg ${name}=TEXT or --argjson ${name}=JSON` : `did you mean :${near}?`
  throw refuse('E_ARG', `nothing was given for :${name}`, span, hint)
}

function bindSubscript(of: BoundExpression, index: BoundExpression, span: BoundExpression['span']): BoundExpression {
  if (of.type !== 'any')
    throw refuse('E_TYPE', `${writtenText(of)} is ${typeInWords(of.type)} and has no members`, span)
  if (index.type !== 'any' && index.type !== 'string' && index.type !== 'number')
    throw refuse('E_TYPE', `a subscript is a name or a number, not ${typeInWords(index.type)}`, index.span)
  return fold({ kind: 'subscript', of, index, type: 'any', span })
}

function bindUnary({ operator, operand, span }: Of<'unary'>, context: BindContext): BoundExpression {
  if (
    operator !== 'NOT' &&
    operand.kind === 'literal' &&
    (typeof operand.value === 'number' || typeof operand.value === 'bigint')
  )
    return bindSigned(operator, bindLiteral(operand, context.scope), span)
  const bound = bindNode(operand, context)
  if (operator === 'NOT') {
    requireTruth(bound, 'NOT')
    return fold({ kind: 'not', operand: bound, type: 'boolean', span })
  }
  if (bound.type !== 'interval') requireNumber(bound, operator)
  if (operator === '+') {
    // `+x` is x, but x must be a number: where only the row knows, adding 0 asks it.
    const zero = constant(0, 'number', span)
    return bound.type === 'any' ? bindBinary('+', { left: bound, right: zero, span }) : bound
  }
  return fold({ kind: 'negate', operand: bound, type: bound.type === 'any' ? 'number' : bound.type, span })
}

function bindIs({ operand, what, negated, span }: Of<'is'>, context: BindContext): BoundExpression {
  const bound = bindNode(operand, context)
  if (what !== 'NULL') requireTruth(bound, `IS ${what}`)
  if (what !== 'UNKNOWN') return fold({ kind: 'is', operand: bound, what, negated, type: 'boolean', span })
  // Whatever is neither true nor false nor NULL must be refused, as by IS TRUE; NOT does that and keeps NULL.
  const truth: BoundExpression =
    bound.type === 'boolean' ? bound : fold({ kind: 'not', operand: bound, type: 'boolean', span: bound.span })
  return fold({ kind: 'is', operand: truth, what: 'NULL', negated, type: 'boolean', span })
}

function bindIn({ operand, list, negated, span }: Of<'in'>, context: BindContext): BoundExpression {
  const bound = [operand, ...list].map((node) => bindNode(node, context))
  const isTime = bound.some(({ type }) => type === 'timestamp')
  const [left, ...items] = isTime ? bound.map(asEqualTimestamp) : bound
  // Times and numbers look the same in a row, so what can never be equal is replaced by a value that is equal to nothing.
  const safe = items.map((item) =>
    areNeverEqual(left!.type, item.type) && item.kind === 'constant' && item.value !== null
      ? constant(Number.NaN, left!.type, item.span)
      : item,
  )
  return fold({ kind: 'in', operand: left!, list: safe, negated, type: 'boolean', span })
}

function bindBetween({ operand, low, high, negated, span }: Of<'between'>, context: BindContext): BoundExpression {
  const bound = bindNode(operand, context)
  const above = bindOrder('>=', { left: bound, right: bindNode(low, context), span })
  const below = bindOrder('<=', { left: bound, right: bindNode(high, context), span })
  const both = fold({ kind: 'binary', operator: 'AND', left: above, right: below, type: 'boolean', span })
  return negated ? fold({ kind: 'not', operand: both, type: 'boolean', span }) : both
}

function bindLike(node: Of<'like'>, context: BindContext): BoundExpression {
  const operand = bindNode(node.operand, context)
  const pattern = bindNode(node.pattern, context)
  const escaping = node.escape ? bindNode(node.escape, context) : null
  requireText(operand, 'LIKE')
  requireText(pattern, 'LIKE')
  if (escaping) requireText(escaping, 'ESCAPE')
  if (pattern.kind === 'constant' && typeof pattern.value === 'string' && (!escaping || escaping.kind === 'constant')) {
    const [text, by] = [pattern.value, (escaping?.kind === 'constant' ? escaping.value : null) as string | null]
    atBindTime((escaping ?? pattern).span, () => compileLike(text, by))
  }
  const { negated, span } = node
  return fold({ kind: 'like', operand, pattern, escape: escaping, negated, type: 'boolean', span })
}

/** `CASE x WHEN y` is `CASE WHEN x = y`. */
function bindCase(node: Of<'case'>, context: BindContext): BoundExpression {
  const { operand, span } = node
  const subject = operand ? bindNode(operand, context) : null
  const whens = node.whens.map(({ when, then: result }) => {
    const bound = bindNode(when, context)
    if (!subject) requireTruth(bound, 'WHEN')
    const condition = subject ? bindBinary('=', { left: subject, right: bound, span: bound.span }) : bound
    // biome-ignore lint/suspicious/noThenProperty: SQL's word; never awaited
    return { when: condition, then: bindNode(result, context) }
  })
  const otherwise = node.otherwise ? bindNode(node.otherwise, context) : constant(null, 'any', span)
  const type = branchType([...whens.map(({ then: result }) => result), otherwise])
  if (!isExact(type)) return fold({ kind: 'case', whens, otherwise, type, span })
  // biome-ignore lint/suspicious/noThenProperty: SQL's word; never awaited
  const fitted = whens.map(({ when, then: result }) => ({ when, then: asType(result, type) }))
  return fold({ kind: 'case', whens: fitted, otherwise: asType(otherwise, type), type, span })
}

function bindCast({ operand, to: name, typeSpan, isTry, span }: Of<'cast'>, context: BindContext): BoundExpression {
  const to = castTypeOf(name)
  if (!to) throw refuse('E_TYPE', `there is no type ${name} here`, typeSpan, insteadOfType(name))
  const bound = bindNode(operand, context)
  const written = writtenText(bound)
  const isTime = bound.type === 'timestamp' || bound.type === 'interval'
  const message = `${typeInWords(bound.type)} cannot be cast to ${to}`
  if (bound.type === 'interval')
    throw refuse('E_TYPE', message, span, `its seconds are ${written} / INTERVAL '1' SECOND`)
  if (isTime && to !== 'STRING' && to !== 'TIMESTAMP')
    throw refuse('E_TYPE', message, span, `seconds since 1970 are EXTRACT(EPOCH FROM ${written})`)
  if (to === 'TIMESTAMP' && !isTime && bound.type !== 'string' && bound.type !== 'any')
    throw refuse(
      'E_TYPE',
      message,
      span,
      bound.type === 'boolean' ? undefined : `write TO_TIMESTAMP_LTZ(${written}, 3)`,
    )
  return fold({ kind: 'cast', operand: bound, to, isTry, type: castResult(to, context.scope.isTyped ?? false), span })
}
