import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compareValues, JsonText, jsonOf, keyTextOf, type Value } from '../../src/data/value.ts'
import { AGGREGATES } from '../../src/functions/aggregates/index.ts'
import { type Given, Groups, type Shape } from './aggregate-groups.ts'

type Pair = readonly [value: Value, by: Value]

interface Trial {
  readonly shape: Shape
  readonly given: fc.Arbitrary<Given>
  recount(all: readonly Given[]): Value
  /** Equal, or near enough. */
  agrees?(actual: Value, expected: Value): boolean
}

const texts = fc.constantFrom('', 'a', 'b', '"b', '[null', '{"a":1}', '\u{1F600}', 'null')
const scalars = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean(), texts, fc.constant(9007199254740993n))
const nested = fc.constantFrom('{"b":1,"a":2}', '{"a":2,"b":1}', '[null]', '[1]').map((text) => new JsonText(text))
const anything = fc.option(fc.oneof(scalars, nested), { nil: null })
const eighths = fc.integer({ min: -8e6, max: 8e6 }).map((n) => n / 8)
const numbers = fc.option(fc.oneof(fc.integer({ min: -9, max: 9 }), eighths), { nil: null })

const present = (all: readonly Given[]) => (all as readonly Value[]).filter((value) => value !== null)

function different(values: readonly Value[]): Value[] {
  const seen = new Map<string, Value>()
  for (const value of values) {
    const key = `${typeof value} ${keyTextOf(value)}`
    if (!seen.has(key)) seen.set(key, value)
  }
  return [...seen.values()]
}

const list = (values: readonly Value[]) => (values.length === 0 ? null : new JsonText(`[${values.map(jsonOf).join()}]`))

function pick(pairs: readonly Pair[], direction: 1 | -1): Value {
  let best: Pair | undefined
  for (const pair of pairs) {
    if (pair[1] === null) continue
    if (best === undefined || compareValues(pair[1], best[1]) * direction > 0) best = pair
  }
  return best?.[0] ?? null
}

function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
}

function spread(name: string, values: readonly number[]): Value {
  const divisor = name.endsWith('samp') ? values.length - 1 : values.length
  if (divisor <= 0) return null
  const variance = squares(values) / divisor
  return name.startsWith('stddev') ? Math.sqrt(variance) : variance
}

const isNear = (actual: Value, expected: Value) =>
  actual === expected ||
  Math.abs((actual as number) - (expected as number)) <= 1e-9 * Math.max(1, Math.abs(expected as number))

function percentileOf(values: readonly number[], share: number): Value {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return below + (place - Math.floor(place)) * (above - below)
}

const lists: Trial[] = [false, true].flatMap((distinct) => {
  const chosen = (values: readonly Value[]) => (distinct ? different(values) : values)
  return [
    {
      shape: { name: 'listagg', argument: 'any', distinct, constant: '; ' },
      given: fc.option(texts, { nil: null }),
      recount: (all) => (present(all).length === 0 ? null : chosen(present(all)).join('; ')),
    },
    {
      shape: { name: 'array_agg', argument: 'any', distinct },
      given: anything,
      recount: (all) => list(chosen(all as readonly Value[])),
    },
    {
      shape: { name: 'json_arrayagg', argument: 'any', distinct },
      given: anything,
      recount: (all) => list(chosen(present(all))),
    },
    {
      shape: { name: 'percentile', argument: 'any', distinct, constant: 0.3 },
      given: numbers,
      recount: (all) => percentileOf(chosen(present(all)) as number[], 0.3),
      agrees: isNear,
    },
  ]
})

const spreads: Trial[] = ['var_pop', 'var_samp', 'stddev_pop', 'stddev_samp'].flatMap((name) =>
  [false, true].map((distinct) => ({
    shape: { name, argument: 'number', distinct },
    given: numbers,
    recount: (all) => spread(name, (distinct ? different(present(all)) : present(all)) as number[]),
    agrees: isNear,
  })),
)

const picks: Trial[] = (['min_by', 'max_by'] as const).flatMap((name) => [
  {
    shape: { name, argument: 'any', by: 'any', distinct: false },
    given: fc.tuple(anything, fc.option(scalars, { nil: null })),
    recount: (all) => pick(all as readonly Pair[], name === 'min_by' ? -1 : 1),
  },
  {
    shape: { name, argument: 'string', by: 'number', distinct: false },
    given: fc.tuple(fc.option(texts, { nil: null }), numbers),
    recount: (all) => pick(all as readonly Pair[], name === 'min_by' ? -1 : 1),
  },
])

