import type { AggregateFunction } from '../functions/aggregate-function.ts'
import { requireTruth } from './bind-coerce.ts'
import { refuse } from './bind-context.ts'
import type { BoundAggregate, BoundExpression } from './bound.ts'
import type { Expression } from './expression.ts'
import { printExpression } from './print.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** Binds one aggregate call; `bindInner` binds its argument and filter against the rows that go in. */
export function bindAggregateCall(
  call: Call,
  fn: AggregateFunction,
  bindInner: (node: Expression) => BoundExpression,
): BoundAggregate {
  checkShape(call, fn)
  const args = call.args.map(bindInner)
  const filter = call.filter ? bindInner(call.filter) : null
  if (filter) requireTruth(filter, 'FILTER')
  const argument = args[0]
  const refusal = argument && fn.refuses?.(argument.type)
  if (refusal !== undefined) {
    const hint =
      fn.castTo && argument?.type !== 'timestamp'
        ? `write ${fn.name}(CAST(${printExpression(call.args[0]!)} AS ${fn.castTo}))`
        : undefined
    throw refuse('E_AGGREGATE', refusal, argument!.span, hint)
  }
  const type = fn.returns(argument?.type ?? 'any')
  return { fn, args, distinct: call.distinct, filter, type, span: call.span }
}

function checkShape(call: Call, fn: AggregateFunction): void {
  const { name } = fn
  if (call.star && !fn.takesStar)
    throw refuse('E_AGGREGATE', `${name} does not take *`, call.span, `it is written ${fn.signature}`)
  if (call.distinct && !fn.takesDistinct)
    throw refuse('E_AGGREGATE', `${name} does not take DISTINCT`, call.span, `it is written ${fn.signature}`)
  const count = call.args.length
  if (call.star || count === fn.arity) return
  const hint = count === 0 && fn.takesStar ? `write ${name}(*)` : `it is written ${fn.signature}`
  const taken = fn.arity === 1 ? 'one argument' : 'no argument'
  throw refuse('E_AGGREGATE', `${name} takes ${taken}, not ${count}`, call.span, hint)
}
