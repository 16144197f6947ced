import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RowError } from '../../src/base/errors.ts'
import type { ColumnType } from '../../src/data/column-type.ts'
import { JsonText, type Value } from '../../src/data/value.ts'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'
import { FUNCTION_REFERENCE, findFunction, renderFunctions } from '../../src/functions/reference.ts'
import { ALL_SCALAR_FUNCTIONS, REFUSED_FUNCTIONS, SCALAR_FUNCTIONS } from '../../src/functions/scalar/index.ts'

test('no two functions share a name or an alias, and none is refused', () => {
  const names = [
    ...ALL_SCALAR_FUNCTIONS.flatMap((fn) => [fn.name, ...(fn.aliases ?? [])]),
    ...AGGREGATES.keys(),
    ...REFUSED_FUNCTIONS.keys(),
  ]
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
  assert.deepEqual(
    names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name)),
    [],
  )
  assert.equal(SCALAR_FUNCTIONS.get('character_length'), SCALAR_FUNCTIONS.get('length'))
})

test('scalar functions are sorted by name', () => {
  const names = ALL_SCALAR_FUNCTIONS.map((fn) => fn.name)
  assert.deepEqual(names, names.toSorted())
  assert.ok(names.length >= 100)
})

test('every function has a doc line and a signature that names it', () => {
  for (const { name, signature, summary } of FUNCTION_REFERENCE) {
    assert.ok(signature.startsWith(`${name}(`), signature)
    assert.match(summary, /^[^\s].{5,}[^.\s]$/, name)
  }
})

test('optional and repeated parameters are among the parameters', () => {
  for (const fn of ALL_SCALAR_FUNCTIONS) {
    assert.ok((fn.optional ?? 0) <= fn.parameters.length, fn.name)
    assert.ok(!fn.variadic || fn.parameters.length > 0, fn.name)
  }
})

test('the listing is at most 100 columns wide and shows every function under its family', () => {
  const lines = renderFunctions(FUNCTION_REFERENCE).split('\n')
  assert.deepEqual(
    lines.filter((line) => line.length > 100 || /\s$/.test(line)),
    [],
  )
  for (const { signature } of FUNCTION_REFERENCE) assert.ok(lines.some((line) => line.startsWith(`  ${signature}`)))
  assert.equal(lines[0], 'aggregates')
  assert.equal(
    renderFunctions([findFunction('Char_Length')!]),
    'text\n  char_length(text)  (character_length, length)\n      how many characters a text has',
  )
  assert.equal(findFunction('LENGTH')?.name, 'char_length')
  assert.equal(findFunction('event_time')?.family, 'time')
  assert.equal(findFunction('nothing'), undefined)
})

const typeOf = (name: string, types: readonly ColumnType[]) => {
  const { returns } = SCALAR_FUNCTIONS.get(name)!
  return typeof returns === 'function' ? returns(types) : returns
}

test('the type of a choice is that of its arguments if they agree, else whatever the row holds', () => {
  assert.equal(typeOf('coalesce', ['string', 'string']), 'string')
  assert.equal(typeOf('coalesce', ['string', 'number']), 'any')
  assert.equal(typeOf('if', ['boolean', 'timestamp', 'timestamp']), 'timestamp')
  assert.equal(typeOf('if', ['boolean', 'number', 'any']), 'any')
  assert.equal(typeOf('nullif', ['bigint', 'string']), 'bigint')
  assert.equal(typeOf('greatest', ['timestamp', 'timestamp']), 'timestamp')
  assert.equal(typeOf('floor', ['number']), 'number')
  assert.equal(typeOf('floor', ['string', 'timestamp']), 'timestamp')
})

