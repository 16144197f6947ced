import { canonicalDecimal, compareDecimals, Decimal, decimalOf } from './decimal.ts'
import { elementTexts, memberTexts, stringOf } from './json-members.ts'
import { canonicalNumber } from './number.ts'

/**
 * What a field of a row can hold. A missing member is null. `bigint` only for integers that a double cannot hold exactly
 * (see `number.ts`) and for BIGINT columns, `Decimal` for DECIMAL columns. Objects and arrays stay the text they came as, in a `JsonText`.
 */
export type Value = null | boolean | number | bigint | Decimal | string | JsonText

/** A JSON object or array, kept as its text; what is made of it is made once, on demand. */
export class JsonText {
  readonly text: string
  #parsed: unknown
  #members: ReadonlyMap<string, string> | undefined
  #elements: readonly string[] | undefined

  constructor(text: string) {
    this.text = text
  }

  /** As `JSON.parse` gives it: big integers lose digits here. */
  parsed(): unknown {
    this.#parsed ??= JSON.parse(this.text)
    return this.#parsed
  }

  /**
   * A member of an object by name, or an element of an array counted from 1; null where there is none. What comes out is what a scanner
   * finds at that path: integers keep their digits, nested values their text.
   */
  member(index: string | number): Value {
    const text = typeof index === 'string' ? this.#memberText(index) : this.#elementText(index)
    return text === undefined ? null : valueOfJson(text)
  }

  #memberText(name: string): string | undefined {
    if (this.text.startsWith('[')) return undefined
    this.#members ??= memberTexts(this.text)
    return this.#members.get(name)
  }

  #elementText(number: number): string | undefined {
    if (this.text.startsWith('{')) return undefined
    this.#elements ??= elementTexts(this.text)
    return this.#elements[number - 1]
  }
}

/** The value that a JSON text means, without white space around it. */
export function valueOfJson(text: string): Value {
  const first = text.charCodeAt(0)
  if (first === 0x7b || first === 0x5b) return new JsonText(text)
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return numberOrBigInt(text)
  return first === 0x22 ? stringOf(text) : (JSON.parse(text) as null | boolean)
}

/** A parsed JSON value (of `JSON.parse`) as a `Value`. `undefined` is NULL. */
export function valueOfParsed(parsed: unknown): Value {
  if (parsed === undefined || parsed === null) return null
  if (typeof parsed === 'object') return new JsonText(JSON.stringify(parsed))
  return parsed as boolean | number | string
}

/** The JSON type of a value in words for messages: `a string`, `null`, `an object`. */
export function describeType(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  if (value instanceof JsonText) return value.text.startsWith('[') ? 'an array' : 'an object'
  return 'a number'
}

/**
 * The one printed form of a value, as JSON. Scalars print canonically whatever column encoding carried them;
 * nested values keep their text.
 */
export function jsonOf(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value === 'number' || typeof value === 'bigint') return canonicalNumber(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return value instanceof Decimal ? value.toString() : value.text
}

/**
 * Canonical text of a value as (part of) a key: equal values give equal texts and unlike values never do.
 * Scalars as printed; nested values with members sorted by name, so that `{"a":1,"b":2}` equals `{"b":2, "a":1.0}`.
 */
export function keyTextOf(value: Value): string {
  if (value instanceof Decimal) return canonicalDecimal(value)
  if (!(value instanceof JsonText)) return jsonOf(value)
  return MANY_DIGITS.test(value.text) ? sortedExactly(markedJson(value.text)) : sortedJson(value.parsed())
}

/** A text without so many digits in a row holds no integer that `JSON.parse` would round. */
const MANY_DIGITS = /\d{16}/

function sortedJson(parsed: unknown): string {
  if (parsed === null || typeof parsed !== 'object') return jsonOf(valueOfParsed(parsed))
  if (Array.isArray(parsed)) return `[${parsed.map(sortedJson).join(',')}]`
  return `{${sortedMembers(parsed, jsonOf, sortedJson)}}`
}

function sortedMembers(parsed: object, name: (name: string) => string, value: (value: unknown) => string): string {
  const members = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return members.map(([key, member]) => `${name(key)}:${value(member)}`).join(',')
}

const STRINGS_AND_NUMBERS = /"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g

