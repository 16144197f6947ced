import { type Value, valuesEqual } from '../data/value.ts'
import type { BoundExpression } from './bound.ts'
import { emitCompare, emitEqual } from './emit-compare.ts'
import { emitNumber } from './emit-number.ts'
import { emitValue } from './emit-value.ts'
import type { Emitter } from './emitter.ts'
import { constantLike, constantSet } from './evaluate-match.ts'
import { areNeverEqual, textOperand, truthOf, writtenText } from './operations.ts'
import { TextTest } from './text-test.ts'

type Of<K extends BoundExpression['kind']> = Extract<BoundExpression, { kind: K }>

/**
 * Emits code for a condition and gives the piece that holds it: 0 FALSE, 1 TRUE, 2 NULL. `operator` is who asks, for the message to a
 * row whose value is neither.
 */
export function emitTruth(node: BoundExpression, emitter: Emitter, operator: string): string {
  switch (node.kind) {
    case 'constant':
      if (node.value === null) return '2'
      return node.value === true ? '1' : node.value === false ? '0' : fromValue(node, emitter, operator)
    case 'field':
      return fromField(node, emitter, operator)
    case 'not': {
      const inner = emitTruth(node.operand, emitter, 'NOT')
      return kept(emitter, `${inner} === 2 ? 2 : 1 - ${inner}`)
    }
    case 'is':
      return emitIs(node, emitter)
    case 'binary':
      return emitBinary(node, emitter, operator)
    case 'in':
      return constantSet(node) ? emitInSet(node, emitter) : emitInList(node, emitter)
    case 'like':
      return emitLike(node, emitter)
    case 'case':
      if (node.type === 'boolean') return emitCase(node, emitter)
      return fromValue(node, emitter, operator)
    default:
      return fromValue(node, emitter, operator)
  }
}

function kept(emitter: Emitter, code: string): string {
  const name = emitter.temporary('0')
  emitter.line(`${name} = ${code}`)
  return name
}

function fromValue(node: BoundExpression, emitter: Emitter, operator: string): string {
  const value = emitValue(node, emitter)
  const read = emitter.constant(truthReader(operator, writtenText(node)))
  return kept(emitter, `${value} === null ? 2 : ${value} === true ? 1 : ${value} === false ? 0 : ${read}(${value})`)
}

const truthReader = (operator: string, written: string) => (value: Value) => (truthOf(value, operator, written) ? 1 : 0)

function fromField(node: Of<'field'>, emitter: Emitter, operator: string): string {
  const c = emitter.column(emitter.slotOf(node.field))
  const read = emitter.constant(truthReader(operator, writtenText(node)))
  const tag = kept(emitter, `t${c}[i]`)
  return kept(emitter, `${tag} === 3 ? 1 : ${tag} === 2 ? 0 : ${tag} <= 1 ? 2 : ${read}(c${c}.value(i))`)
}

function emitIs(node: Of<'is'>, emitter: Emitter): string {
  const { operand, what, negated, asker = `IS ${what}` } = node
  const [yes, no] = negated ? ['0', '1'] : ['1', '0']
  if (what !== 'NULL') {
    const truth = emitTruth(operand, emitter, asker)
    return kept(emitter, `${truth} === ${what === 'TRUE' ? 1 : 0} ? ${yes} : ${no}`)
  }
  return kept(emitter, `${emitIsNull(operand, emitter)} ? ${yes} : ${no}`)
}

function emitIsNull(node: BoundExpression, emitter: Emitter): string {
  if (node.kind === 'field') return `t${emitter.column(emitter.slotOf(node.field))}[i] <= 1`
  if (node.type === 'boolean') return `${emitTruth(node, emitter, '')} === 2`
  if (isDouble(node)) return emitNumber(node, emitter, '').isNull
  return `${emitValue(node, emitter)} === null`
}

const isDouble = ({ type }: BoundExpression) => type === 'number' || type === 'timestamp' || type === 'interval'

function emitBinary(node: Of<'binary'>, emitter: Emitter, operator: string): string {
  switch (node.operator) {
    case 'AND':
    case 'OR':
      return emitConnective(node, emitter)
    case '=':
    case '<>':
    case 'IS DISTINCT FROM':
    case 'IS NOT DISTINCT FROM':
      return emitEqual(node, emitter)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return emitCompare(node, emitter)
    default:
      return fromValue(node, emitter, operator)
  }
}

