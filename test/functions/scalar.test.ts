import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { JsonText, type Value } from '../../src/data/value.ts'
import { SCALAR_FUNCTIONS } from '../../src/functions/scalar/index.ts'
import { ARRAY_ROWS, CONSTRUCTION_ROWS, MAP_ROWS, SIMILAR_ROWS } from './scalar-collections.table.ts'
import { MATH_ROWS, REGEXP_ROWS, TEXT_ROWS } from './scalar-text-math.table.ts'
import { ENCODING_ROWS, JSON_ROWS, type Row, TIME_ROWS, ZONED_ROWS } from './scalar-time-json.table.ts'

/** Calls a function as the evaluators do: NULL in, NULL out unless it takes NULLs. */
function call(name: string, args: readonly Value[], apply: (args: readonly Value[]) => Value): Value {
  return !SCALAR_FUNCTIONS.get(name)!.takesNull && args.includes(null) ? null : apply(args)
}

const plain = (value: Value) => (value instanceof JsonText ? { json: value.text } : value)
const shown = (value: Value) =>
  value instanceof JsonText ? value.text : typeof value === 'string' ? `'${value}'` : String(value)

/** As a row's values, as constants, and half and half: prepared or not, the result is the same. */
function check([name, args, expected]: Row, zone: string): void {
  const fn = SCALAR_FUNCTIONS.get(name)!
  assert.ok(fn, `no function ${name}`)
  const prepared = (constants: readonly (Value | undefined)[]) => fn.prepare?.(constants, zone) ?? fn.apply
  const forms = [prepared(args), prepared(args.map((arg, i) => (i === 0 ? arg : undefined)))]
  // TRIM must know its side when binding; the parser always writes it as a constant.
  if (name !== 'trim')
    forms.push(prepared(args.map((arg, i) => (i === 0 ? undefined : arg))), prepared(args.map(() => undefined)))
  if (zone === 'UTC') forms.push(fn.apply)
  for (const apply of forms) {
    assert.deepEqual(plain(call(name, args, apply)), plain(expected))
    assert.deepEqual(plain(call(name, args, apply)), plain(expected))
  }
}

function table(title: string, rows: readonly Row[], zone = 'UTC'): void {
  describe(title, () => {
    for (const row of rows)
      test(`${row[0]}(${row[1].map(shown).join(', ')}) is ${shown(row[2])}`, () => check(row, zone))
  })
}

table('text', TEXT_ROWS)
table('regular expressions', REGEXP_ROWS)
table('numbers', MATH_ROWS)
table('time in UTC', TIME_ROWS)
table('time in Europe/Berlin', ZONED_ROWS, 'Europe/Berlin')
table('JSON and conditions', JSON_ROWS)
table('encoding and hashes', ENCODING_ROWS)
table('arrays', ARRAY_ROWS)
table('maps', MAP_ROWS)
table('JSON construction', CONSTRUCTION_ROWS)
table('SIMILAR TO', SIMILAR_ROWS)

test('every function has a row in one of the tables', () => {
  const tables = [TEXT_ROWS, REGEXP_ROWS, MATH_ROWS, TIME_ROWS, JSON_ROWS, ENCODING_ROWS].concat([
    ARRAY_ROWS,
    MAP_ROWS,
    CONSTRUCTION_ROWS,
    SIMILAR_ROWS,
  ])
  const tried = new Set(tables.flatMap((rows) => rows.map(([name]) => SCALAR_FUNCTIONS.get(name))))
  const untried = [...SCALAR_FUNCTIONS.values()].filter((fn) => !tried.has(fn)).map((fn) => fn.name)
  assert.deepEqual(untried, [])
})
