import { RowError } from '../base/errors.ts'
import type { ColumnType } from '../data/column-type.ts'
import { Decimal } from '../data/decimal.ts'
import { canonicalNumber } from '../data/number.ts'
import {
  compareNumbers,
  compareText,
  describeType,
  equalNumber,
  isNumber,
  JsonText,
  keyTextOf,
  type Value,
} from '../data/value.ts'
import type { BoundExpression } from './bound.ts'

/**
 * What operators do with values that are not NULL. Both evaluators come here: closures always, generated code whenever the tag of
 * a row is not the one it has a fast path for. Every refusal is a `RowError`.
 */

/** An operator's place in the user's text, for messages. */
export interface Site {
  readonly operator: string
  readonly left: string
  readonly right: string
}

/** The operand as the user wrote it, without brackets around the whole. */
export function writtenText({ span }: BoundExpression): string {
  const text = span.text.slice(span.start, span.end)
  return text.startsWith('(') && closingBracket(text) === text.length - 1 ? text.slice(1, -1).trim() : text
}

/** Where the bracket that `text` begins with is closed; brackets in quotes do not count. */
function closingBracket(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === "'" || character === '"' || character === '`') {
      const close = text.indexOf(character, at + 1)
      if (close < 0) return -1
      at = close
    } else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (depth === 0) return at
  }
  return -1
}

/** The operand of an arithmetic operator as a double. */
export function numberOf(value: Value, operator: string, operand: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Decimal) return value.toNumber()
  const hint = value instanceof JsonText || value === null ? undefined : `CAST(${operand} AS DOUBLE)`
  throw new RowError(`${operator} needs a number, but ${operand} is ${describeType(value)}`, hint)
}

/** The operand of AND, OR, NOT, WHEN, FILTER and of a condition. */
export function truthOf(value: Value, operator: string, operand: string): boolean {
  if (typeof value === 'boolean') return value
  const hint = isNumber(value)
    ? `${operand} <> 0`
    : typeof value === 'string'
      ? `CAST(${operand} AS BOOLEAN)`
      : undefined
  throw new RowError(`${operator} needs true or false, but ${operand} is ${describeType(value)}`, hint)
}

/** The operand of LIKE and of functions that take text. */
export function textOperand(value: Value, operator: string, operand: string): string {
  if (typeof value === 'string') return value
  throw new RowError(
    `${operator} needs a string, but ${operand} is ${describeType(value)}`,
    `CAST(${operand} AS STRING)`,
  )
}

/**
 * Negative, zero or positive as a is less than, equal to or greater than b; NaN if one of them is NaN, which makes every comparison
 * false. Big integers compare exactly with doubles. Unlike types, objects and arrays have no order.
 */
export function orderOf(a: Value, b: Value, site: Site): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  throw new RowError(
    `${site.operator} cannot compare ${site.left} (${describeType(a)}) with ${site.right} (${describeType(b)})`,
    typeof a === 'string' && isNumber(b)
      ? `CAST(${site.left} AS DOUBLE)`
      : typeof b === 'string' && isNumber(a)
        ? `CAST(${site.right} AS DOUBLE)`
        : undefined,
  )
}

export const lessThan = (a: Value, b: Value, site: Site) => orderOf(a, b, site) < 0
export const atMost = (a: Value, b: Value, site: Site) => orderOf(a, b, site) <= 0
export const greaterThan = (a: Value, b: Value, site: Site) => orderOf(a, b, site) > 0
export const atLeast = (a: Value, b: Value, site: Site) => orderOf(a, b, site) >= 0

/** Statically unlike types of which one is a time: doubles by representation, so `=` must not look at them. */
export const areNeverEqual = (left: ColumnType, right: ColumnType): boolean =>
  left !== right && (isTime(left) || isTime(right))

const isTime = (type: ColumnType) => type === 'timestamp' || type === 'interval'

/** The text of a value for `||` and CAST … AS STRING: scalars as printed, without quotes; timestamps as SQL writes them. */
export function printedText(value: Value, type: ColumnType): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'boolean') return `${value}`
  if (value instanceof JsonText) return value.text
  if (type === 'timestamp') return timestampText(value as number)
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value}`
  return value instanceof Decimal ? value.toString() : canonicalNumber(value)
}

/** `2024-05-01 10:00:00`, UTC, with three digits of fraction only if it is not 0. Dates that cannot be written are a `RowError`. */
export function timestampText(ms: number): string {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) throw new RowError('the timestamp is out of range')
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '')
}

/** A subscript: a member of an object, or an element of an array counted from 1; NULL where there is none. */
export function memberOf(value: Value, index: Value): Value {
  if (!(value instanceof JsonText)) return null
  if (isNumber(index)) return value.member(numberOf(index, '[]', ''))
  return typeof index === 'string' ? value.member(index) : null
}

/** The constant values of an IN list, looked up by `=`. NULLs and NaN, which equal nothing, are left out by the caller. */
export class ValueSet {
  readonly #scalars = new Set<number | string | boolean | bigint>()
  readonly #nested = new Set<string>()

  constructor(values: readonly Value[]) {
    for (const value of values) {
      if (value instanceof JsonText) this.#nested.add(keyTextOf(value))
      else if (value !== null && !Number.isNaN(value)) this.#scalars.add(exactly(value))
    }
  }

  has(value: Value): boolean {
    if (value instanceof JsonText) return this.#nested.size > 0 && this.#nested.has(keyTextOf(value))
    return value !== null && this.#scalars.has(exactly(value))
  }
}

/** An exact number that a double holds is that double, so that both find each other in a Set; other decimals are texts that no row has. */
function exactly(value: number | string | boolean | bigint | Decimal): number | string | boolean | bigint {
  if (value instanceof Decimal) {
    const same = equalNumber(value)
    return same === undefined ? `\0${keyTextOf(value)}` : exactly(same)
  }
  if (typeof value !== 'bigint') return value
  const double = Number(value)
  return Number.isFinite(double) && BigInt(double) === value ? double : value
}
