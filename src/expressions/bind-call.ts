import { suggest } from '../base/suggest.ts'
import { type ColumnType, decimalShape } from '../data/column-type.ts'
import type { Value } from '../data/value.ts'
import { REFUSED_FUNCTIONS } from '../functions/scalar/index.ts'
import type { ParameterType, ScalarFunction } from '../functions/scalar-function.ts'
import { checkArgument, parameterOf } from './arguments.ts'
import { asTimestamp, asType } from './bind-coerce.ts'
import { atBindTime, type BindContext, isNullConstant, refuse, typeInWords } from './bind-context.ts'
import type { BoundExpression, Scope } from './bound.ts'
import { commonExact, isExact } from './exact-numbers.ts'
import type { Expression } from './expression.ts'
import { fold } from './fold.ts'
import { writtenText } from './operations.ts'

type Call = Extract<Expression, { kind: 'call' }>
type BindNode = (node: Expression, context: BindContext) => BoundExpression

/** Binds a scalar call, or hands an aggregate to the context; unknown names are `E_FUNCTION`. */
export function bindCall(call: Call, context: BindContext, bindNode: BindNode): BoundExpression {
  const aggregate = context.aggregates.get(call.name)
  if (aggregate) {
    if (context.onAggregate) return context.onAggregate(call, aggregate)
    const hint = `aggregates stand in --agg; the field is written without brackets: ${call.name}`
    throw refuse('E_AGGREGATE', `the aggregate ${call.name} cannot stand here`, call.span, hint)
  }
  if (call.star || call.distinct || call.filter) throw notAggregate(call)
  if (call.name === 'event_time') return bindEventTime(call, context)
  const fn = context.functions.get(call.name)
  if (!fn) throw unknownFunction(call, context)
  const args = call.args.map((arg) => bindNode(arg, context))
  checkCount(call, fn)
  return bindScalar(call, fn, { args: unified(fn, args), scope: context.scope })
}

function notAggregate(call: Call) {
  const what = call.star ? '*' : call.distinct ? 'DISTINCT' : 'FILTER'
  return refuse(
    'E_FUNCTION',
    `${call.name} does not take ${what}`,
    call.span,
    'aggregates do: count, sum, avg, min, max',
  )
}

function bindEventTime(call: Call, { scope, onAggregate, keepsRow }: BindContext): BoundExpression {
  if (call.args.length > 0) throw refuse('E_FUNCTION', 'event_time takes no argument', call.span, 'write event_time()')
  if (onAggregate && !keepsRow)
    throw refuse('E_AGGREGATE', 'event_time() stands outside of an aggregate', call.span, 'write max(event_time())')
  if (!scope.hasTime)
    throw refuse(
      'E_TIME_MISSING',
      'event_time() needs event time',
      call.span,
      'name the field that holds it with --time',
    )
  return { kind: 'event-time', type: 'timestamp', span: call.span }
}

function unknownFunction({ name, nameSpan }: Call, { functions, aggregates }: BindContext) {
  const refused = REFUSED_FUNCTIONS.get(name)
  if (refused) return refuse('E_FUNCTION', `${name} is not offered: ${refused.reason}`, nameSpan, refused.hint)
  const near = suggest(name, [...functions.keys(), ...aggregates.keys(), 'event_time', 'cast', 'try_cast'])
  const hint = near === undefined ? 'tidemark functions lists them' : `did you mean ${near}?`
  return refuse('E_FUNCTION', `there is no function ${name}`, nameSpan, hint)
}

