import { type Value, valuesEqual } from '../data/value.ts'
import type { BoundExpression } from './bound.ts'
import { emitNumber } from './emit-number.ts'
import { emitValue } from './emit-value.ts'
import type { Emitter } from './emitter.ts'
import { areNeverEqual, atLeast, atMost, greaterThan, lessThan, type Site, writtenText } from './operations.ts'
import { TextTest } from './text-test.ts'

type Binary = Extract<BoundExpression, { kind: 'binary' }>
type FieldNode = Extract<BoundExpression, { kind: 'field' }>

const SLOW = { '<': lessThan, '<=': atMost, '>': greaterThan, '>=': atLeast } as const
const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

const isDouble = ({ type }: BoundExpression) => type === 'number' || type === 'timestamp' || type === 'interval'

function kept(emitter: Emitter, code: string): string {
  const name = emitter.temporary('0')
  emitter.line(`${name} = ${code}`)
  return name
}

/** `<` and its kin: 0, 1 or 2 (NULL). Numbers are compared at once, all else by the functions that closures use. */
export function emitCompare(node: Binary, emitter: Emitter): string {
  const operator = node.operator as keyof typeof SLOW
  const { left, right } = node
  const site: Site = { operator, left: writtenText(left), right: writtenText(right) }
  if (isDouble(left) && isDouble(right)) {
    const [l, r] = [emitNumber(left, emitter, operator), emitNumber(right, emitter, operator)]
    return kept(emitter, `${eitherNull(l.isNull, r.isNull)} ? 2 : ${l.value} ${operator} ${r.value} ? 1 : 0`)
  }
  const slow = SLOW[operator]
  if (left.kind === 'field' && isDouble(right)) {
    const compare = emitter.constant((value: Value, other: Value) => (slow(value, other, site) ? 1 : 0))
    return fieldWithNumber([left, right], emitter, { sign: operator, slow: compare })
  }
  if (right.kind === 'field' && isDouble(left)) {
    const compare = emitter.constant((value: Value, other: Value) => (slow(other, value, site) ? 1 : 0))
    return fieldWithNumber([right, left], emitter, { sign: MIRRORED[operator], slow: compare })
  }
  const [l, r] = [emitValue(left, emitter), emitValue(right, emitter)]
  const compare = emitter.constant((a: Value, b: Value) => (slow(a, b, site) ? 1 : 0))
  const fast = `typeof ${l} === 'number' && typeof ${r} === 'number' ? ${l} ${operator} ${r} ? 1 : 0`
  return kept(emitter, `${l} === null || ${r} === null ? 2 : ${fast} : ${compare}(${l}, ${r})`)
}

/** A field of any type against a double: by the tag of the row. `slow` takes the field's value first and gives 0 or 1. */
function fieldWithNumber(
  [field, number]: readonly [FieldNode, BoundExpression],
  emitter: Emitter,
  { sign, slow }: { readonly sign: string; readonly slow: string },
): string {
  const c = emitter.column(emitter.slotOf(field.field))
  const { isNull, value } = emitNumber(number, emitter, '')
  const tag = kept(emitter, `t${c}[i]`)
  const fast = `${tag} === 4 ? n${c}[i] ${sign} ${value} ? 1 : 0`
  return kept(emitter, `${eitherNull(`${tag} <= 1`, isNull)} ? 2 : ${fast} : ${slow}(c${c}.value(i), ${value})`)
}

const eitherNull = (a: string, b: string) => (a === 'false' ? b : b === 'false' ? a : `${a} || ${b}`)

/** `=`, `<>` and IS [NOT] DISTINCT FROM. */
export function emitEqual(node: Binary, emitter: Emitter): string {
  const { operator } = node
  if (operator === 'IS DISTINCT FROM' || operator === 'IS NOT DISTINCT FROM') return emitDistinct(node, emitter)
  const equal = emitEquality(node, emitter)
  return operator === '=' ? equal : kept(emitter, `${equal} === 2 ? 2 : 1 - ${equal}`)
}

function emitEquality({ left, right }: Binary, emitter: Emitter): string {
  if (areNeverEqual(left.type, right.type)) {
    const [l, r] = [emitValue(left, emitter), emitValue(right, emitter)]
    return kept(emitter, `${l} === null || ${r} === null ? 2 : 0`)
  }
  if (isDouble(left) && isDouble(right)) {
    const [l, r] = [emitNumber(left, emitter, '='), emitNumber(right, emitter, '=')]
    return kept(emitter, `${eitherNull(l.isNull, r.isNull)} ? 2 : ${l.value} === ${r.value} ? 1 : 0`)
  }
  const pair = fieldFirst(left, right)
  if (pair) {
    const [field, other] = pair
    if (other.kind === 'constant' && typeof other.value === 'string') return fieldWithText(field, other.value, emitter)
    if (isDouble(other)) {
      const slow = emitter.constant((value: Value, number: Value) => (valuesEqual(value, number) ? 1 : 0))
      return fieldWithNumber([field, other], emitter, { sign: '===', slow })
    }
  }
  const [l, r] = [emitValue(left, emitter), emitValue(right, emitter)]
  const equal = emitter.constant(valuesEqual)
  return kept(emitter, `${l} === null || ${r} === null ? 2 : ${l} === ${r} || ${equal}(${l}, ${r}) ? 1 : 0`)
}

/** The field and the other operand, if one of them is a field; reading it has no effect, so the order does not matter. */
function fieldFirst(left: BoundExpression, right: BoundExpression): readonly [FieldNode, BoundExpression] | undefined {
  if (left.kind === 'field') return [left, right]
  return right.kind === 'field' ? [right, left] : undefined
}

function fieldWithText(field: FieldNode, text: string, emitter: Emitter): string {
  const c = emitter.column(emitter.slotOf(field.field))
  const test = emitter.textTest(new TextTest((other) => other === text, text), c)
  const tag = kept(emitter, `t${c}[i]`)
  return kept(emitter, `${tag} === 5 ? ${test} : ${tag} <= 1 ? 2 : 0`)
}

function emitDistinct({ operator, left, right }: Binary, emitter: Emitter): string {
  const [l, r] = [emitValue(left, emitter), emitValue(right, emitter)]
  const equal = areNeverEqual(left.type, right.type) ? 'false' : `${emitter.constant(valuesEqual)}(${l}, ${r})`
  const [same, unlike] = operator === 'IS DISTINCT FROM' ? ['0', '1'] : ['1', '0']
  const isSame = `${l} === null || ${r} === null ? ${l} === ${r} : ${equal}`
  return kept(emitter, `(${isSame}) ? ${same} : ${unlike}`)
}
