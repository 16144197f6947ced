import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Due, DueQueue } from '../../src/state/due-queue.ts'

test('entries come out by when they are due, then by arrival, however early or late they came', () => {
  const anyStep = fc.record({
    ahead: fc.oneof(
      fc.double({ min: -5, max: 300, noNaN: true }),
      fc.integer({ min: -5, max: 300 }),
      fc.constant(Infinity),
    ),
    forward: fc.oneof(fc.constant(0), fc.nat(40)),
  })
  fc.assert(
    fc.property(fc.array(anyStep), fc.constantFrom(1, 7.3, 1000), (steps, width) => {
      const queue = new DueQueue<Due>(width)
      let waiting: Due[] = []
      let watermark = -100
      const taken: Due[] = []
      const takeDue = () => {
        for (let due = queue.peek(watermark); due !== undefined; due = queue.peek(watermark)) {
          assert.equal(queue.pop(), due)
          taken.push(due)
        }
        const expected = waiting
          .filter(({ at }) => at <= watermark)
          .sort((a, b) => (a.at === b.at ? a.arrival - b.arrival : a.at - b.at))
        assert.deepEqual(taken.splice(0), expected)
        waiting = waiting.filter(({ at }) => at > watermark)
      }
      steps.forEach(({ ahead, forward }, arrival) => {
        const entry = { at: watermark + ahead, arrival }
        queue.push(entry)
        waiting.push(entry)
        watermark += forward
        if (forward % 2 === 0) takeDue()
      })
      watermark = Infinity
      takeDue()
      assert.equal(waiting.length, 0)
    }),
  )
})