const TRIALS: readonly Trial[] = [
  ...lists,
  ...spreads,
  ...picks,
  {
    shape: { name: 'approx_count_distinct', argument: 'any', distinct: false },
    given: anything,
    recount: (all) => new Set(present(all).map((value) => `${typeof value} ${keyTextOf(value)}`)).size,
  },
  {
    shape: { name: 'approx_percentile', argument: 'number', distinct: false, constant: 0.7 },
    given: numbers,
    recount: (all) => {
      const sorted = (present(all) as number[]).toSorted((a, b) => a - b)
      return sorted[Math.floor((sorted.length - 1) * 0.7)] ?? null
    },
    agrees: (actual, expected) =>
      expected === null
        ? actual === null
        : Math.abs((actual as number) - (expected as number)) <= Math.abs(expected as number) * 0.010001 + 1e-300,
  },
]

const title = ({ name, argument, by, distinct }: Shape) =>
  `${name}(${distinct ? 'DISTINCT ' : ''}${argument}${by ? `, ${by}` : ''})`

function assertAgrees(trial: Trial, actual: Value, all: readonly Given[]): void {
  const expected = trial.recount(all)
  const isSame = (a: Value, b: Value) =>
    typeof a === typeof b && (a === null) === (b === null) && jsonOf(a) === jsonOf(b)
  assert.ok(
    (trial.agrees ?? isSame)(actual, expected),
    `${actual && jsonOf(actual)} for ${expected && jsonOf(expected)}`,
  )
}

const textOfGiven = (given: Given) =>
  Array.isArray(given)
    ? given.map((v) => `${typeof v} ${keyTextOf(v)}`).join()
    : `${typeof given} ${keyTextOf(given as Value)}`

describe('aggregates equal a recount', () => {
  for (const trial of TRIALS)
    for (const retractable of [false, true])
      test(`${title(trial.shape)}${retractable ? ', retractable' : ''}: slices merged in order, a checkpoint in between`, () => {
        const slices = fc.array(fc.array(trial.given, { maxLength: 12 }), { minLength: 1, maxLength: 4 })
        const property = fc.property(slices, trial.given, (slices, more) => {
          const groups = new Groups(trial.shape, retractable)
          for (const [i, slice] of slices.entries()) groups.add(i + 1, slice)
          for (const i of slices.keys()) {
            const before = groups.result(i + 1)
            groups.merge(0, i + 1)
            assert.deepEqual(groups.result(i + 1), before)
          }
          assertAgrees(trial, groups.result(0), slices.flat())
          assert.ok(groups.keepsToItself())
          groups.move(0, 6)
          assert.deepEqual(groups.result(6), groups.result(0))
          groups.add(6, [more])
          groups.add(0, [more])
          assert.deepEqual(groups.result(6), groups.result(0))
          assertAgrees(trial, groups.result(6), [...slices.flat(), more])
        })
        fc.assert(property, { numRuns: 60 })
      })
})

