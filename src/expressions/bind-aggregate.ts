import type { Span } from '../base/span.ts'
import type { AggregateFunction } from '../functions/aggregate-function.ts'
import { isOverFunction, type OverFunction } from '../functions/over-function.ts'
import { requireTruth } from './bind-coerce.ts'
import { refuse } from './bind-context.ts'
import { bindOverCall } from './bind-over.ts'
import type { BoundAggregate, BoundExpression } from './bound.ts'
import type { Expression } from './expression.ts'
import { printExpression } from './print.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** Binds one aggregate call; `bindInner` binds its argument and filter against the rows that go in. */
export function bindAggregateCall(
  call: Call,
  fn: AggregateFunction | OverFunction,
  bindInner: (node: Expression) => BoundExpression,
): BoundAggregate {
  if (isOverFunction(fn)) return bindOverCall(call, fn, bindInner)
  checkShape(call, fn)
  const args = call.args.map(bindInner)
  const filter = call.filter ? bindInner(call.filter) : null
  if (filter) requireTruth(filter, 'FILTER')
  checkConstant(call, fn, args[fn.arity])
  const argument = args[0]
  const refusal = argument && fn.refuses?.(argument.type)
  if (refusal !== undefined) {
    const rest = call.args.slice(1).map((arg) => `, ${printExpression(arg)}`)
    const hint =
      fn.castTo && argument?.type !== 'timestamp'
        ? `write ${fn.name}(CAST(${printExpression(call.args[0]!)} AS ${fn.castTo})${rest.join('')})`
        : undefined
    throw refuse('E_AGGREGATE', refusal, argument!.span, hint)
  }
  const last = args[fn.arity]
  const type = fn.returns(argument?.type ?? 'any', last?.kind === 'constant' ? last.value : undefined)
  return { fn, args, distinct: call.distinct, filter, type, span: call.span }
}

function checkConstant(call: Call, { constant, signature }: AggregateFunction, arg?: BoundExpression): void {
  if (!constant || !arg) return
  const { name } = call
  const field = call.args.at(-1)!
  const text = field.kind === 'field' && /^"([^"]*)"$/.exec(printedIn(field.span))?.[1]
  const written = typeof text === 'string' ? `'${text}' is text, "${text}" is a field` : `it is written ${signature}`
  if (arg.kind !== 'constant' || arg.value === null)
    throw refuse('E_AGGREGATE', `${constant.what} of ${name} must be the same for all rows`, arg.span, written)
  const refusal = constant.refuses(arg.value)
  if (refusal !== undefined) throw refuse('E_VALUE', `${name} ${refusal}`, arg.span, written)
}

const printedIn = ({ text, start, end }: Span): string => text.slice(start, end)

function checkShape(call: Call, fn: AggregateFunction): void {
  const { name, arity, constant } = fn
  if (call.star && !fn.takesStar)
    throw refuse('E_AGGREGATE', `${name} does not take *`, call.span, `it is written ${fn.signature}`)
  if (call.distinct && !fn.takesDistinct)
    throw refuse('E_AGGREGATE', `${name} does not take DISTINCT`, call.span, `it is written ${fn.signature}`)
  const count = call.args.length
  const most = constant ? arity + 1 : arity
  const least = constant?.isOptional ? arity : most
  if (call.star || (count >= least && count <= most)) return
  const hint = count === 0 && fn.takesStar ? `write ${name}(*)` : `it is written ${fn.signature}`
  const taken = least < most ? `${least} or ${most} arguments` : least === 1 ? 'one argument' : `${least} arguments`
  throw refuse('E_AGGREGATE', `${name} takes ${taken}, not ${count}`, call.span, hint)
}
