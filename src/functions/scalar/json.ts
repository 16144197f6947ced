import { RowError } from '../../base/errors.ts'
import { JsonText, jsonOf, type Value, valueOfParsed } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering } from './arguments.ts'
import { type JsonPath, jsonPath } from './json-path.ts'

/** A nested value, or JSON in a text, as `JSON.parse` gives it; undefined for a text that is not JSON. */
function parsedOf(value: Value): unknown {
  if (value instanceof JsonText) return value.parsed()
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

const isNested = (found: unknown): found is object => typeof found === 'object' && found !== null

/** A function with a JSON path as its second argument: read once if it is constant. */
function byPath(compute: (found: readonly unknown[]) => Value) {
  const read = remembering(jsonPath)
  const follow = (path: JsonPath, value: Value) => {
    const parsed = parsedOf(value)
    return compute(parsed === undefined ? [] : path(parsed))
  }
  const apply: ScalarFunction['apply'] = ([value, path]) => follow(read(path as string), value!)
  const prepare: ScalarFunction['prepare'] = ([, constant]) => {
    if (typeof constant !== 'string') return apply
    const path = jsonPath(constant)
    return ([value]) => follow(path, value!)
  }
  return { apply, prepare }
}

const SHAPES: Readonly<Record<string, (parsed: unknown) => boolean>> = {
  VALUE: (parsed) => parsed !== undefined,
  SCALAR: (parsed) => parsed !== undefined && !isNested(parsed),
  ARRAY: (parsed) => Array.isArray(parsed),
  OBJECT: (parsed) => isNested(parsed) && !Array.isArray(parsed),
}

function shapeOf(word: string): (parsed: unknown) => boolean {
  const shape = Object.hasOwn(SHAPES, word.toUpperCase()) ? SHAPES[word.toUpperCase()] : undefined
  if (shape === undefined) throw new RowError(`is_json takes VALUE, SCALAR, ARRAY or OBJECT, not '${word}'`)
  return shape
}

function unquoted(text: string): string {
  if (!/^\s*"/.test(text)) return text
  try {
    return JSON.parse(text) as string
  } catch {
    throw new RowError('json_unquote cannot read a text that begins with a quote but is not JSON')
  }
}

export const JSON_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'json_value',
    signature: 'json_value(json, path)',
    summary: 'the scalar at a path as text; NULL if there is none, or an array or object',
    parameters: ['any', 'string'],
    returns: 'string',
    flinkName: 'JSON_VALUE',
    ...byPath((found) => {
      const [value] = found
      if (found.length !== 1 || value === null || isNested(value)) return null
      return typeof value === 'string' ? value : jsonOf(value as number | boolean)
    }),
  }),
  defineScalar({
    name: 'json_query',
    signature: 'json_query(json, path)',
    summary: 'the array or object at a path; NULL if there is none, or a scalar',
    parameters: ['any', 'string'],
    returns: 'any',
    flinkName: 'JSON_QUERY',
    ...byPath((found) => (found.length === 1 && isNested(found[0]) ? valueOfParsed(found[0]) : null)),
  }),
  defineScalar({
    name: 'json_exists',
    signature: 'json_exists(json, path)',
    summary: 'whether there is anything at a path',
    parameters: ['any', 'string'],
    returns: 'boolean',
    flinkName: 'JSON_EXISTS',
    ...byPath((found) => found.length > 0),
  }),
  defineScalar({
    name: 'json_string',
    signature: 'json_string(value)',
    summary: 'a value as JSON text',
    parameters: ['any'],
    returns: 'string',
    flinkName: 'JSON_STRING',
    apply: ([value]) => jsonOf(value!),
  }),
  defineScalar({
    name: 'json_quote',
    signature: 'json_quote(text)',
    summary: 'a text as a JSON string, in quotes',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'JSON_QUOTE',
    apply: ([text]) => jsonOf(text!),
  }),
  defineScalar({
    name: 'json_unquote',
    signature: 'json_unquote(text)',
    summary: 'the text of a JSON string in quotes; other texts as they are',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'JSON_UNQUOTE',
    apply: ([text]) => unquoted(text as string),
  }),
  defineScalar({
    name: 'is_json',
    signature: 'is_json(value [, VALUE|SCALAR|ARRAY|OBJECT])',
    summary: 'whether a text is JSON, of that kind; false for NULL',
    parameters: ['any', 'string'],
    optional: 1,
    returns: 'boolean',
    takesNull: true,
    flinkName: 'IS JSON',
    apply: ([value, kind]) => value !== null && shapeOf((kind as string | undefined) ?? 'VALUE')(parsedOf(value!)),
  }),
  defineScalar({
    name: 'json_length',
    signature: 'json_length(json)',
    summary: 'how many elements an array, or members an object has; 1 for a scalar, NULL for a text that is not JSON',
    parameters: ['any'],
    returns: 'number',
    flinkName: null,
    apply([value]) {
      const parsed = parsedOf(value!)
      return parsed === undefined ? null : isNested(parsed) ? Object.keys(parsed).length : 1
    },
  }),
]