function emitConnective({ operator, left, right }: Of<'binary'>, emitter: Emitter): string {
  const decisive = operator === 'AND' ? '0' : '1'
  const other = operator === 'AND' ? '1' : '0'
  const l = emitTruth(left, emitter, operator)
  const result = emitter.temporary('0')
  emitter.line(`${result} = ${decisive}`)
  emitter.line(`if (${l} !== ${decisive}) {`)
  const r = emitTruth(right, emitter, operator)
  emitter.line(`${result} = ${r} === ${decisive} ? ${decisive} : ${l} === 2 || ${r} === 2 ? 2 : ${other}`)
  emitter.line('}')
  return result
}

function emitInSet(node: Of<'in'>, emitter: Emitter): string {
  const { operand, negated } = node
  const { values, hasNull } = constantSet(node)!
  const has = emitter.constant((value: Value) => values.has(value))
  const [yes, no] = [negated ? '0' : '1', hasNull ? '2' : negated ? '1' : '0']
  if (operand.kind === 'field') {
    const c = emitter.column(emitter.slotOf(operand.field))
    const test = emitter.textTest(new TextTest((text) => values.has(text)), c)
    const tag = kept(emitter, `t${c}[i]`)
    const found = `${tag} === 5 ? ${test} === 1 : ${tag} === 4 ? ${has}(n${c}[i]) : ${has}(c${c}.value(i))`
    return kept(emitter, `${tag} <= 1 ? 2 : (${found}) ? ${yes} : ${no}`)
  }
  const value = emitValue(operand, emitter)
  return kept(emitter, `${value} === null ? 2 : ${has}(${value}) ? ${yes} : ${no}`)
}

/** Items are looked at until one is equal. */
function emitInList(node: Of<'in'>, emitter: Emitter): string {
  const value = emitValue(node.operand, emitter)
  const equal = emitter.constant(valuesEqual)
  const result = emitter.temporary('0')
  emitter.line(`${result} = 2`)
  emitter.line(`if (${value} !== null) {`)
  emitter.line(`${result} = 0`)
  for (const item of node.list) {
    emitter.line(`if (${result} !== 1) {`)
    const other = emitValue(item, emitter)
    const isEqual = areNeverEqual(node.operand.type, item.type) ? 'false' : `${equal}(${value}, ${other})`
    emitter.line(`if (${other} === null) ${result} = 2; else if (${isEqual}) ${result} = 1`)
    emitter.line('}')
  }
  emitter.line('}')
  return node.negated ? kept(emitter, `${result} === 2 ? 2 : 1 - ${result}`) : result
}

function emitLike(node: Of<'like'>, emitter: Emitter): string {
  const test = constantLike(node)
  const { operand, negated } = node
  if (!test) return fromValue(node, emitter, '')
  const written = writtenText(operand)
  const flip = (code: string) => (negated ? `1 - ${code}` : code)
  const read = emitter.constant((value: Value) => (test(textOperand(value, 'LIKE', written)) ? 1 : 0))
  if (operand.kind === 'field') {
    const c = emitter.column(emitter.slotOf(operand.field))
    const known = emitter.textTest(new TextTest(test), c)
    const tag = kept(emitter, `t${c}[i]`)
    return kept(emitter, `${tag} <= 1 ? 2 : ${flip(`(${tag} === 5 ? ${known} : ${read}(c${c}.value(i)))`)}`)
  }
  const value = emitValue(operand, emitter)
  return kept(emitter, `${value} === null ? 2 : ${flip(`${read}(${value})`)}`)
}

function emitCase(node: Of<'case'>, emitter: Emitter): string {
  const result = emitter.temporary('0')
  emitBranches(node, emitter, (branch) => {
    const truth = emitTruth(branch, emitter, '')
    emitter.line(`${result} = ${truth}`)
  })
  return result
}

/** Emits the branches of CASE one after another, leaving by a label; `assign` emits what one branch does. */
export function emitBranches(node: Of<'case'>, emitter: Emitter, assign: (branch: BoundExpression) => void): void {
  const label = emitter.label()
  emitter.line(`${label}: {`)
  for (const { when, then: branch } of node.whens) {
    const condition = emitTruth(when, emitter, 'WHEN')
    emitter.line(`if (${condition} === 1) {`)
    assign(branch)
    emitter.line(`break ${label}`)
    emitter.line('}')
  }
  assign(node.otherwise)
  emitter.line('}')
}
