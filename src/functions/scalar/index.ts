import { assert } from '../../base/assert.ts'
import type { ScalarFunction } from '../scalar-function.ts'
import { ARRAY_FUNCTIONS } from './array.ts'
import { CONDITIONAL_FUNCTIONS } from './conditional.ts'
import { ENCODING_FUNCTIONS } from './encoding.ts'
import { JSON_FUNCTIONS } from './json.ts'
import { JSON_CONSTRUCTION_FUNCTIONS } from './json-construction.ts'
import { JSON_QUERY_FUNCTIONS } from './json-query.ts'
import { MAP_FUNCTIONS } from './map.ts'
import { MATH_FUNCTIONS } from './math.ts'
import { REGEXP_FUNCTIONS } from './regexp.ts'
import { SIMILAR_FUNCTIONS } from './similar.ts'
import { STRING_FUNCTIONS } from './string.ts'
import { SEARCH_FUNCTIONS } from './string-search.ts'
import { TIME_FUNCTIONS } from './time.ts'
import { TIME_TEXT_FUNCTIONS } from './time-text.ts'
import { TRIM_FUNCTIONS } from './trim.ts'

export { REFUSED_FORMS, REFUSED_FUNCTIONS, type Refusal } from './refused.ts'

/** What `tidemark functions` groups by, in its order. */
export const SCALAR_FAMILIES: readonly { readonly title: string; readonly functions: readonly ScalarFunction[] }[] = [
  { title: 'text', functions: [...STRING_FUNCTIONS, ...TRIM_FUNCTIONS, ...SEARCH_FUNCTIONS] },
  { title: 'regular expressions', functions: [...REGEXP_FUNCTIONS, ...SIMILAR_FUNCTIONS] },
  { title: 'numbers', functions: MATH_FUNCTIONS },
  { title: 'time', functions: [...TIME_FUNCTIONS, ...TIME_TEXT_FUNCTIONS] },
  { title: 'JSON', functions: [...JSON_QUERY_FUNCTIONS, ...JSON_FUNCTIONS, ...JSON_CONSTRUCTION_FUNCTIONS] },
  { title: 'arrays', functions: ARRAY_FUNCTIONS },
  { title: 'maps', functions: MAP_FUNCTIONS },
  { title: 'conditions', functions: CONDITIONAL_FUNCTIONS },
  { title: 'encoding and hashes', functions: ENCODING_FUNCTIONS },
]

/** Every scalar function once, sorted by name. */
export const ALL_SCALAR_FUNCTIONS: readonly ScalarFunction[] = SCALAR_FAMILIES.flatMap(
  (family) => family.functions,
).sort((a, b) => (a.name < b.name ? -1 : 1))

function byName(): ReadonlyMap<string, ScalarFunction> {
  const functions = new Map<string, ScalarFunction>()
  for (const fn of ALL_SCALAR_FUNCTIONS)
    for (const name of [fn.name, ...(fn.aliases ?? [])]) {
      assert(!functions.has(name), `two functions are called ${name}`)
      functions.set(name, fn)
    }
  return functions
}

/** Every scalar function by its name and its aliases, in lower case. */
export const SCALAR_FUNCTIONS: ReadonlyMap<string, ScalarFunction> = byName()
