import { canonicalNumber } from '../data/number.ts'
import { JsonText, type Value } from '../data/value.ts'
import type { BoundAggregate, BoundExpression, Field } from './bound.ts'
import { printString } from './print.ts'

/** How the fields of an expression are called in its canonical text. */
export type FieldText = (field: Field) => string

/**
 * One text for all ways to write a bound expression that differ in spaces, brackets, letter case of words or names of columns: what stored state is known by
 * (DESIGN 4.15). Equal texts mean equal values for equal rows. Not meant to be read back.
 */
export function canonicalText(node: BoundExpression, fieldText: FieldText): string {
  const text = (child: BoundExpression) => canonicalText(child, fieldText)
  const list = (children: readonly BoundExpression[]) => children.map(text).join(', ')
  const not = (negated: boolean) => (negated ? 'NOT ' : '')
  switch (node.kind) {
    case 'constant':
      return constantText(node.value)
    case 'field':
      return fieldText(node.field)
    case 'event-time':
      return 'event_time()'
    case 'subscript':
      return `${text(node.of)}[${text(node.index)}]`
    case 'negate':
      return `(- ${text(node.operand)})`
    case 'not':
      return `(NOT ${text(node.operand)})`
    case 'binary':
      return `(${text(node.left)} ${node.operator} ${text(node.right)})`
    case 'is':
      return `(${text(node.operand)} IS ${not(node.negated)}${node.what})`
    case 'in':
      return `(${text(node.operand)} ${not(node.negated)}IN (${list(node.list)}))`
    case 'like': {
      const escaped = node.escape ? ` ESCAPE ${text(node.escape)}` : ''
      return `(${text(node.operand)} ${not(node.negated)}LIKE ${text(node.pattern)}${escaped})`
    }
    case 'case': {
      const whens = node.whens.map(({ when, then }) => `WHEN ${text(when)} THEN ${text(then)} `)
      return `(CASE ${whens.join('')}ELSE ${text(node.otherwise)} END)`
    }
    case 'cast':
      return `${node.isTry ? 'TRY_CAST' : 'CAST'}(${text(node.operand)} AS ${node.to})`
    case 'call':
      return `${node.fn.name}(${list(node.args)})`
  }
}

/** The same for an aggregate call. */
export function canonicalAggregate({ fn, args, distinct, filter }: BoundAggregate, fieldText: FieldText): string {
  const list = args.map((arg) => canonicalText(arg, fieldText)).join(', ')
  const where = filter ? ` FILTER (WHERE ${canonicalText(filter, fieldText)})` : ''
  return `${fn.name}(${distinct ? 'DISTINCT ' : ''}${list || '*'})${where}`
}

function constantText(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value).toUpperCase()
  if (typeof value === 'string') return printString(value)
  if (typeof value === 'number') return canonicalNumber(value)
  return value instanceof JsonText ? JSON.stringify(value) : String(value)
}
