import { RowError } from '../../base/errors.ts'
import { jsonOf, type Value, valueOfJson } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering } from './arguments.ts'
import { arrayOf, elementsOf, memberName, membersOf, objectOf } from './collection.ts'
import { javaPattern } from './java-pattern.ts'

const compile = remembering(javaPattern)

/** As Java's `String.split`: empty parts at the end are left out. */
function splitBy(text: string, pattern: string): string[] {
  const parts = text.split(compile(pattern))
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}

/** A pair without a second part has the value NULL; of equal keys the last counts. */
function mapOfText(text: string, between: string, within: string): Value {
  const members = new Map<string, string>()
  for (const pair of text === '' ? [] : splitBy(text, between)) {
    const pattern = compile(within)
    pattern.lastIndex = 0
    const match = pattern.exec(pair)
    if (match === null || match[0] === '') members.set(pair, 'null')
    else members.set(pair.slice(0, match.index), jsonOf(pair.slice(match.index + match[0].length)))
  }
  return objectOf(members)
}

const ofMap = (name: string, summary: string, compute: (members: ReadonlyMap<string, string>) => Value) =>
  defineScalar({
    name,
    signature: `${name}(object)`,
    summary,
    parameters: ['any'],
    returns: 'any',
    flinkName: name.toUpperCase(),
    apply: ([object]) => compute(membersOf(name, object!)),
  })

/** Maps are JSON objects here: their keys are texts, in the order in which they stand. */
export const MAP_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'map',
    signature: 'map(key, value, ...), MAP[key, value, ...]',
    summary: 'an object of keys and values; of equal keys the last counts',
    parameters: ['any'],
    optional: 1,
    variadic: true,
    returns: 'any',
    takesNull: true,
    flinkName: 'MAP',
    apply(args) {
      if (args.length % 2 === 1) throw new RowError('map takes a value for each key')
      const members = new Map<string, string>()
      for (let i = 0; i < args.length; i += 2) members.set(memberName('map', args[i]!), jsonOf(args[i + 1]!))
      return objectOf(members)
    },
  }),
  ofMap('map_keys', 'an array of the names of the members of an object', (members) =>
    arrayOf(Array.from(members.keys(), jsonOf)),
  ),
  ofMap('map_values', 'an array of the values of the members of an object', (members) =>
    arrayOf([...members.values()]),
  ),
  ofMap('map_entries', 'an array of {"key": ..., "value": ...}, one for each member of an object', (members) =>
    arrayOf(Array.from(members, ([name, text]) => `{"key":${jsonOf(name)},"value":${text}}`)),
  ),
  defineScalar({
    name: 'map_union',
    signature: 'map_union(object, ...)',
    summary: 'the members of all objects; of equal names the last counts',
    parameters: ['any'],
    variadic: true,
    returns: 'any',
    flinkName: 'MAP_UNION',
    apply: (objects) => objectOf(new Map(objects.flatMap((object) => [...membersOf('map_union', object)]))),
  }),
  defineScalar({
    name: 'map_from_arrays',
    signature: 'map_from_arrays(keys, values)',
    summary: 'an object of the keys in one array and the values in another of the same length',
    parameters: ['any', 'any'],
    returns: 'any',
    flinkName: 'MAP_FROM_ARRAYS',
    apply([keys, values]) {
      const [names, texts] = [elementsOf('map_from_arrays', keys!), elementsOf('map_from_arrays', values!)]
      if (names.length !== texts.length)
        throw new RowError(`map_from_arrays takes a value for each key, not ${texts.length} for ${names.length}`)
      return objectOf(new Map(names.map((name, i) => [memberName('map_from_arrays', valueOfJson(name)), texts[i]!])))
    },
  }),
  defineScalar({
    name: 'str_to_map',
    signature: 'str_to_map(text [, between_pairs, between_key_and_value])',
    summary: "an object of the pairs in a text such as 'k1=v1,k2=v2'; both delimiters [',', '='] are Java patterns",
    parameters: ['string', 'string', 'string'],
    optional: 2,
    returns: 'any',
    flinkName: 'STR_TO_MAP',
    apply: ([text, between = ',', within = '=']) => mapOfText(text as string, between as string, within as string),
  }),
]
