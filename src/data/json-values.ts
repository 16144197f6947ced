import { Decimal, parseDecimal } from './decimal.ts'
import { elementTexts, stringOf } from './json-members.ts'
import type { ValueReader, ValueWriter } from './page.ts'
import { JsonText, type Value } from './value.ts'

/**
 * A double as JSON that reads back bit for bit (all NaN are one): `-0` keeps its sign, and what JSON has no number for is an object
 * such as `{"number":"Infinity"}`.
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return `{"number":"${value}"}`
  return Object.is(value, -0) ? '-0' : `${value}`
}

/** The double that `numberText` wrote. */
export const numberOf = (text: string): number =>
  text.startsWith('{') ? Number((JSON.parse(text) as { number: string }).number) : Number(text)

/** A value as JSON that reads back as the same: bigints, decimals and nested values, whose text must stay as it is, are objects that say so. */
export function exactText(value: Value): string {
  if (value === null || typeof value === 'boolean') return `${value}`
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'bigint') return `{"integer":"${value}"}`
  return value instanceof Decimal ? `{"decimal":"${value}"}` : `{"json":${stringText(value.text)}}`
}

export function valueOfExact(text: string): Value {
  if (!text.startsWith('{'))
    return text.startsWith('"') ? stringOf(text) : (JSON.parse(text) as null | boolean | number)
  const wrapped = JSON.parse(text) as { number?: string; integer?: string; decimal?: string; json?: string }
  if (wrapped.integer !== undefined) return BigInt(wrapped.integer)
  if (wrapped.decimal !== undefined) return parseDecimal(wrapped.decimal)!
  return wrapped.json === undefined ? Number(wrapped.number) : new JsonText(wrapped.json)
}

/** Surrogates that stand alone become U+FFFD, as everywhere. */
export const stringText = (text: string): string => JSON.stringify(text.toWellFormed())

/** Whole milliseconds within the calendar as ISO 8601 text, for people; other times as numbers. */
export const instantText = (ms: number): string =>
  Number.isInteger(ms) && Math.abs(ms) <= 8.64e15 && !Object.is(ms, -0)
    ? `"${new Date(ms).toISOString()}"`
    : numberText(ms)

export const instantOf = (text: string): number =>
  text.startsWith('"') ? Date.parse(JSON.parse(text) as string) : numberOf(text)

/** The texts of an array's elements. `text` is JSON; throws RangeError where it is no array. */
export function arrayTexts(text: string): readonly string[] {
  if (!text.startsWith('[')) throw new RangeError('a list is missing')
  return elementTexts(text)
}

/** What would go to a page, as the elements of a JSON array. */
export class JsonWriter implements ValueWriter {
  readonly #texts: string[] = []

  u8(value: number): void {
    this.#texts.push(`${value}`)
  }

  u32(value: number): void {
    this.#texts.push(`${value}`)
  }

  f64(value: number): void {
    this.#texts.push(numberText(value))
  }

  f64s(values: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.f64(values[i]!)
  }

  i32s(values: Int32Array, from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.f64(values[i]!)
  }

  text(value: string): void {
    this.#texts.push(stringText(value))
  }

  latin1(value: string): void {
    const bytes = Buffer.from(value, 'latin1')
    const text = bytes.toString('utf8')
    const isText = Buffer.from(text, 'utf8').equals(bytes)
    this.#texts.push(isText ? JSON.stringify(text) : `{"base64":"${bytes.toString('base64')}"}`)
  }

  value(value: Value): void {
    this.#texts.push(exactText(value))
  }

  /** The array. */
  array(): string {
    return `[${this.#texts.join(',')}]`
  }
}

/** Reads the array of a `JsonWriter` in the same order. */
export class JsonReader implements ValueReader {
  readonly #texts: readonly string[]
  #at = 0

  constructor(array: string) {
    this.#texts = arrayTexts(array)
  }

  #next(): string {
    const text = this.#texts[this.#at]
    if (text === undefined) throw new RangeError('a value is missing')
    this.#at += 1
    return text
  }

  u8(): number {
    return Number(this.#next())
  }

  u32(): number {
    return Number(this.#next())
  }

  f64(): number {
    return numberOf(this.#next())
  }

  f64s(into: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i += 1) into[i] = this.f64()
  }

  i32s(into: Int32Array, from: number, to: number): void {
    for (let i = from; i < to; i += 1) into[i] = this.f64()
  }

  text(): string {
    return stringOf(this.#next())
  }

  latin1(): string {
    const text = this.#next()
    if (text.startsWith('"')) return Buffer.from(JSON.parse(text) as string, 'utf8').toString('latin1')
    return Buffer.from((JSON.parse(text) as { base64: string }).base64, 'base64').toString('latin1')
  }

  value(): Value {
    return valueOfExact(this.#next())
  }
}
