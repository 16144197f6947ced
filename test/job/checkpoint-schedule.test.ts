import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Checkpointer } from '../../src/job/checkpoint.ts'
import { type CheckpointInterval, CheckpointSchedule } from '../../src/job/checkpoint-schedule.ts'
import { FakeClock } from '../../src/time/clock.ts'

function scheduled(interval: CheckpointInterval) {
  const clock = new FakeClock(1_000)
  const state = { begun: 0, isWriting: false, hasFailed: false, rows: 0, slow: [] as number[] }
  const checkpointer = {
    begin: () => {
      state.begun += 1
    },
    settle: async () => {
      state.isWriting = false
      if (state.hasFailed) throw new Error('the disk is full')
    },
    get isWriting() {
      return state.isWriting
    },
    get hasFailed() {
      return state.hasFailed
    },
  } as unknown as Checkpointer
  const schedule = new CheckpointSchedule(checkpointer, {
    interval,
    clock,
    rowsRead: () => state.rows,
    tooSlow: (ms) => state.slow.push(ms),
  })
  return { clock, state, schedule }
}

test('by time: due when the interval has passed since the last one began', async () => {
  const { clock, state, schedule } = scheduled({ kind: 'time', ms: 500 })
  assert.equal(schedule.isDue, false)
  assert.equal(schedule.wait, 500)
  clock.advance(499)
  assert.equal(schedule.isDue, false)
  assert.equal(schedule.wait, 1)
  clock.advance(1)
  assert.equal(schedule.isDue, true)
  await schedule.settle()
  await schedule.begin()
  assert.equal(state.begun, 1)
  assert.equal(schedule.isDue, false)
  assert.equal(schedule.wait, 500)
})

test('by rows: due when so many were read since the last one; the wall clock makes nothing due', async () => {
  const { clock, state, schedule } = scheduled({ kind: 'rows', rows: 100 })
  state.rows = 99
  clock.advance(1_000_000)
  assert.equal(schedule.isDue, false)
  assert.equal(schedule.wait, null)
  state.rows = 130
  assert.equal(schedule.isDue, true)
  await schedule.begin()
  state.rows = 229
  assert.equal(schedule.isDue, false)
  state.rows = 230
  assert.equal(schedule.isDue, true)
})

test('one that is due before the last one has ended waits for it, and that is said once', async () => {
  const { clock, state, schedule } = scheduled({ kind: 'time', ms: 10 })
  for (let i = 0; i < 3; i += 1) {
    clock.advance(15)
    state.isWriting = true
    await schedule.settle()
    assert.equal(state.isWriting, false)
    await schedule.begin()
  }
  assert.deepEqual(state.slow, [15])
  assert.equal(state.begun, 3)
})

test('one that went wrong makes the next one due at once, which tells', async () => {
  const { state, schedule } = scheduled({ kind: 'time', ms: 1_000_000 })
  state.hasFailed = true
  assert.equal(schedule.isDue, true)
  await assert.rejects(schedule.settle(), /the disk is full/)
})