describe('retractable aggregates', () => {
  for (const trial of TRIALS)
    test(`${title(trial.shape)} equals a recount of what remains, and nothing remains of nothing`, () => {
      const property = fc.property(
        fc.array(trial.given, { maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (all, choices) => {
          const groups = new Groups(trial.shape, true)
          groups.add(1, all)
          const left = [...all]
          for (let i = all.length >> 1; i > 0; i -= 1) {
            const taken = left[choices.next().value! % left.length]!
            groups.retract(1, taken)
            left.splice(
              left.findIndex((given) => textOfGiven(given) === textOfGiven(taken)),
              1,
            )
          }
          // The first arrival of a value that came twice decides its place also after it was taken away.
          if (!trial.shape.distinct || !trial.shape.name.match(/agg$/)) assertAgrees(trial, groups.result(1), left)
          groups.move(1, 2)
          assert.deepEqual(groups.result(2), groups.result(1))
          for (const given of left) groups.retract(2, given)
          assert.ok(groups.isInitial(2))
          assert.deepEqual(groups.result(2), trial.recount([]))
        },
      )
      fc.assert(property, { numRuns: 60 })
    })

  test('a variance keeps no trace of what was taken from it, whatever its size', () => {
    const groups = new Groups({ name: 'var_pop', argument: 'number', distinct: false }, true)
    groups.add(0, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
    assert.equal(groups.result(0), 22.5)
    for (const [value, expected] of [
      [1e14, undefined],
      [1e200, Infinity],
      [Infinity, Number.NaN],
    ] as const) {
      groups.add(0, [value])
      if (expected !== undefined) assert.equal(groups.result(0), expected)
      groups.retract(0, value)
      assert.equal(groups.result(0), 22.5)
    }
  })

  test('a variance far from 0 loses no digits', () => {
    for (const retractable of [false, true]) {
      const groups = new Groups({ name: 'var_samp', argument: 'number', distinct: false }, retractable)
      groups.add(0, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
      assert.equal(groups.result(0), 30)
    }
  })
})

describe('approximations keep to their bounds', () => {
  test('approx_percentile is within 1 % of the number of that rank, over twelve powers of ten and both signs', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => {
      const size = 10 ** (((i * 7919) % 20_011) / 1667 - 6)
      return i % 3 === 0 ? -size : size
    })
    const shares = [0, 0.001, 0.25, 0.333, 0.5, 0.9, 0.999, 1]
    const constant = new JsonText(JSON.stringify(shares))
    const groups = new Groups({ name: 'approx_percentile', argument: 'number', distinct: false, constant }, false)
    groups.add(0, values)
    const results = (groups.result(0) as JsonText).parsed() as number[]
    const sorted = values.toSorted((a, b) => a - b)
    for (const [i, share] of shares.entries()) {
      const exact = sorted[Math.floor(share * (sorted.length - 1))]!
      assert.ok(Math.abs(results[i]! - exact) <= Math.abs(exact) * 0.0100001, `${results[i]} for ${exact}`)
    }
  })

  test('approx_percentile takes the ends of the doubles, infinities and NaN', () => {
    const values = [5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, Number.NaN, 0]
    const constant = new JsonText(JSON.stringify(values.map((_, i) => i / (values.length - 1))))
    const groups = new Groups({ name: 'approx_percentile', argument: 'number', distinct: false, constant }, true)
    groups.add(0, values)
    const lowest = Number.MAX_VALUE
    const text = (groups.result(0) as JsonText).text
    const results = JSON.parse(text) as (number | null)[]
    assert.deepEqual([results[0], results[5], results[6]], [null, null, null])
    assert.ok(Math.abs(results[1]! + lowest) <= lowest * 0.01 && Math.abs(results[4]! - lowest) <= lowest * 0.01)
    assert.deepEqual([results[2], results[3]], [0, 0])
  })

  test('approx_count_distinct is within three standard errors, by rows and by merging, in any order', () => {
    const shape: Shape = { name: 'approx_count_distinct', argument: 'any', distinct: false }
    for (const [count, make] of [
      [1000, (i: number) => i],
      [2049, (i: number) => `user-${i}`],
      [5000, (i: number) => i / 7],
      [30_000, (i: number) => `10.0.${i >> 8}.${i & 255}`],
      [60_000, (i: number) => 1e6 + i],
    ] as const) {
      const values = Array.from({ length: count }, (_, i) => make(i))
      const groups = new Groups(shape, false)
      groups.add(0, values.toReversed())
      groups.add(1, values.slice(0, count >> 1))
      groups.add(2, values.slice(count >> 2))
      groups.add(3, values.slice(0, 100))
      for (const from of [3, 2, 1]) groups.merge(4, from)
      const estimate = groups.result(0) as number
      assert.equal(groups.result(4), estimate)
      const bound = count <= 2048 ? 0.001 : 3 * 0.0081
      assert.ok(Math.abs(estimate - count) <= bound * count, `${estimate} for ${count}`)
      groups.move(4, 5)
      groups.add(5, values)
      assert.equal(groups.result(5), estimate)
    }
  })

  test('approx_count_distinct tells types apart and knows equal numbers', () => {
    const groups = new Groups({ name: 'approx_count_distinct', argument: 'any', distinct: false }, false)
    groups.add(0, [1, '1', true, 'true', 0, -0, 1n, 2n ** 60n, 2 ** 60, new JsonText('{"a":1,"b":2}')])
    groups.add(0, [new JsonText('{"b":2, "a":1.0}'), '{"a":1,"b":2}', null, Number.NaN, Number.NaN])
    assert.equal(groups.result(0), 9)
  })
})

describe('what percentile gives', () => {
  const of = (values: readonly Value[], constant: Value, retractable = false) => {
    const groups = new Groups({ name: 'percentile', argument: 'number', distinct: false, constant }, retractable)
    groups.add(0, values)
    return groups.result(0)
  }

  test('it interpolates as Flink does', () => {
    for (const retractable of [false, true]) {
      assert.equal(of([10, 20, 30, 40], 0.5, retractable), 25)
      assert.equal(of([10, 20, 30, 40], 0, retractable), 10)
      assert.equal(of([40, 10, 30, 20], 1, retractable), 40)
      assert.equal(of([1, 2, 3, 4, 5], 0.25, retractable), 2)
      assert.equal(of([1, 1, 1, 9], 0.9, retractable), (3 - 2.7) * 1 + (2.7 - 2) * 9)
      assert.deepEqual(of([1, 2, 3], new JsonText('[0.5, 1]'), retractable), new JsonText('[2,3]'))
      assert.equal(of([1, 2, 3], new JsonText('[]'), retractable), null)
    }
  })

  test('its type follows the share', () => {
    const { returns } = AGGREGATES.get('percentile')!
    assert.equal(returns('any', 0.5), 'number')
    assert.equal(returns('any', new JsonText('[0.5]')), 'any')
  })
})
