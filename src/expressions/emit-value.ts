import type { DecimalOperator } from '../data/decimal.ts'
import type { Value } from '../data/value.ts'
import { checkArgument } from './arguments.ts'
import type { BoundExpression } from './bound.ts'
import { castValue } from './cast.ts'
import { emitNumber } from './emit-number.ts'
import { emitBranches, emitTruth } from './emit-truth.ts'
import type { Emitter } from './emitter.ts'
import { tryCast } from './evaluate.ts'
import { constantLike, variableLike } from './evaluate-match.ts'
import { type ExactType, exactArithmetic, exactNegation, isExact, type ReadOperand } from './exact-numbers.ts'
import { memberOf, printedText, writtenText } from './operations.ts'

type Of<K extends BoundExpression['kind']> = Extract<BoundExpression, { kind: K }>

/** Emits code for an operand of any type and gives the variable that holds its `Value`. */
export function emitValue(node: BoundExpression, emitter: Emitter): string {
  switch (node.kind) {
    case 'constant':
      return emitter.constant(node.value)
    case 'field':
      return kept(emitter, `c${emitter.column(emitter.slotOf(node.field))}.value(i)`)
    case 'event-time':
      return boxedNumber(node, emitter)
    case 'subscript': {
      const [of, index] = [emitValue(node.of, emitter), emitValue(node.index, emitter)]
      return kept(emitter, `${emitter.constant(memberOf)}(${of}, ${index})`)
    }
    case 'negate':
      return isExact(node.type) ? emitExactNegation(node, node.type, emitter) : boxedNumber(node, emitter)
    case 'binary':
      return emitBinary(node, emitter)
    case 'like':
      return constantLike(node) ? boxedTruth(node, emitter) : emitVariableLike(node, emitter)
    case 'not':
    case 'is':
    case 'in':
      return boxedTruth(node, emitter)
    case 'case': {
      const result = emitter.temporary('null')
      emitBranches(node, emitter, (branch) => {
        const value = emitValue(branch, emitter)
        emitter.line(`${result} = ${value}`)
      })
      return result
    }
    case 'cast':
      return emitCast(node, emitter)
    case 'call':
      return emitCall(node, emitter)
  }
}

function kept(emitter: Emitter, code: string): string {
  const name = emitter.temporary('null')
  emitter.line(`${name} = ${code}`)
  return name
}

function boxedNumber(node: BoundExpression, emitter: Emitter): string {
  const { isNull, value } = emitNumber(node, emitter, '')
  return kept(emitter, `${isNull} ? null : ${value}`)
}

function boxedTruth(node: BoundExpression, emitter: Emitter): string {
  const truth = emitTruth(node, emitter, '')
  return kept(emitter, `${truth} === 2 ? null : ${truth} === 1`)
}

function emitBinary(node: Of<'binary'>, emitter: Emitter): string {
  if (node.type === 'boolean') return boxedTruth(node, emitter)
  if (isExact(node.type)) return emitExactArithmetic(node, node.type, emitter)
  if (node.operator !== '||') return boxedNumber(node, emitter)
  const [l, r] = [emitValue(node.left, emitter), emitValue(node.right, emitter)]
  const [leftType, rightType] = [node.left.type, node.right.type]
  const join = emitter.constant((a: Value, b: Value) => printedText(a, leftType) + printedText(b, rightType))
  return kept(emitter, `${l} === null || ${r} === null ? null : ${join}(${l}, ${r})`)
}

/** An operand of exact arithmetic, checked at once as by closures. */
function emitExact(node: BoundExpression, emitter: Emitter, [operator, read]: readonly [string, ReadOperand]): string {
  const value = emitValue(node, emitter)
  const written = writtenText(node)
  const check = emitter.constant((found: Value) => read(found, operator, written))
  return kept(emitter, `${value} === null ? null : ${check}(${value})`)
}

function emitExactArithmetic({ operator, left, right }: Of<'binary'>, type: ExactType, emitter: Emitter): string {
  const { read, compute } = exactArithmetic(operator as DecimalOperator, type)
  const [l, r] = [emitExact(left, emitter, [operator, read]), emitExact(right, emitter, [operator, read])]
  return kept(emitter, `${l} === null || ${r} === null ? null : ${emitter.constant(compute)}(${l}, ${r})`)
}

function emitExactNegation({ operand }: Of<'negate' | 'not'>, type: ExactType, emitter: Emitter): string {
  const { read, compute } = exactNegation(type)
  const value = emitExact(operand, emitter, ['-', read])
  return kept(emitter, `${value} === null ? null : ${emitter.constant(compute)}(${value})`)
}

function emitVariableLike(node: Of<'like'>, emitter: Emitter): string {
  const [value, pattern] = [emitValue(node.operand, emitter), emitValue(node.pattern, emitter)]
  const escaping = node.escape ? emitValue(node.escape, emitter) : 'undefined'
  return kept(emitter, `${emitter.constant(variableLike(node))}(${value}, ${pattern}, ${escaping})`)
}

function emitCast({ operand, to, isTry }: Of<'cast'>, emitter: Emitter): string {
  const site = { to, from: operand.type, operand: writtenText(operand) }
  const compute = isTry ? tryCast : castValue
  const value = emitValue(operand, emitter)
  const cast = emitter.constant((found: Value) => compute(found, site))
  return kept(emitter, `${value} === null ? null : ${cast}(${value})`)
}

/** Arguments go into one array per place in the expression; functions do not keep it. */
function emitCall(node: Of<'call'>, emitter: Emitter): string {
  const { fn, args, apply } = node
  const values = args.map((arg) => emitValue(arg, emitter))
  const checks = args.map((arg, i) => checkArgument(fn, i, arg))
  const given: Value[] = args.map(() => null)
  const [call, array] = [emitter.constant((now: readonly Value[]) => apply(now)), emitter.constant(given)]
  const result = emitter.temporary('null')
  const nulls = values.map((value) => `${value} === null`).join(' || ')
  emitter.line(`${result} = null`)
  emitter.line(fn.takesNull || nulls === '' ? '{' : `if (!(${nulls})) {`)
  for (const [i, value] of values.entries())
    emitter.line(`${array}[${i}] = ${value} === null ? null : ${emitter.constant(checks[i])}(${value})`)
  emitter.line(`${result} = ${call}(${array})`)
  emitter.line('}')
  return result
}
