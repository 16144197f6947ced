import type { Value } from '../data/value.ts'
import type { BoundExpression } from './bound.ts'
import { emitBranches } from './emit-truth.ts'
import { emitValue } from './emit-value.ts'
import { type Emitter, type NumberCode, numberLiteral } from './emitter.ts'
import { isExact } from './exact-numbers.ts'
import { numberOf, writtenText } from './operations.ts'

type Of<K extends BoundExpression['kind']> = Extract<BoundExpression, { kind: K }>

/** Emits code for an operand of arithmetic as a double. `operator` is who asks, for the message to a row whose value is no number. */
export function emitNumber(node: BoundExpression, emitter: Emitter, operator: string): NumberCode {
  switch (node.kind) {
    case 'constant':
      if (node.value === null) return { isNull: 'true', value: '0' }
      if (typeof node.value === 'number') return { isNull: 'false', value: numberLiteral(emitter, node.value) }
      return fromValue(node, emitter, operator)
    case 'field':
      return fromField(node, emitter, operator)
    case 'event-time': {
      const value = emitter.temporary('0')
      emitter.line(`${value} = time[i]`)
      return { isNull: `${value} !== ${value}`, value }
    }
    case 'negate':
      return isExact(node.type) ? fromValue(node, emitter, operator) : emitNegate(node, emitter)
    case 'binary':
      if (isExact(node.type) || node.type === 'boolean' || node.type === 'string')
        return fromValue(node, emitter, operator)
      return emitArithmetic(node, emitter)
    case 'case':
      if (node.type === 'number' || node.type === 'timestamp' || node.type === 'interval')
        return emitCase(node, emitter)
      return fromValue(node, emitter, operator)
    default:
      return fromValue(node, emitter, operator)
  }
}

function fromValue(node: BoundExpression, emitter: Emitter, operator: string): NumberCode {
  const value = emitValue(node, emitter)
  const [isNull, number] = [emitter.temporary('false'), emitter.temporary('0')]
  const read = emitter.constant(numberReader(operator, writtenText(node)))
  emitter.line(`${isNull} = ${value} === null`)
  emitter.line(`if (!${isNull}) ${number} = typeof ${value} === 'number' ? ${value} : ${read}(${value})`)
  return { isNull, value: number }
}

const numberReader = (operator: string, written: string) => (value: Value) => numberOf(value, operator, written)

function fromField(node: Of<'field'>, emitter: Emitter, operator: string): NumberCode {
  const c = emitter.column(emitter.slotOf(node.field))
  const [tag, number] = [emitter.temporary('0'), emitter.temporary('0')]
  const read = emitter.constant(numberReader(operator, writtenText(node)))
  emitter.line(`${tag} = t${c}[i]`)
  emitter.line(`if (${tag} === 4) ${number} = n${c}[i]`)
  emitter.line(`else if (${tag} > 1) ${number} = ${read}(c${c}.value(i))`)
  return { isNull: `${tag} <= 1`, value: number }
}

function emitNegate({ operand }: Of<'negate' | 'not'>, emitter: Emitter): NumberCode {
  const inner = emitNumber(operand, emitter, '-')
  const value = emitter.temporary('0')
  emitter.line(`${value} = 0 - ${inner.value}`)
  return { isNull: inner.isNull, value }
}

/** What is computed from a NULL operand is never looked at, so it needs no test here. */
function emitArithmetic({ operator, left, right }: Of<'binary'>, emitter: Emitter): NumberCode {
  const l = emitNumber(left, emitter, operator)
  const r = emitNumber(right, emitter, operator)
  const value = emitter.temporary('0')
  emitter.line(`${value} = ${l.value} ${operator} ${r.value}`)
  const isNull = [l.isNull, r.isNull].filter((code) => code !== 'false')
  if (isNull.length < 2) return { isNull: isNull[0] ?? 'false', value }
  const either = emitter.temporary('false')
  emitter.line(`${either} = ${isNull.join(' || ')}`)
  return { isNull: either, value }
}

function emitCase(node: Of<'case'>, emitter: Emitter): NumberCode {
  const [isNull, value] = [emitter.temporary('false'), emitter.temporary('0')]
  emitBranches(node, emitter, (branch) => {
    const inner = emitNumber(branch, emitter, '')
    emitter.line(`${isNull} = ${inner.isNull}`)
    emitter.line(`${value} = ${inner.value}`)
  })
  return { isNull, value }
}
