import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  AFTER_ALL,
  BEFORE_ALL,
  isFinal,
  isLate,
  isRowLate,
  lastTimeOf,
  lateBy,
  rowLateBy,
  watermarkAfter,
} from '../../src/time/watermark.ts'
import {
  createWatermarkGenerator,
  ExplicitWatermark,
  type WatermarkStrategy,
} from '../../src/time/watermark-generator.ts'

test('a window [0, 10) with a delay of 3 is final at the row of time 13, not at 12', () => {
  assert.equal(isFinal(10, watermarkAfter(12, 3)), false)
  assert.equal(isFinal(10, watermarkAfter(13, 3)), true)
  assert.equal(lastTimeOf(10), 9)
  assert.equal(isFinal(10, AFTER_ALL), true)
  assert.equal(isFinal(-1e15, BEFORE_ALL), false)
})

test('lateness begins where the promise of the watermark ends', () => {
  const cases: readonly (readonly [end: number, allowed: number, watermark: number, late: boolean])[] = [
    [10, 0, 8, false],
    [10, 0, 9, true],
    [10, 5, 13, false],
    [10, 5, 14, true],
    [10, 0, BEFORE_ALL, false],
  ]
  for (const [end, allowed, watermark, late] of cases) assert.equal(isLate(end, allowed, watermark), late)
  assert.equal(isRowLate(9, 0, 9), true)
  assert.equal(isRowLate(10, 0, 9), false)
  assert.equal(isRowLate(9, 1, 9), false)
})

test('a delay longer by lateBy would have saved the row, one shorter would not', () => {
  const small = fc.integer({ min: -1000, max: 1000 })
  const size = fc.nat(50)
  fc.assert(
    fc.property(small, small, size, size, (time, maxSeen, delay, allowed) => {
      const watermark = watermarkAfter(maxSeen, delay)
      fc.pre(isLate(time, allowed, watermark) && isRowLate(time, allowed, watermark))
      const window = lateBy(time, allowed, watermark)
      const row = rowLateBy(time, allowed, watermark)
      assert.ok(window >= 1 && row >= 1)
      assert.equal(isLate(time, allowed, watermarkAfter(maxSeen, delay + window)), false)
      assert.equal(isLate(time, allowed, watermarkAfter(maxSeen, delay + window - 1)), true)
      assert.equal(isRowLate(time, allowed, watermarkAfter(maxSeen, delay + row)), false)
      assert.equal(isRowLate(time, allowed, watermarkAfter(maxSeen, delay + row - 1)), true)
    }),
  )
})

const run = (strategy: WatermarkStrategy, times: readonly number[]): number[] => {
  const generator = createWatermarkGenerator(strategy)
  return times.map((time) => generator.observe(time))
}

test('bounded delay follows the greatest time by the delay and 1 ms', () => {
  assert.deepEqual(run({ kind: 'bounded-delay', delay: 5 }, [10, 8, NaN, 12, -3]), [4, 4, 4, 6, 6])
  assert.deepEqual(run({ kind: 'bounded-delay', delay: 0 }, [NaN, -10, 0]), [-Infinity, -11, -1])
})

test('a periodic watermark moves only when event time moved by the step', () => {
  assert.deepEqual(run({ kind: 'periodic', delay: 0, step: 10 }, [1, 5, 10, 11, 20, 21]), [0, 0, 0, 10, 10, 20])
  assert.deepEqual(run({ kind: 'periodic', delay: 0, step: Infinity }, [1, 1e12]), [-Infinity, -Infinity])
})

test('the value of a watermark expression is taken as written', () => {
  assert.deepEqual(run({ kind: 'per-record' }, [10, 8, NaN, 12, -3]), [10, 10, 10, 12, 12])
})

test('the eager watermark is the one of Flink SQL: it starts at 0 and moves by more than the interval', () => {
  const strategy = { kind: 'eager', interval: 200 } as const
  assert.deepEqual(run(strategy, [-5, 0, 200, 201, 401, 402, NaN, 100]), [
    -Infinity,
    -Infinity,
    -Infinity,
    201,
    201,
    402,
    402,
    402,
  ])
})

test('an explicit watermark follows its script by the number of rows, and never back', () => {
  const script = [
    [0, 1],
    [2, 10],
    [3, 5],
    [3, Infinity],
  ] as const
  assert.deepEqual(run({ kind: 'explicit', script }, [NaN, 0, 0, 0]), [1, 10, Infinity, Infinity])
  const generator = new ExplicitWatermark(script.slice(0, 2))
  generator.restore(1, 1)
  assert.equal(generator.observe(0), 10)
})

const strategies = fc.oneof(
  fc.record({ kind: fc.constant('bounded-delay' as const), delay: fc.nat(50) }),
  fc.record({ kind: fc.constant('periodic' as const), delay: fc.nat(50), step: fc.nat(50) }),
  fc.constant({ kind: 'per-record' as const }),
  fc.record({ kind: fc.constant('eager' as const), interval: fc.nat(50) }),
)

test('no strategy ever goes back, and each goes on after a restore as if nothing had happened', () => {
  const time = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -200, max: 500 }) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  )
  fc.assert(
    fc.property(strategies, fc.array(time, { maxLength: 40 }), fc.nat(40), (strategy, times, cut) => {
      const whole = run(strategy, times)
      let last = -Infinity
      for (const watermark of whole) {
        assert.ok(watermark >= last)
        last = watermark
      }
      const before = createWatermarkGenerator(strategy)
      const first = times.slice(0, cut).map((t) => before.observe(t))
      const after = createWatermarkGenerator(strategy)
      after.restore(before.current)
      assert.equal(after.current, before.current)
      assert.deepEqual([...first, ...times.slice(cut).map((t) => after.observe(t))], whole)
    }),
  )
})

test('many rows at a time move the watermark as one by one', () => {
  const time = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -200, max: 500 }) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  )
  fc.assert(
    fc.property(strategies, fc.array(time, { maxLength: 40 }), fc.nat(40), (strategy, times, cut) => {
      const generator = createWatermarkGenerator(strategy)
      const told: number[] = []
      for (const part of [times.slice(0, cut), times.slice(cut)]) {
        const before = new Float64Array(part.length + 1).fill(7)
        assert.equal(generator.observeAll(Float64Array.from(part), part.length, before), generator.current)
        assert.equal(before[part.length], 7)
        told.push(...before.subarray(0, part.length))
      }
      assert.deepEqual([...told, generator.current].slice(1), run(strategy, times))
    }),
  )
})
