import { RowError } from '../../base/errors.ts'
import { jsonOf, type Value } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { arrayOf, memberName, objectOf } from './collection.ts'

/** What `… ON NULL` says, as the parser hands it on. */
function keepsNull(name: string, word: Value): boolean {
  if (word === 'NULL' || word === 'ABSENT') return word === 'NULL'
  throw new RowError(`${name} takes NULL ON NULL or ABSENT ON NULL, not '${String(word)}'`)
}

/** The parser hands these calls on with the word before ON NULL as their first argument. */
export const JSON_CONSTRUCTION_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'json_object',
    signature: 'json_object([KEY] name VALUE value, ... [{NULL|ABSENT} ON NULL])',
    summary: 'an object with these members; NULLs become null [NULL ON NULL] or are left out. Flink makes a text of it',
    parameters: ['string', 'any'],
    optional: 1,
    variadic: true,
    returns: 'any',
    takesNull: true,
    flinkName: 'JSON_OBJECT',
    apply([word, ...pairs]) {
      if (pairs.length % 2 === 1) throw new RowError('json_object takes a value for each key')
      const members = new Map<string, string>()
      const keeps = keepsNull('json_object', word!)
      for (let i = 0; i < pairs.length; i += 2) {
        const value = pairs[i + 1]!
        if (value !== null || keeps) members.set(memberName('json_object', pairs[i]!), jsonOf(value))
      }
      return objectOf(members)
    },
  }),
  defineScalar({
    name: 'json_array',
    signature: 'json_array(value, ... [{NULL|ABSENT} ON NULL])',
    summary: 'an array of the values; NULLs are left out [ABSENT ON NULL] or become null. Flink makes a text of it',
    parameters: ['string', 'any'],
    optional: 1,
    variadic: true,
    returns: 'any',
    takesNull: true,
    flinkName: 'JSON_ARRAY',
    apply([word, ...values]) {
      const keeps = keepsNull('json_array', word!)
      return arrayOf(values.filter((value) => value !== null || keeps).map(jsonOf))
    },
  }),
]
