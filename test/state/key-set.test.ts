import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyBytesOf } from '../../src/data/key-bytes.ts'
import { KeySet } from '../../src/state/key-set.ts'
import { Checkpoints } from './structure-harness.ts'

const keyOf = (text: string) => keyBytesOf(Buffer.from(text))

const setOf = (within: number | null, keepFor: number) => new KeySet({ name: 'keys', within, keepFor })

test('a key set answers as one that forgets nothing would, for rows that its expiry allows, across restarts', async () => {
  const anyStep = fc.record({
    key: fc.constantFrom('"a"', '"b"', ''),
    time: fc.integer({ min: -50, max: 200 }),
    watermark: fc.integer({ min: -100, max: 200 }),
    restart: fc.boolean(),
    slack: fc.constantFrom(0, 5, 60),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { maxLength: 60 }),
      fc.constantFrom(1, 3, 10, 50),
      fc.constantFrom(0, 20),
      fc.boolean(),
      async (steps, within, allowed, doHashesCollide) => {
        const anyKeyOf = (text: string) => (doHashesCollide ? { ...keyOf(text), hash: text.length } : keyOf(text))
        const checkpoints = new Checkpoints()
        let set = setOf(within, within + allowed)
        const kept: { key: string; time: number }[] = []
        let watermark = -Infinity
        for (const step of steps) {
          watermark = Math.max(watermark, step.watermark - step.slack)
          set.expire(watermark)
          if (step.time + allowed > watermark) {
            const isNew = !kept.some(({ key, time }) => key === step.key && Math.abs(time - step.time) < within)
            assert.equal(set.admit(anyKeyOf(step.key), step.time, watermark), isNew)
            if (isNew) kept.push({ key: step.key, time: step.time })
          }
          const keepFor = within + allowed
          const live = kept.filter(({ time }) => time + keepFor > watermark).length
          const generation = Math.ceil(keepFor / 8)
          const most = kept.filter(({ time }) => time + keepFor + generation > watermark).length
          assert.ok(set.entries >= live && set.entries <= most, `${live} <= ${set.entries} <= ${most}`)
          if (!step.restart || doHashesCollide) continue // what is restored has its own hashes
          await checkpoints.take(set)
          const entries = set.entries
          set = await checkpoints.restoreInto(setOf(within, keepFor))
          assert.equal(set.entries, entries)
        }
        set.expire(Infinity)
        assert.equal(set.entries, 0)
        await checkpoints.take(set)
        assert.equal(checkpoints.store.size, 0)
      },
    ),
    { numRuns: 500 },
  )
})

test('a checkpoint writes what was added since the last one, not what is kept', async () => {
  const checkpoints = new Checkpoints()
  const set = setOf(1000, 1000)
  for (let i = 0; i < 10_000; i += 1) set.admit(keyOf(`"${i}"`), 0, -Infinity)
  assert.equal((await checkpoints.take(set)).length, 10)
  assert.equal((await checkpoints.take(set)).length, 0)
  set.admit(keyOf('"new"'), 0, -Infinity)
  assert.equal((await checkpoints.take(set)).length, 1)
  const restored = await checkpoints.restoreInto(setOf(1000, 1000))
  assert.equal(restored.entries, 10_001)
  for (let i = 0; i < 1000; i += 1) restored.admit(keyOf(`"later ${i}"`), 0, -Infinity)
  assert.equal((await checkpoints.take(restored)).length, 2)
  assert.equal((await checkpoints.restoreInto(setOf(1000, 1000))).entries, 11_001)
})

test('entries restored under another lateness are kept and written anew', async () => {
  const checkpoints = new Checkpoints()
  const set = setOf(1000, 1000)
  for (let i = 0; i < 3000; i += 1) set.admit(keyOf(`"${i}"`), i, -Infinity)
  await checkpoints.take(set)
  const wider = await checkpoints.restoreInto(setOf(1000, 50_000))
  assert.equal(wider.entries, 3000)
  await checkpoints.take(wider)
  wider.admit(keyOf('"new"'), 3000, -Infinity)
  await checkpoints.take(wider)
  const again = await checkpoints.restoreInto(setOf(1000, 50_000))
  assert.equal(again.entries, 3001)
  assert.equal(again.admit(keyOf('"7"'), 1006, -Infinity), false)
  assert.equal(again.admit(keyOf('"7"'), 1007, -Infinity), true)
})

test('memory follows the live keys, down as well as up', () => {
  const set = setOf(100, 100)
  for (let i = 0; i < 300_000; i += 1) {
    set.expire(i)
    assert.equal(set.admit(keyOf(`"${i}"`), i, -Infinity), true)
  }
  assert.ok(set.entries <= 113 && set.capacity <= 1024, `${set.entries} entries, room for ${set.capacity}`)
  for (let i = 0; i < 50_000; i += 1) set.admit(keyOf(`"${i}"`), 400_000, -Infinity)
  for (let i = 0; i < 100; i += 1) set.admit(keyOf(`"${i}"`), 500_000, -Infinity)
  set.expire(450_000)
  assert.equal(set.entries, 100)
  assert.ok(set.capacity <= 1024)
  assert.equal(set.admit(keyOf('"5"'), 500_000, -Infinity), false)
  assert.equal(set.admit(keyOf('"5"'), 500_100, -Infinity), true)
  assert.equal(set.admit(keyOf('"x"'), 500_000, -Infinity), true)
})

test('many times of one key cost no more than many keys', () => {
  const set = setOf(1, 100_000)
  const start = performance.now()
  for (let i = 0; i < 200_000; i += 1) {
    set.expire(i)
    set.admit(keyOf('"a"'), i, -Infinity)
  }
  assert.ok(performance.now() - start < 2000)
})
