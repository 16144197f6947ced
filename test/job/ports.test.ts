import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch, rawLines, rawOffset } from '../../src/data/batch.ts'
import { newPort, relax } from '../../src/job/ports.ts'

test('lines of a batch whose maker must run ahead are copied: it may write over them', () => {
  const batch = new Batch([], 4)
  const raw = rawLines(4)
  batch.raw = raw
  raw.buffer = Buffer.from('gone\n{"a":1}\n{"a":22}\nbehind\n')
  raw.base = 1000
  raw.starts.set([5, 13])
  raw.ends.set([12, 21])
  raw.lines.set([7, 8])
  batch.length = 2
  let released = 0
  const [held, awaited] = [newPort(), newPort()]
  held.entries.push({ batch, from: 0, release: () => (released += 1) })
  assert.equal(relax([held, awaited]), true)
  assert.equal(released, 1)
  raw.buffer.fill('x')
  raw.starts.fill(0)
  const copy = held.entries[0]!.batch.raw!
  const texts = [0, 1].map((i) => copy.buffer.toString('utf8', copy.starts[i]!, copy.ends[i]! + 1))
  assert.deepEqual(texts, ['{"a":1}\n', '{"a":22}\n'])
  assert.deepEqual([rawOffset(copy, 0), rawOffset(copy, 1)], [1005, 1013])
  assert.deepEqual([...copy.lines], [7, 8])
  assert.equal(relax([held, awaited]), false, 'a copy is not copied again')
})
