import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Column } from '../../src/data/column.ts'
import type { ColumnType } from '../../src/data/column-type.ts'
import { Decimal } from '../../src/data/decimal.ts'
import { JsonText, keyTextOf, type Value } from '../../src/data/value.ts'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'
import { KeptValues } from '../../src/functions/aggregates/kept-values.ts'
import { assertSame, Groups, recount } from './aggregate-groups.ts'

/** Sums of these are exact in any order, so that retracting can be compared with counting again. */
const wholes = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(-0), fc.integer())
const numbers = fc.oneof(wholes, fc.constantFrom(0.1, 0.2, 1e300, Infinity, -Infinity, Number.NaN))
const bigints = fc.oneof(
  wholes.map((n) => n + 0),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constant(9007199254740993n),
)
const decimals = fc.bigInt({ min: -500n, max: 10n ** 30n }).map((digits) => new Decimal(digits, 2))
const texts = fc.constantFrom('', 'a', 'b', '{"a":1}', '"{"a":1}', '[1]', '1', 'true', '\u{1F600}', '\uFFFD')
const scalars = fc.oneof(wholes, fc.boolean(), texts, fc.constant(9007199254740993n))
const nested = fc.constantFrom('{"a":1}', '[1]', '{"b":[2],"a":null}').map((text) => new JsonText(text))

const ARGUMENTS: readonly (readonly [ColumnType, fc.Arbitrary<Value>, readonly string[]])[] = [
  ['number', numbers, ['count', 'sum', 'avg', 'min', 'max', 'first_value', 'last_value']],
  ['timestamp', wholes, ['count', 'min', 'max', 'first_value', 'last_value']],
  ['interval', wholes, ['count', 'sum', 'avg', 'min', 'max', 'first_value', 'last_value']],
  ['bigint', bigints, ['count', 'sum', 'min', 'max', 'first_value', 'last_value']],
  ['decimal(38,2)', decimals, ['count', 'sum', 'min', 'max', 'first_value', 'last_value']],
  ['string', texts, ['count', 'min', 'max', 'first_value', 'last_value']],
  ['boolean', fc.boolean(), ['count', 'min', 'max', 'first_value', 'last_value']],
  ['any', fc.oneof(wholes, fc.constant(2n ** 60n + 1n)), ['sum', 'avg']],
  ['any', scalars, ['min', 'max']],
  ['any', fc.oneof(scalars, nested), ['count', 'first_value', 'last_value']],
]

const SHAPES = ARGUMENTS.flatMap(([argument, values, names]) =>
  names.flatMap((name) =>
    (AGGREGATES.get(name)!.takesDistinct ? [false, true] : [false]).map((distinct) => ({
      shape: { name, argument, distinct },
      title: `${name}(${distinct ? 'DISTINCT ' : ''}${argument})`,
      values: fc.array(fc.option(values, { nil: null, freq: 5 }), { maxLength: 30 }),
    })),
  ),
)

/** Values whose sum does not depend on the order they are added in. */
const isExact = (values: readonly Value[]) =>
  values.every((value) => typeof value !== 'number' || Number.isInteger(value) || value === 0)

describe('aggregates equal a recount', () => {
  for (const { shape, title, values } of SHAPES)
    for (const retractable of [false, true])
      test(`${title}${retractable ? ', retractable' : ''}: rows in slices that are merged in order`, () => {
        const property = fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (slices) => {
          const exact = slices.flat()
          fc.pre(slices.length === 1 || isExact(exact) || !['sum', 'avg'].includes(shape.name))
          fc.pre(
            !['avg', 'sum'].includes(shape.name) ||
              shape.argument !== 'any' ||
              exact.every((v) => typeof v !== 'bigint') ||
              slices.length === 1,
          )
          const groups = new Groups(shape, retractable)
          for (const [i, slice] of slices.entries()) groups.add(i + 1, slice)
          for (const i of slices.keys()) {
            const before = groups.result(i + 1)
            groups.merge(0, i + 1)
            assertSame(groups.result(i + 1), before)
          }
          assertSame(groups.result(0), recount(shape, slices.flat()))
          assert.ok(groups.keepsToItself())
        })
        fc.assert(property, { numRuns: 60 })
      })
})

