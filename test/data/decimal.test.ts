import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Column, setNumberText } from '../../src/data/column.ts'
import {
  compareDecimals,
  computeDecimal,
  Decimal,
  type DecimalOperator,
  decimalOf,
  fitDecimal,
  parseDecimal,
  resultShape,
} from '../../src/data/decimal.ts'
import { JsonReader, JsonWriter } from '../../src/data/json-values.ts'
import { PageReader, PageWriter } from '../../src/data/page.ts'
import { compareValues, keyTextOf, valuesEqual } from '../../src/data/value.ts'

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(20))
  .map(([digits, scale]) => new Decimal(digits, scale))

const read = (text: string) => parseDecimal(text)!

test('texts of JSON and SQL are read, others are not', () => {
  const told = ['11.10', '-0.05', '.5', '5.', '1e3', '1.5E-3', '+7', '00012'].map((text) => `${read(text)}`)
  assert.deepEqual(told, ['11.10', '-0.05', '0.5', '5', '1000', '0.0015', '7', '12'])
  for (const text of ['', '.', '-', 'x', '1,5', '0x10', '1e', 'NaN', '1 2'])
    assert.equal(parseDecimal(text), undefined, text)
})

test('a decimal reads back from its text', () => {
  fc.assert(fc.property(decimal, (value) => assert.deepEqual(read(`${value}`), value)))
})

test('what does not fit the scale rounds half away from zero, what does not fit the precision is NULL', () => {
  const fitted = (text: string) => `${fitDecimal(read(text), { precision: 4, scale: 2 })}`
  const texts = ['1', '1.005', '-1.005', '1.0049', '99.994', '99.995', '-99.995', '100']
  assert.deepEqual(texts.map(fitted), ['1.00', '1.01', '-1.01', '1.00', '99.99', 'null', 'null', 'null'])
})

test('sums, differences and products are exact, quotients are rounded, remainders have the sign of the dividend', () => {
  const compute = (a: string, operator: DecimalOperator, b: string) =>
    `${computeDecimal(operator, read(a), read(b), 6)}`
  assert.equal(compute('0.1', '+', '0.2'), '0.3')
  assert.equal(compute('1', '-', '0.01'), '0.99')
  assert.equal(compute('1.1', '*', '-1.1'), '-1.21')
  assert.equal(compute('2', '/', '3'), '0.666667')
  assert.equal(compute('-1', '/', '1.5'), '-0.666667')
  assert.equal(compute('1.0000000000', '/', '3'), '0.333333')
  assert.equal(compute('-7.5', '%', '2'), '-1.5')
  assert.equal(compute('1', '/', '0'), 'undefined')
  assert.equal(compute('1', '%', '0.00'), 'undefined')
})

test('results have the types of Flink', () => {
  const shape = (operator: DecimalOperator, [p1, s1]: [number, number], [p2, s2]: [number, number]) => {
    const { precision, scale } = resultShape(operator, { precision: p1, scale: s1 }, { precision: p2, scale: s2 })
    return [precision, scale]
  }
  assert.deepEqual(shape('+', [10, 2], [5, 3]), [12, 3])
  assert.deepEqual(shape('*', [10, 2], [5, 3]), [16, 5])
  assert.deepEqual(shape('/', [10, 2], [5, 3]), [19, 8])
  assert.deepEqual(shape('%', [10, 2], [5, 3]), [5, 3])
  assert.deepEqual(shape('*', [38, 18], [38, 18]), [38, 6])
  assert.deepEqual(shape('+', [38, 10], [38, 0]), [38, 6])
})

test('equal numbers are equal, share a key and keep one order, whatever holds them', () => {
  assert.equal(keyTextOf(read('1.10')), '1.1')
  assert.equal(keyTextOf(read('5.00')), '5')
  assert.equal(keyTextOf(read('0.12345678901234567890')), '0.1234567890123456789')
  assert.equal(keyTextOf(read('9007199254740993.0')), '9007199254740993')
  assert.equal(keyTextOf(read('0.0000001')), keyTextOf(1e-7))
  const number = fc.oneof(
    decimal,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: -9n, max: 9n }),
  )
  fc.assert(
    fc.property(number, number, (a, b) => {
      assert.equal(valuesEqual(a, b), keyTextOf(a) === keyTextOf(b))
      const exact = compareDecimals(decimalOf(a)!, decimalOf(b)!)
      assert.equal(valuesEqual(a, b), exact === 0)
      if (a instanceof Decimal || b instanceof Decimal) assert.equal(Math.sign(compareValues(a, b)), exact)
    }),
  )
})

test('NaN and the infinities have their places among decimals', () => {
  const one = read('1.0')
  assert.ok(compareValues(Number.NaN, one) > 0 && compareValues(one, Number.NaN) < 0)
  assert.ok(compareValues(Infinity, one) > 0 && compareValues(one, -Infinity) > 0)
  assert.equal(valuesEqual(Number.NaN, one), false)
})

test('checkpoints and savepoints keep the scale', () => {
  for (const text of ['1.10', '-0.000', '12345678901234567890.12345']) {
    const page = new PageWriter()
    page.value(read(text))
    assert.equal(`${new PageReader(page.bytes()).value()}`, `${read(text)}`)
    const json = new JsonWriter()
    json.value(read(text))
    assert.equal(`${new JsonReader(json.array()).value()}`, `${read(text)}`)
  }
})

test('a column that keeps digits reads fractions beyond a double exactly', () => {
  const column = new Column('any', 'plain', 3)
  column.keepsDigits = true
  for (const [i, text] of ['0.1234567890123456789', '17', '9007199254740993'].entries()) setNumberText(column, i, text)
  assert.deepEqual(
    [0, 1, 2].map((i) => `${column.value(i)}`),
    ['0.1234567890123456789', '17', '9007199254740993'],
  )
})
