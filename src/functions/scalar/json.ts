import { RowError } from '../../base/errors.ts'
import { jsonOf } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { isNested, parsedOf } from './json-path.ts'

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

/** What is no JSON string stays as it is, as in Flink. */
function unquoted(text: string): string {
  if (!/^\s*"/.test(text)) return text
  try {
    return JSON.parse(text) as string
  } catch {
    return text
  }
}

export const JSON_FUNCTIONS: readonly ScalarFunction[] = [
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
    summary: 'the text of a JSON string in quotes; any other text as it is',
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
