import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NaturalOrder } from '../../src/base/natural-order.ts'

test('rows come out by their keys, rows with equal keys as they went in', () => {
  const anyKeys = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(-Infinity, 2 ** 53, 0.5)))
  fc.assert(
    fc.property(anyKeys, (keys) => {
      const rows = Int32Array.from(keys.keys())
      const order = new NaturalOrder(rows, Float64Array.from(keys))
      for (let passes = 0; !order.step(); passes += 1) assert.ok(2 ** passes < keys.length)
      assert.deepEqual(
        [...order.rows],
        [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b),
      )
    }),
  )
})

test('a million rows in a few sorted pieces take a few passes', () => {
  const length = 1_000_000
  const keys = Float64Array.from({ length }, (_, i) => (i % 250_000) * 4 + Math.floor(i / 250_000))
  const order = new NaturalOrder(Int32Array.from(keys.keys()), keys)
  let passes = 1
  while (!order.step()) passes += 1
  assert.equal(passes, 2)
  assert.ok(order.rows.every((row, i) => keys[row] === i))
})
