import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ColumnType } from '../../src/data/column-type.ts'
import { Decimal } from '../../src/data/decimal.ts'
import type { Value } from '../../src/data/value.ts'
import { bindAggregate } from '../../src/expressions/bind.ts'
import { parseExpression } from '../../src/expressions/parse.ts'
import { OpenScope, outcomes, rowsFor } from './open-rows.ts'

const TYPES: Readonly<Record<string, ColumnType>> = {
  price: 'decimal(10,2)',
  rate: 'decimal(5,3)',
  i: 'int',
  s: 'smallint',
  big: 'bigint',
  x: 'number',
}
const ROW: Readonly<Record<string, Value>> = {
  price: new Decimal(1110n, 2),
  rate: new Decimal(1500n, 3),
  i: 7,
  s: 2,
  big: 9007199254740993n,
  x: 0.5,
}

/** Type and value of an expression over declared columns, in both evaluators. */
function told(text: string, isDeclared = true): string {
  const scope = new OpenScope({ typed: TYPES, isDeclared })
  const node = scope.bind(text)
  const [closures, generated] = [false, true].map(
    (generate) => outcomes(node, scope, rowsFor(scope, [ROW]), generate)[0]!,
  )
  assert.deepEqual(generated, closures, text)
  return `${node.type}: ${'error' in closures! ? closures.error : closures!.value}`
}

const TABLE: readonly (readonly [string, string])[] = [
  ['price + 1', 'decimal(13,2): 12.10'],
  ['price * 1.5', 'decimal(13,3): 16.650'],
  ['price / 3', 'decimal(21,13): 3.7000000000000'],
  ['price % 3', 'decimal(10,2): 2.10'],
  ['-price', 'decimal(10,2): -11.10'],
  ['price + rate', 'decimal(12,3): 12.600'],
  ['price * x', 'number: 5.55'],
  ['i / 2', 'int: 3'],
  ['-i / 2', 'int: -3'],
  ['i / 2.0', 'decimal(17,6): 3.500000'],
  ['i / s', 'int: 3'],
  ['s + s', 'smallint: 4'],
  ['i * 2147483647', 'int: 2147483641'],
  ['big + 1', 'bigint: 9007199254740994'],
  ['big / 2', 'bigint: 4503599627370496'],
  ['i / 0', 'int: / of an INT by zero'],
  ['price / 0', 'decimal(21,13): / of a DECIMAL by zero'],
  ['1 / 2', 'int: 0'],
  ['1.5E0 / 2', 'number: 0.75'],
  ['CAST(i AS INT) / 2', 'int: 3'],
  ['CAST(price AS INT)', 'int: 11'],
  ['CAST(price AS STRING)', 'string: 11.10'],
  ['CAST(price AS DECIMAL(3, 0))', 'decimal(3,0): 11'],
  ['CAST(1.005 AS DECIMAL(5, 2))', 'decimal(5,2): 1.01'],
  ['CAST(1000 AS DECIMAL(3, 0))', 'decimal(3,0): null'],
  ["CAST(' 12.345 ' AS DECIMAL(5, 1))", 'decimal(5,1): 12.3'],
  ["price || ' EUR'", 'string: 11.10 EUR'],
  ['price > 11', 'boolean: true'],
  ['price = 11.1', 'boolean: true'],
  ['price BETWEEN 11.10 AND 11.100', 'boolean: true'],
  ['price IN (1, 11.1)', 'boolean: true'],
  ['CASE WHEN i > 1 THEN price ELSE 0 END', 'decimal(12,2): 11.10'],
  ['CASE WHEN i < 1 THEN price ELSE 0 END', 'decimal(12,2): 0.00'],
  ['price IS NOT NULL', 'boolean: true'],
  ['abs(-price)', 'decimal(10,2): 11.10'],
  ['abs(-i) / 2', 'int: 3'],
  ['round(price, 1)', 'decimal(10,1): 11.1'],
  ['round(price)', 'decimal(9,0): 11'],
  ['round(price, -1)', 'decimal(9,0): 10'],
  ['round(-15.5, -1)', 'decimal(3,0): -20'],
  ['floor(-price)', 'decimal(10,0): -12'],
  ['ceil(price)', 'decimal(10,0): 12'],
  ['ceil(i)', 'int: 7'],
  ['coalesce(price, 0)', 'decimal(12,2): 11.10'],
  ['coalesce(NULL, 0, price)', 'decimal(12,2): 0.00'],
  ['greatest(price, rate, i)', 'decimal(13,3): 11.100'],
  ['if(i > 1, price, 0)', 'decimal(12,2): 11.10'],
  ['sqrt(CAST(16 AS DECIMAL(4, 0)))', 'number: 4'],
]

for (const [text, expected] of TABLE) test(`${text} is ${expected}`, () => assert.equal(told(text), expected))

test('without declared types literals are doubles and quotients are not cut off', () => {
  assert.equal(told('1 / 2', false), 'number: 0.5')
  assert.equal(told('big / 2', false), 'number: 4503599627370496')
  assert.equal(told('CAST(7 AS INT) / 2', false), 'number: 3.5')
})

test('DECIMAL is exact without declared types too', () => {
  assert.equal(told('CAST(0.1 AS DECIMAL(10, 1)) + CAST(0.2 AS DECIMAL(10, 1))', false), 'decimal(11,1): 0.3')
  assert.equal(told('price * 1.5', false), 'decimal(13,3): 16.650')
})

test('aggregates have the types of Flink where types are declared', () => {
  const typeOf = (text: string, isDeclared = true) =>
    bindAggregate(parseExpression(text, '--agg'), new OpenScope({ typed: TYPES, isDeclared })).result.type
  const types = [
    'count(*)',
    'sum(i)',
    'sum(big)',
    'sum(price)',
    'avg(i)',
    'avg(big)',
    'avg(price)',
    'avg(x)',
    'max(price)',
  ]
  assert.deepEqual(
    types.map((text) => typeOf(text)),
    ['bigint', 'int', 'bigint', 'decimal(38,2)', 'int', 'bigint', 'decimal(38,6)', 'number', 'decimal(10,2)'],
  )
  assert.equal(typeOf('var_pop(i)'), 'int')
  assert.equal(typeOf('count(*)', false), 'number')
  assert.equal(typeOf('avg(big)', false), 'number')
})