const BAD: readonly (readonly [name: string, args: readonly Value[], message: RegExp])[] = [
  ['extract', ['FORTNIGHT', 0], /no part of time 'FORTNIGHT'/],
  ['floor', ['AGE', 0], /no unit of time 'AGE'/],
  ['floor', ['12'], /floor takes a number, not '12'/],
  ['timestampdiff', ['__proto__', 0, 0], /no unit of time '__proto__'/],
  ['date_format', [0, 'yyyy-QQ'], /has the letter Q/],
  ['date_format', [0, "yyyy 'open"], /a quote that is not closed/],
  ['to_timestamp', ['x', 'yyyy z'], /the letter z, which can only be printed/],
  ['convert_tz', ['2024-05-01 10:00:00', 'UTC', 'Mars/Olympus'], /no time zone 'Mars\/Olympus'/],
  ['year', ['yesterday'], /year cannot read a timestamp from 'yesterday'/],
  ['year', [true], /year takes a timestamp, not a boolean/],
  ['to_timestamp_ltz', [1, 6], /precision 0 or 3, not 6/],
  ['regexp', ['a', '('], /'\(' is not a regular expression/],
  ['regexp', ['a', 'a++'], /not a regular expression/],
  ['regexp', ['a', '[a&&[b]]'], /a class within a class/],
  ['json_value', ['{}', 'a.b'], /'a.b' is not a JSON path/],
  ['json_value', ['{}', '$.'], /not a JSON path/],
  ['is_json', ['1', 'TREE'], /VALUE, SCALAR, ARRAY or OBJECT/],
  ['cardinality', [1], /cardinality takes an array or an object, not a number/],
  ['array_contains', [new JsonText('{}'), 1], /an array, not an object/],
  ['array_sort', [new JsonText('[[1]]')], /array_sort compares scalars, not an array/],
  ['array_concat', [new JsonText('[1]'), new JsonText('{}')], /takes an array, not an object/],
  ['element', [new JsonText('[1,2]')], /one element, not of 2/],
  ['map', ['a'], /map takes a value for each key/],
  ['map', [null, 1], /map makes keys of scalars, not of NULL/],
  ['map_keys', [new JsonText('[1]')], /takes an object, not an array/],
  ['map_from_arrays', [new JsonText('[1]'), new JsonText('[]')], /not 0 for 1/],
  ['similar_to', ['a', '(a'], /not a regular expression/],
  ['similar_to', ['a', 'a!b', '!'], /nothing to escape after '!'/],
  ['similar_to', ['a', 'a', 'xy'], /ESCAPE needs one character/],
  ['trim', ['SIDEWAYS', 'x', 'y'], /BOTH, LEADING or TRAILING/],
  ['instr', ['a', 'a', 1, 0], /not 0/],
  ['repeat', ['ab', 1e9], /2000000000 characters/],
  ['lpad', ['ab', 1e9, 'x'], /1000000000 characters/],
  ['greatest', [1, 'a'], /values of one type, not a number with a string/],
  ['hex', [true], /not a boolean/],
  ['sha2', ['a', 100], /224, 256, 384 or 512 bits, not 100/],
  ['from_base64', ['a'], /not base 64/],
  ['json_value', ['{}', '$.a', 'INT', 'ERROR', null, 'NULL', null], /ERROR ON EMPTY/],
  ['json_value', ['{', '$.a', 'INT', 'NULL', null, 'ERROR', null], /ERROR ON ERROR/],
  ['json_query', ['{}', '$.a', 'WITHOUT', 'ERROR', 'NULL'], /ERROR ON EMPTY/],
  ['json_exists', ['{', '$.a', 'ERROR'], /ERROR ON ERROR/],
]

test('what a function cannot take is a RowError, as a constant when binding and as the value of a row', () => {
  for (const [name, args, message] of BAD) {
    const fn = SCALAR_FUNCTIONS.get(name)!
    const refused = (run: () => unknown) =>
      assert.throws(run, (error) => error instanceof RowError && message.test(error.message), name)
    refused(() => fn.apply(args))
    refused(() => (fn.prepare?.(args, 'UTC') ?? fn.apply)(args))
  }
})

test('a pattern, path, unit or zone that can never work is refused before the first row', () => {
  for (const name of ['extract', 'timestampdiff', 'regexp', 'json_value', 'trim'])
    for (const [, args] of BAD.filter(([other, { length }]) => other === name && length < 7))
      assert.throws(() => SCALAR_FUNCTIONS.get(name)!.prepare!(args, 'UTC'), RowError, name)
  assert.throws(() => SCALAR_FUNCTIONS.get('trim')!.prepare!([undefined, undefined], 'UTC'), /btrim|trim takes/)
  assert.throws(() => SCALAR_FUNCTIONS.get('regexp_extract')!.prepare!([undefined, 'a(b)', 2], 'UTC'), /no group 2/)
})

test('a refused function says why and what to do instead', () => {
  for (const name of ['now', 'rand', 'uuid', 'current_timestamp']) {
    const refusal = REFUSED_FUNCTIONS.get(name)!
    assert.match(refusal.reason, /follow from the rows alone/)
    assert.ok(refusal.hint.length > 10)
  }
})
