import { type Value, valuesEqual } from '../data/value.ts'
import type { BoundExpression } from './bound.ts'
import type { Evaluate } from './evaluate.ts'
import { compileLike } from './like.ts'
import { areNeverEqual, textOperand, ValueSet, writtenText } from './operations.ts'

type Of<K extends BoundExpression['kind']> = Extract<BoundExpression, { kind: K }>

/** IN: items are evaluated until one is equal; a NULL among those that were not equal makes the answer NULL. */
export function isIn(node: Of<'in'>, operand: Evaluate, list: readonly Evaluate[]): Evaluate {
  const { negated } = node
  const set = constantSet(node)
  if (set)
    return (rows, row) => {
      const value = operand(rows, row)
      if (value === null) return null
      return set.values.has(value) ? !negated : set.hasNull ? null : negated
    }
  const never = node.list.map((item) => areNeverEqual(node.operand.type, item.type))
  return (rows, row) => {
    const value = operand(rows, row)
    if (value === null) return null
    let hasNull = false
    for (let i = 0; i < list.length; i += 1) {
      const item = list[i]!(rows, row)
      if (item === null) hasNull = true
      else if (!never[i] && valuesEqual(value, item)) return !negated
    }
    return hasNull ? null : negated
  }
}

/** The list of IN as a set, if all of it is constant. */
export function constantSet({ list }: Of<'in'>): { readonly values: ValueSet; readonly hasNull: boolean } | undefined {
  const values: Value[] = []
  for (const item of list) {
    if (item.kind !== 'constant') return undefined
    values.push(item.value)
  }
  return { values: new ValueSet(values), hasNull: values.includes(null) }
}

/** The test of a LIKE whose pattern and escape are constant texts. */
export function constantLike({ pattern, escape: escaping }: Of<'like'>): ((text: string) => boolean) | undefined {
  if (pattern.kind !== 'constant' || typeof pattern.value !== 'string') return undefined
  if (escaping === null) return compileLike(pattern.value, null)
  if (escaping.kind !== 'constant' || typeof escaping.value !== 'string') return undefined
  return compileLike(pattern.value, escaping.value)
}

/** LIKE; the pattern is read once if it is constant. */
export function like(node: Of<'like'>, compile: (node: BoundExpression) => Evaluate): Evaluate {
  const operand = compile(node.operand)
  const { negated } = node
  const written = writtenText(node.operand)
  const test = constantLike(node)
  if (test)
    return (rows, row) => {
      const value = operand(rows, row)
      return value === null ? null : test(textOperand(value, 'LIKE', written)) !== negated
    }
  const pattern = compile(node.pattern)
  const escaping = node.escape ? compile(node.escape) : null
  const like3 = variableLike(node)
  return (rows, row) => {
    const value = operand(rows, row)
    const by = pattern(rows, row)
    const character = escaping ? escaping(rows, row) : undefined
    return like3(value, by, character)
  }
}

/** LIKE by a pattern of the row; `character` is undefined without ESCAPE. */
export function variableLike({ operand, pattern, escape: escaping, negated }: Of<'like'>) {
  const [textIs, patternIs, escapeIs] = [operand, pattern, escaping ?? pattern].map(writtenText) as [
    string,
    string,
    string,
  ]
  return (value: Value, by: Value, character: Value | undefined): Value => {
    if (value === null || by === null || character === null) return null
    const text = textOperand(value, 'LIKE', textIs)
    const like = textOperand(by, 'LIKE', patternIs)
    const escapedBy = character === undefined ? null : textOperand(character, 'ESCAPE', escapeIs)
    return compileLike(like, escapedBy)(text) !== negated
  }
}