/** The parsed text with its numbers as strings after an `n`, so that they keep all digits, and strings and names after an `s`. */
function markedJson(text: string): unknown {
  const marked = text.replace(STRINGS_AND_NUMBERS, (token) =>
    token.startsWith('"') ? `"s${token.slice(1)}` : `"n${token}"`,
  )
  return JSON.parse(marked)
}

/** `sortedJson` of what `markedJson` gave. */
function sortedExactly(parsed: unknown): string {
  if (typeof parsed === 'string')
    return jsonOf(parsed.startsWith('n') ? numberOrBigInt(parsed.slice(1)) : parsed.slice(1))
  if (parsed === null || typeof parsed !== 'object') return `${parsed}`
  if (Array.isArray(parsed)) return `[${parsed.map(sortedExactly).join(',')}]`
  return `{${sortedMembers(parsed, sortedExactly, sortedExactly)}}`
}

const INTEGER = /^-?\d+$/

/** A JSON number's text as a value: exact integers beyond 2^53 become bigint, everything else the nearest double. */
export function numberOrBigInt(text: string): number | bigint {
  const double = Number(text)
  if (Number.isSafeInteger(double) || !INTEGER.test(text)) return double === 0 ? 0 : double
  const exact = BigInt(text)
  return Number.isFinite(double) && BigInt(double) === exact ? double : exact
}

export const isNumber = (value: Value): value is number | bigint | Decimal =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal

/** Negative, zero or positive; NaN if one of them is NaN. Exact: a double counts as the decimal that its text says beside a `Decimal`. */
export function compareNumbers(a: number | bigint | Decimal, b: number | bigint | Decimal): number {
  if (!(a instanceof Decimal) && !(b instanceof Decimal))
    return a < b ? -1 : a > b ? 1 : isNaNNumber(a) || isNaNNumber(b) ? Number.NaN : 0
  const [x, y] = [decimalOf(a), decimalOf(b)]
  if (x !== undefined && y !== undefined) return compareDecimals(x, y)
  return compareNumbers(x === undefined ? (a as number) : 0, y === undefined ? (b as number) : 0)
}

const isNaNNumber = (value: number | bigint) => typeof value === 'number' && Number.isNaN(value)

const isExact = (value: Value) => typeof value === 'bigint' || value instanceof Decimal

/** `=` of two values that are not null: by JSON value and type; unlike types are unequal, `-0 = 0`, `1 = 1.0`. */
export function valuesEqual(a: Value, b: Value): boolean {
  if (a === b) return true
  if (isExact(a) || isExact(b)) return isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0
  return a instanceof JsonText && b instanceof JsonText && keyTextOf(a) === keyTextOf(b)
}

/**
 * A total order over values that are not null, for MIN, MAX and sorting: booleans, numbers, strings (by code point), nested (by
 * key text). Negative, zero or positive. NaN is greater than every number and equal to itself, as in Java's `Double.compare`.
 * Expressions refuse `<` on unlike types before they come here.
 */
export function compareValues(a: Value, b: Value): number {
  const [rankA, rankB] = [typeRank(a), typeRank(b)]
  if (rankA !== rankB) return rankA - rankB
  if (typeof a === 'string') return compareText(a, b as string)
  if (a instanceof JsonText) return compareText(keyTextOf(a), keyTextOf(b))
  if (a instanceof Decimal || b instanceof Decimal) return compareTotally(a as number | Decimal, b as number | Decimal)
  return a! < b! ? -1 : a! > b! ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** NaN is greater than every number. */
function compareTotally(a: number | bigint | Decimal, b: number | bigint | Decimal): number {
  const order = compareNumbers(a, b)
  return Number.isNaN(order) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : order
}

/** The double, or integer, that is equal to a decimal, if there is one. */
export function equalNumber(value: Decimal): number | bigint | undefined {
  const text = canonicalDecimal(value)
  const number = numberOrBigInt(text)
  return canonicalNumber(number) === text ? number : undefined
}

/** Order by code point, as the bytes of UTF-8 sort; JavaScript's own `<` sorts by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff

function typeRank(value: Value): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return 1
  if (typeof value === 'string') return 3
  return value instanceof JsonText ? 4 : 2
}