/** Takes away, of the values, the oldest that equals each retracted one. */
function without(values: readonly Value[], retracted: readonly Value[]): Value[] {
  const left = [...values]
  for (const value of retracted) {
    const at = left.findIndex((other) => keyTextOf(other) === keyTextOf(value) && typeof other === typeof value)
    left.splice(at, 1)
  }
  return left
}

describe('retractable aggregates', () => {
  for (const { shape, title, values } of SHAPES)
    test(`${title} equals a recount of what remains, also after a checkpoint, and nothing remains of nothing`, () => {
      const property = fc.property(values, fc.infiniteStream(fc.nat()), (all, choices) => {
        const rows =
          shape.name === 'sum' || shape.name === 'avg'
            ? all.filter((v) => v === null || Number.isSafeInteger(v) || shape.argument === 'bigint')
            : all
        const groups = new Groups(shape, true)
        groups.add(1, rows)
        const order = rows.map((value) => ({ value, by: choices.next().value! })).toSorted((a, b) => a.by - b.by)
        const half = order.slice(0, order.length >> 1).map(({ value }) => value)
        for (const value of half) groups.retract(1, value)
        const left = without(rows, half)
        if (shape.distinct && shape.name !== 'count')
          assert.equal(groups.result(1) === null, recount(shape, left) === null)
        assertSame(groups.result(1), recount(shape, left))
        groups.move(1, 2)
        assertSame(groups.result(2), recount(shape, left))
        groups.add(2, half)
        for (const { value } of order) groups.retract(2, value)
        assertSame(groups.result(2), recount(shape, []))
        assert.ok(groups.isInitial(2))
      })
      fc.assert(property, { numRuns: 60 })
    })

  test('a sum keeps no trace of what was taken from it', () => {
    const groups = new Groups({ name: 'sum', argument: 'number', distinct: false }, true)
    groups.add(0, [0.1, 0.2, Infinity, Number.NaN, -Infinity])
    assert.equal(groups.result(0), Number.NaN)
    groups.retract(0, Number.NaN)
    assert.equal(groups.result(0), Number.NaN)
    groups.retract(0, Infinity)
    assert.equal(groups.result(0), -Infinity)
    groups.retract(0, -Infinity)
    groups.retract(0, 0.2)
    assert.equal(groups.result(0), 0.1)
  })

  test('without a retraction a sum is bit for bit that of the append-only form', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const [plain, retractable] = [false, true].map((form) => {
          const groups = new Groups({ name: 'sum', argument: 'number', distinct: false }, form)
          groups.add(0, values)
          return groups.result(0)
        })
        assert.equal(retractable, plain)
      }),
    )
  })

  test('MIN does not look through its values at each of forty thousand changes', () => {
    const groups = new Groups({ name: 'min', argument: 'number', distinct: false }, true)
    const value = (i: number) => (i * 7919) % 20011
    for (let i = 0; i < 20000; i += 1) groups.add(0, [value(i)])
    const started = performance.now()
    for (let i = 20000; i < 60000; i += 1) {
      groups.add(0, [value(i)])
      groups.retract(0, value(i - 20000))
      groups.result(0)
    }
    assert.ok(performance.now() - started < 4000)
  })

  test('MIN forgets values that come and go behind the least', () => {
    const kept = new KeptValues((a, b) => a < b)
    kept.add(0)
    for (let i = 1; i <= 10000; i += 1) {
      kept.add(i)
      kept.retract(i)
      kept.add(5000.5)
      kept.retract(5000.5)
    }
    assert.equal(kept.first(), 0)
    assert.ok(kept.held < 100)
  })
})

