import { RowError } from '../../base/errors.ts'
import { elementTexts, memberTexts } from '../../data/json-members.ts'
import { describeType, JsonText, jsonOf, keyTextOf, type Value, valueOfJson } from '../../data/value.ts'

/** An array or object: a nested value, or JSON in a text. Undefined for anything else. */
function nestedText(value: Value): string | undefined {
  if (value instanceof JsonText) return value.text
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined
  try {
    JSON.parse(value)
    return value.trim()
  } catch {
    return undefined
  }
}

/** The JSON texts of an array's elements. Throws `RowError` for what is no array. */
export function elementsOf(name: string, value: Value): string[] {
  const text = nestedText(value)
  if (text?.startsWith('[')) return elementTexts(text)
  throw new RowError(`${name} takes an array, not ${describeType(value)}`)
}

/** The JSON texts of an object's members by name, in the order they stand. Throws `RowError` for what is no object. */
export function membersOf(name: string, value: Value): Map<string, string> {
  const text = nestedText(value)
  if (text?.startsWith('{')) return memberTexts(text)
  throw new RowError(`${name} takes an object, not ${describeType(value)}`)
}

export const arrayOf = (elements: readonly string[]): Value => new JsonText(`[${elements.join(',')}]`)

export const objectOf = (members: ReadonlyMap<string, string>): Value =>
  new JsonText(`{${Array.from(members, ([name, text]) => `${jsonOf(name)}:${text}`).join(',')}}`)

/** The text that all equal values share, told from the JSON text of one. */
export const keyOfElement = (text: string): string => keyTextOf(valueOfJson(text))

/** A value as the name of a member: texts as they are, other scalars as JSON. Throws `RowError` for NULL, arrays and objects. */
export function memberName(name: string, value: Value): string {
  if (typeof value === 'string') return value
  if (value === null || value instanceof JsonText)
    throw new RowError(`${name} makes keys of scalars, not of ${value === null ? 'NULL' : describeType(value)}`)
  return jsonOf(value)
}

/** How many elements or members there are. Throws `RowError` for a scalar. */
export function sizeOf(name: string, value: Value): number {
  const text = nestedText(value)
  if (text === undefined) throw new RowError(`${name} takes an array or an object, not ${describeType(value)}`)
  return text.startsWith('[') ? elementTexts(text).length : memberTexts(text).size
}
