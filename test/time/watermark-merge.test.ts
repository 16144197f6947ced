import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WatermarkMerge } from '../../src/time/watermark-merge.ts'

test('an input that has not spoken holds the others back', () => {
  const merge = new WatermarkMerge(2)
  assert.equal(merge.advance(0, 10), -Infinity)
  assert.equal(merge.advance(1, 5), 5)
  assert.equal(merge.advance(1, 20), 10)
})

test('an idle input leaves the minimum, and does not pull it back when it wakes up', () => {
  const merge = new WatermarkMerge(2)
  merge.advance(0, 10)
  assert.equal(merge.setIdle(1, true), 10)
  assert.equal(merge.setIdle(1, false), 10)
  assert.equal(merge.advance(1, 3), 10)
  assert.equal(merge.advance(0, 50), 10)
  assert.equal(merge.advance(1, 30), 30)
})

test('when all are idle it holds still', () => {
  const merge = new WatermarkMerge(2)
  merge.advance(0, 10)
  merge.advance(1, 5)
  merge.setIdle(1, true)
  assert.equal(merge.setIdle(0, true), 10)
  assert.equal(merge.raise(12), 12)
  assert.equal(merge.raise(11), 12)
})

test('a finished input does not end the others, idle or not', () => {
  const merge = new WatermarkMerge(2)
  merge.advance(0, 10)
  assert.equal(merge.finish(1), 10)
  assert.equal(merge.setIdle(0, true), 10)
  assert.equal(merge.finish(0), Infinity)
})

test('a merge goes on from what it saved', () => {
  const merge = new WatermarkMerge(2)
  merge.advance(0, 10)
  merge.advance(1, 5)
  merge.raise(7)
  const restored = new WatermarkMerge(2)
  restored.restore(merge.save())
  assert.equal(restored.current, 7)
  assert.equal(restored.advance(1, 9), 9)
  assert.equal(restored.advance(1, 20), 10)
})

/** The definition, counted anew from all that happened. */
class NaiveMerge {
  readonly own: number[]
  readonly idle: boolean[]
  current = -Infinity

  constructor(count: number) {
    this.own = new Array(count).fill(-Infinity)
    this.idle = new Array(count).fill(false)
  }

  update(): number {
    const unfinished = this.own.map((w, i) => ({ w, idle: this.idle[i] })).filter(({ w }) => w !== Infinity)
    const active = unfinished.filter(({ idle }) => !idle)
    if (unfinished.length === 0) this.current = Infinity
    else if (active.length > 0) this.current = Math.max(this.current, Math.min(...active.map(({ w }) => w)))
    return this.current
  }
}

test('the merge equals its definition and never goes back', () => {
  const step = fc.record({
    input: fc.nat(2),
    action: fc.oneof(
      { weight: 10, arbitrary: fc.integer({ min: -50, max: 50 }) },
      { weight: 4, arbitrary: fc.constantFrom('idle' as const, 'active' as const) },
      { weight: 1, arbitrary: fc.constantFrom('finish' as const, 'nothing' as const) },
    ),
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 60 }), (count, steps) => {
      const merge = new WatermarkMerge(count)
      const naive = new NaiveMerge(count)
      let last = -Infinity
      for (const { input: any, action } of steps) {
        const input = any % count
        if (typeof action === 'number') naive.own[input] = Math.max(naive.own[input]!, action)
        if (action === 'finish') naive.own[input] = Infinity
        if (action === 'idle' || action === 'active') naive.idle[input] = action === 'idle'
        const merged =
          action === 'finish'
            ? merge.finish(input)
            : action === 'nothing'
              ? merge.advance(input, NaN)
              : typeof action === 'number'
                ? merge.advance(input, action)
                : merge.setIdle(input, action === 'idle')
        assert.equal(merged, naive.update())
        assert.equal(merge.current, merged)
        assert.ok(merged >= last)
        last = merged
      }
    }),
  )
})