describe('append-only aggregates', () => {
  for (const { shape, title, values } of SHAPES)
    test(`${title} goes on after a checkpoint as if there had been none`, () => {
      const property = fc.property(values, values, (before, after) => {
        const groups = new Groups(shape, false)
        groups.add(0, before)
        groups.move(0, 2)
        groups.add(0, after)
        groups.add(2, after)
        const [straight, resumed] = [groups.result(0), groups.result(2)]
        if (typeof straight === 'number') assert.ok(Object.is(straight, resumed))
        else assertSame(resumed, straight)
      })
      fc.assert(property, { numRuns: 40 })
    })

  test('first_value and last_value keep -0, NaN and infinities as they are', () => {
    for (const value of [-0, Number.NaN, Infinity, -Infinity, 5e-324])
      for (const [name, argument] of [
        ['first_value', 'number'],
        ['last_value', 'any'],
      ] as const)
        for (const retractable of [false, true]) {
          const groups = new Groups({ name, argument, distinct: false }, retractable)
          groups.add(0, [null, value, null])
          groups.move(0, 1)
          assert.ok(Object.is(groups.result(1), value))
        }
  })

  test('count(*) counts rows, whatever they hold, and takes them back', () => {
    const accumulator = AGGREGATES.get('count')!.create({ argument: 'any', distinct: false, retractable: true })
    const rows = { numbers: new Float64Array(3), stride: 1, objects: [] }
    const at = { number: 0, object: 0 }
    accumulator.add(rows, at, new Int32Array([0, -1, 2, 2]), [], 0, 4)
    accumulator.retract!(rows, at, 2, [], 0)
    assert.deepEqual([...rows.numbers], [1, 0, 1])
  })
})

describe('types of aggregates', () => {
  test('each says what it gives for what it takes', () => {
    const table = ARGUMENTS.flatMap(([argument, , names]) =>
      names.map((name) => `${name} ${argument} ${AGGREGATES.get(name)!.returns(argument)}`),
    )
    assert.ok(table.includes('sum any number'))
    assert.ok(table.includes('sum bigint bigint'))
    assert.ok(table.includes('avg interval interval'))
    assert.ok(table.includes('max timestamp timestamp'))
    assert.ok(table.includes('count string number'))
    for (const [argument, , names] of ARGUMENTS)
      for (const name of names) {
        const fn = AGGREGATES.get(name)!
        assert.equal(fn.refuses?.(argument), undefined)
        assert.equal(fn.create({ argument, distinct: false, retractable: false }).type, fn.returns(argument))
      }
  })

  test('SUM and AVG refuse what is never a number, by its type or row by row', () => {
    assert.equal(AGGREGATES.get('sum')!.refuses!('timestamp'), 'sum takes numbers, not a timestamp')
    assert.equal(AGGREGATES.get('avg')!.refuses!('string'), 'avg takes numbers, not a string')
    assert.equal(AGGREGATES.get('sum')!.castTo, 'DOUBLE')
    const column = new Column('any', 'plain', 6)
    for (const [i, value] of [1, 2n ** 64n, null, '12', true, new JsonText('{}')].entries()) column.set(i, value)
    const { refuse } = AGGREGATES.get('sum')!.create({ argument: 'any', distinct: false, retractable: false })
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((i) => refuse!([column], i)),
      [
        undefined,
        undefined,
        undefined,
        'sum takes numbers, not a string',
        'sum takes numbers, not a boolean',
        'sum takes numbers, not an object',
      ],
    )
  })

  test('MIN and MAX refuse arrays and objects', () => {
    const column = new Column('any', 'plain', 2)
    column.set(0, 'a')
    column.set(1, new JsonText('[1]'))
    const { refuse } = AGGREGATES.get('max')!.create({ argument: 'any', distinct: false, retractable: true })
    assert.equal(refuse!([column], 0), undefined)
    assert.equal(refuse!([column], 1), 'max takes numbers, strings and booleans, not an array')
  })

  test('numeric columns need no objects, so that their groups are nothing but doubles', () => {
    for (const name of ['count', 'sum', 'avg', 'min', 'max', 'first_value', 'last_value'])
      assert.equal(
        AGGREGATES.get(name)!.create({ argument: 'number', distinct: false, retractable: false }).objectCount,
        0,
      )
  })
})
