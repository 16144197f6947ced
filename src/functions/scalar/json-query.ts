import { RowError } from '../../base/errors.ts'
import { JsonText, jsonOf, type Value, valueOfParsed } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering } from './arguments.ts'
import { isManyPath, isNested, isStrictPath, type JsonPath, jsonPath, parsedOf } from './json-path.ts'

/** A function of what a path leads to: the path is read once if it is constant. `more`: the arguments behind it; NULL for either gives NULL. */
function byPath(compute: (found: Found, more: readonly Value[]) => Value) {
  const read = remembering(jsonPath)
  const follow = (path: JsonPath, text: string, [value, , ...more]: readonly Value[]) => {
    const parsed = parsedOf(value!)
    return compute({ isJson: parsed !== undefined, hits: parsed === undefined ? [] : path(parsed), path: text }, more)
  }
  const apply: ScalarFunction['apply'] = (args) => {
    const [value, path] = args
    return value === null || path === null ? null : follow(read(path as string), path as string, args)
  }
  const prepare: ScalarFunction['prepare'] = ([, constant]) => {
    if (typeof constant !== 'string') return apply
    const path = jsonPath(constant)
    return (args) => (args[0] === null ? null : follow(path, constant, args))
  }
  return { apply, prepare, takesNull: true }
}

interface Found {
  /** Can the text be read? */
  readonly isJson: boolean
  readonly hits: readonly unknown[]
  readonly path: string
}

/** `empty` and `error` as in SQL/JSON: a path that leads nowhere is empty, and under `strict` an error, as is what is not JSON. */
type Outcome = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'empty' | 'error' }

function outcomeOf({ isJson, hits, path }: Found): Outcome {
  if (!isJson) return { kind: 'error' }
  if (isManyPath(path)) return { kind: 'value', value: hits }
  if (hits.length > 0) return { kind: 'value', value: hits[0] }
  return { kind: isStrictPath(path) ? 'error' : 'empty' }
}

/** NULL, or a bad row under ERROR. */
function otherwise(name: string, event: 'empty' | 'error', outcome: Value): null {
  if (outcome !== 'ERROR') return null
  const why =
    event === 'empty' ? 'the path leads to nothing that it can give' : 'it cannot read the value, or not as asked'
  throw new RowError(`${name} says ERROR ON ${event.toUpperCase()}, and ${why}`)
}

const scalarText = (value: unknown): string => (typeof value === 'string' ? value : jsonOf(value as number | boolean))

/** Text that a cast to the type takes; undefined: there is none. */
function textAs(type: Value, value: unknown): string | undefined {
  const text = scalarText(value)
  if (type === 'BOOLEAN') return /^(?:true|false)$/i.test(text.trim()) ? text : undefined
  if (type === 'STRING') return text
  const number = text.trim() === '' || typeof value === 'boolean' ? Number.NaN : Number(text)
  if (!Number.isFinite(number)) return undefined
  return type === 'INT' ? String(Math.trunc(number)) : text
}

function scalarOf(found: Found, [type, onEmpty, emptyValue, onError, errorValue]: readonly Value[]): Value {
  const outcome = outcomeOf(found)
  let event: 'empty' | 'error' = 'error'
  if (outcome.kind === 'value' && outcome.value !== null && !isNested(outcome.value)) {
    const text = textAs(type!, outcome.value)
    if (text !== undefined) return text
  } else if (outcome.kind !== 'error' && !isStrictPath(found.path)) event = 'empty'
  else if (outcome.kind === 'value' && outcome.value === null) event = 'empty'
  const [what, value] = event === 'empty' ? [onEmpty!, emptyValue!] : [onError!, errorValue!]
  if (what !== 'DEFAULT') return otherwise('json_value', event, what)
  return value === null ? null : typeof value === 'string' ? value : jsonOf(value)
}

function queryOf(found: Found, [wrapper, onEmpty, onError]: readonly Value[]): Value {
  const outcome = outcomeOf(found)
  let event: 'empty' | 'error' = outcome.kind === 'error' ? 'error' : 'empty'
  if (outcome.kind === 'value' && outcome.value !== null) {
    const { value } = outcome
    const isWrapped = wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && !Array.isArray(value))
    if (isWrapped) return valueOfParsed([value])
    if (isNested(value)) return valueOfParsed(value)
    event = isStrictPath(found.path) ? 'error' : 'empty'
  }
  const what = event === 'empty' ? onEmpty! : onError!
  if (what === 'EMPTY ARRAY') return new JsonText('[]')
  return what === 'EMPTY OBJECT' ? new JsonText('{}') : otherwise('json_query', event, what)
}

/** What is written without clauses: the first two arguments alone. Otherwise the parser hands on all that the clauses say. */
export const JSON_QUERY_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'json_value',
    signature: 'json_value(json, path [RETURNING type] [... ON EMPTY] [... ON ERROR])',
    summary: 'the scalar at a path as text, or as STRING, BOOLEAN, INT or DOUBLE; NULL if there is none',
    parameters: ['any', 'string', 'string', 'string', 'any', 'string', 'any'],
    optional: 5,
    returns: 'string',
    flinkName: 'JSON_VALUE',
    ...byPath((found, more) => {
      if (more.length > 0) return scalarOf(found, more)
      const [value] = found.hits
      return found.hits.length !== 1 || value === null || isNested(value) ? null : scalarText(value)
    }),
  }),
  defineScalar({
    name: 'json_query',
    signature: 'json_query(json, path [... WRAPPER] [... ON EMPTY] [... ON ERROR])',
    summary: 'the array or object at a path; NULL if there is none, or a scalar without wrapper',
    parameters: ['any', 'string', 'string', 'string', 'string'],
    optional: 3,
    returns: 'any',
    flinkName: 'JSON_QUERY',
    ...byPath((found, more) => {
      if (more.length > 0) return queryOf(found, more)
      return found.hits.length === 1 && isNested(found.hits[0]) ? valueOfParsed(found.hits[0]) : null
    }),
  }),
  defineScalar({
    name: 'json_exists',
    signature: 'json_exists(json, path [{TRUE|FALSE|UNKNOWN|ERROR} ON ERROR])',
    summary: 'whether there is anything at a path',
    parameters: ['any', 'string', 'string'],
    optional: 1,
    returns: 'boolean',
    flinkName: 'JSON_EXISTS',
    ...byPath((found, [onError]) => {
      const isError = onError !== undefined && outcomeOf(found).kind === 'error'
      if (!isError) return found.hits.length > 0
      return onError === 'UNKNOWN' || onError === 'ERROR'
        ? otherwise('json_exists', 'error', onError)
        : onError === 'TRUE'
    }),
  }),
]