function checkCount(call: Call, fn: ScalarFunction): void {
  const most = fn.variadic ? Number.POSITIVE_INFINITY : fn.parameters.length
  const least = fn.parameters.length - (fn.optional ?? 0)
  const count = call.args.length
  if (count >= least && count <= most) return
  const bounds =
    most === Number.POSITIVE_INFINITY ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`
  const words = bounds === '1' || bounds === 'at least 1' ? 'argument' : 'arguments'
  throw refuse(
    'E_FUNCTION',
    `${call.name} takes ${bounds} ${words}, not ${count}`,
    call.span,
    `it is written ${fn.signature}`,
  )
}

function bindScalar(
  call: Call,
  fn: ScalarFunction,
  { args, scope }: { readonly args: readonly BoundExpression[]; readonly scope: Scope },
): BoundExpression {
  const fitted = args.map((arg, i) => fitArgument(call, fn, { arg, parameter: parameterOf(fn, i) }))
  const constants = fitted.map((arg, i) => constantArgument(fn, i, arg))
  const exact = exactForm(fn, args[0], { constants, isTyped: scope.isTyped ?? false })
  if (exact) return fold({ kind: 'call', fn: exact, args, apply: exact.apply, type: exact.returns, span: call.span })
  const isNull = !fn.takesNull && constants.includes(null)
  const apply = isNull ? fn.apply : (atBindTime(call.span, () => fn.prepare?.(constants, scope.zone)) ?? fn.apply)
  const type = typeof fn.returns === 'function' ? fn.returns(fitted.map((arg) => arg.type)) : fn.returns
  return fold({ kind: 'call', fn, args: fitted, apply, type, span: call.span })
}

/** The function over exact numbers as they are. Where types are not declared, BIGINT is turned to double, as anywhere. */
function exactForm(
  fn: ScalarFunction,
  first: BoundExpression | undefined,
  { constants, isTyped }: { readonly constants: readonly (Value | undefined)[]; readonly isTyped: boolean },
): (ScalarFunction & { readonly returns: ColumnType }) | undefined {
  if (first === undefined || !isExact(first.type) || constants.includes(null)) return undefined
  if (!isTyped && decimalShape(first.type) === undefined) return undefined
  const form = fn.exact?.(first.type, constants)
  return form && { ...fn, parameters: fn.parameters.map(() => 'any' as const), returns: form.type, apply: form.apply }
}

/** Arguments that may become the result, in one exact type if they are exact numbers. */
function unified(fn: ScalarFunction, args: readonly BoundExpression[]): readonly BoundExpression[] {
  const isBranch = (i: number) => fn.isBranch?.(i) === true
  const given = args.filter((arg, i) => isBranch(i) && !isNullConstant(arg))
  const type = commonExact(given.map((arg) => arg.type))
  return type === undefined ? args : args.map((arg, i) => (isBranch(i) ? asType(arg, type) : arg))
}

/** The value of a constant argument, checked as one of a row is; undefined if it is not constant. */
function constantArgument(fn: ScalarFunction, i: number, arg: BoundExpression): Value | undefined {
  if (arg.kind !== 'constant') return undefined
  const { value, span } = arg
  return value === null ? null : atBindTime(span, () => checkArgument(fn, i, arg)(value))
}

function fitArgument(
  call: Call,
  fn: ScalarFunction,
  { arg, parameter }: { readonly arg: BoundExpression; readonly parameter: ParameterType },
): BoundExpression {
  if (isNullConstant(arg)) return arg
  if (parameter === 'timestamp') {
    const time = asTimestamp(arg)
    if (time) return time
  } else if (fits(parameter, arg)) return arg
  const hint = castHint(parameter, arg) ?? `it is written ${fn.signature}`
  throw refuse(
    'E_FUNCTION',
    `${call.name} needs ${typeInWords(parameter)} here, not ${typeInWords(arg.type)}`,
    arg.span,
    hint,
  )
}

function fits(parameter: ParameterType, { type }: BoundExpression): boolean {
  if (parameter === 'any' || parameter === type) return true
  if (parameter === 'interval') return false
  return type === 'any' || (parameter === 'number' && isExact(type))
}

function castHint(parameter: ParameterType, arg: BoundExpression): string | undefined {
  if (arg.type === 'interval') return undefined
  if (parameter === 'string') return `write CAST(${writtenText(arg)} AS STRING)`
  if (parameter === 'number' && arg.type === 'string') return `write CAST(${writtenText(arg)} AS DOUBLE)`
  if (parameter === 'timestamp' && arg.type !== 'boolean') return `write TO_TIMESTAMP_LTZ(${writtenText(arg)}, 3)`
  return undefined
}
