import type { ColumnType } from '../data/column-type.ts'
import type { OverFunction } from '../functions/over-function.ts'
import { refuse, typeInWords } from './bind-context.ts'
import type { BoundAggregate, BoundExpression } from './bound.ts'
import type { Expression } from './expression.ts'
import { printExpression } from './print.ts'

type Call = Extract<Expression, { kind: 'call' }>

/** Binds a call of LAG, ROW_NUMBER and the like; throws E_AGGREGATE, E_TYPE or E_VALUE. */
export function bindOverCall(
  call: Call,
  fn: OverFunction,
  bindInner: (node: Expression) => BoundExpression,
): BoundAggregate {
  checkShape(call, fn)
  const args = call.args.map(bindInner)
  const ofRows: BoundExpression[] = fn.readsTime
    ? [bindInner({ ...call, name: 'event_time', args: [] })]
    : args.slice(0, fn.arity)
  const packed = fn.constants ? [packedConstants(call, fn, args)] : []
  const type = fn.returns(ofRows[0]?.type ?? 'any')
  return { fn, args: [...ofRows, ...packed], distinct: false, filter: null, type, span: call.span }
}

function checkShape(call: Call, fn: OverFunction): void {
  const { name } = fn
  const written = `it is written ${fn.signature}`
  const what = call.star ? '*' : call.distinct ? 'DISTINCT' : call.filter ? 'FILTER' : null
  if (what !== null) throw refuse('E_AGGREGATE', `${name} does not take ${what}`, call.span, written)
  const least = fn.readsTime ? 0 : fn.arity
  const most = least + (fn.constants?.most ?? 0)
  const count = call.args.length
  if (count >= least && count <= most) return
  const taken = most === 0 ? 'no argument' : `${least} to ${most} arguments`
  throw refuse('E_AGGREGATE', `${name} takes ${taken}, not ${count}`, call.span, written)
}

/** The arguments behind those that are read from each row, as one. */
function packedConstants(call: Call, fn: OverFunction, args: readonly BoundExpression[]): BoundExpression {
  const [argument] = args
  const values = args.slice(fn.arity).map((arg) => {
    if (arg.kind === 'constant') return arg.value
    const text = printExpression(call.args[args.indexOf(arg)]!)
    const hint = `it is written ${fn.signature}, and ${text} is a field or made of some`
    throw refuse('E_AGGREGATE', `this argument of ${fn.name} must be the same for all rows`, arg.span, hint)
  })
  const refusal = fn.constants!.refuses(values)
  if (refusal !== undefined) throw refuse('E_VALUE', `${fn.name} ${refusal}`, args[fn.arity]!.span)
  const otherwise = args[fn.arity + 1]
  if (otherwise?.kind === 'constant' && otherwise.value !== null && !fits(argument!.type, otherwise.type)) {
    const message = `the default of ${fn.name} is ${typeInWords(otherwise.type)}, and its value ${typeInWords(argument!.type)}`
    throw refuse('E_TYPE', message, otherwise.span)
  }
  return { kind: 'constant', value: fn.constants!.pack(values), type: 'any', span: call.span }
}

/** May a value of the one type stand where there is none of the other? */
function fits(type: ColumnType, otherwise: ColumnType): boolean {
  if (type === 'any') return otherwise !== 'timestamp' && otherwise !== 'interval'
  return type === otherwise || (type === 'bigint' && otherwise === 'number')
}
