import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../src/time/clock.ts'
import { IdleTracker } from '../../src/time/idle.ts'
import { WatermarkMerge } from '../../src/time/watermark-merge.ts'

function setUp(inputs: number) {
  const clock = new FakeClock()
  const merge = new WatermarkMerge(inputs)
  const tracker = new IdleTracker(clock, merge, 1000)
  return { clock, merge, tracker }
}

test('an input silent for the timeout no longer holds the others back', () => {
  const { clock, merge, tracker } = setUp(2)
  merge.advance(0, 5000)
  tracker.startWaiting(1)
  assert.equal(tracker.msUntilTick(), 1000)
  clock.advance(999)
  assert.equal(tracker.tick(), -Infinity)
  clock.advance(1)
  assert.equal(tracker.tick(), 5000)
  assert.equal(tracker.isAllIdle, false)
  merge.advance(0, 6000)
  assert.equal(merge.current, 6000)
  tracker.arrived(1)
  assert.equal(merge.isIdle(1), false)
  assert.equal(merge.advance(1, 100), 6000)
  assert.equal(merge.advance(0, 7000), 6000)
})

test('only time spent waiting for the source counts', () => {
  const { clock, merge, tracker } = setUp(1)
  merge.advance(0, 5000)
  tracker.startWaiting(0)
  clock.advance(600)
  tracker.stopWaiting(0)
  clock.advance(60_000)
  assert.equal(tracker.msUntilTick(), Infinity)
  assert.equal(tracker.tick(), 5000)
  tracker.startWaiting(0)
  clock.advance(399)
  assert.equal(tracker.tick(), 5000)
  assert.equal(tracker.isAllIdle, false)
  clock.advance(1)
  tracker.tick()
  assert.equal(tracker.isAllIdle, true)
})

test('when all are idle time goes on at the speed of the wall clock from where it stood', () => {
  const { clock, merge, tracker } = setUp(2)
  merge.advance(0, 5000)
  merge.advance(1, 9000)
  tracker.startWaiting(0)
  tracker.startWaiting(1)
  clock.advance(1000)
  assert.equal(tracker.tick(), 5000)
  assert.equal(tracker.msUntilTick(5300), 300)
  clock.advance(250.7)
  assert.equal(tracker.tick(), 5250)
  clock.advance(100)
  assert.equal(tracker.tick(), 5350)
})

test('a tick that comes too late still starts the clock at the moment of the timeout', () => {
  const { clock, merge, tracker } = setUp(1)
  merge.advance(0, 5000)
  tracker.startWaiting(0)
  clock.advance(1700)
  assert.equal(tracker.tick(), 5700)
})

test('a row ends the run of the clock, and the watermark does not go back', () => {
  const { clock, merge, tracker } = setUp(1)
  merge.advance(0, 5000)
  tracker.startWaiting(0)
  clock.advance(3000)
  assert.equal(tracker.tick(), 7000)
  tracker.arrived(0)
  assert.equal(merge.advance(0, 5500), 7000)
  clock.advance(500)
  assert.equal(tracker.tick(), 7000)
  tracker.startWaiting(0)
  clock.advance(999)
  assert.equal(tracker.tick(), 7000)
  clock.advance(2)
  assert.equal(tracker.tick(), 7001)
})

test('the clock stands still while we are not waiting', () => {
  const { clock, merge, tracker } = setUp(1)
  merge.advance(0, 0)
  tracker.startWaiting(0)
  clock.advance(1500)
  assert.equal(tracker.tick(), 500)
  tracker.stopWaiting(0)
  clock.advance(10_000)
  assert.equal(tracker.tick(), 500)
  tracker.startWaiting(0)
  clock.advance(100)
  assert.equal(tracker.tick(), 600)
})

test('a stream without any row has no time that could go on', () => {
  const { clock, tracker } = setUp(1)
  tracker.startWaiting(0)
  clock.advance(5000)
  assert.equal(tracker.tick(), -Infinity)
})

test('the end of the last active input does not make time jump by how long the others have been idle', () => {
  const { clock, merge, tracker } = setUp(2)
  merge.advance(0, 5000)
  merge.advance(1, 5000)
  tracker.startWaiting(0)
  clock.advance(60_000)
  tracker.tick()
  merge.finish(1)
  assert.equal(tracker.tick(), 5000)
  clock.advance(10)
  assert.equal(tracker.tick(), 5010)
})

test('the end of the input that tells the time does not make it jump either', () => {
  const { clock, merge, tracker } = setUp(2)
  merge.advance(0, 5000)
  merge.advance(1, 5000)
  tracker.startWaiting(0)
  clock.advance(60_000)
  tracker.startWaiting(1)
  tracker.tick()
  clock.advance(1100)
  assert.equal(tracker.tick(), 5100)
  merge.finish(1)
  assert.equal(tracker.tick(), 5100)
  clock.advance(10)
  assert.equal(tracker.tick(), 5110)
})

test('timers of the fake clock run in order, each at its moment', () => {
  const clock = new FakeClock(1_000_000)
  const seen: string[] = []
  clock.setTimer(20, () => seen.push(`b ${clock.now()}`))
  clock.setTimer(10, () => {
    seen.push(`a ${clock.now()}`)
    clock.setTimer(5, () => seen.push(`nested ${clock.now()}`))
  })
  const cancel = clock.setTimer(12, () => seen.push('cancelled'))
  cancel()
  clock.setTimer(40, () => seen.push('too early'))
  clock.advance(30)
  assert.deepEqual(seen, ['a 10', 'nested 15', 'b 20'])
  assert.equal(clock.now(), 30)
  assert.equal(clock.wallTime(), 1_000_030)
})
