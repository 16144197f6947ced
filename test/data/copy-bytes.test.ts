import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyWords, RecentViews } from '../../src/data/copy-bytes.ts'
import { viewOf } from '../../src/data/key-bytes.ts'

test('stretches of every length are copied, and nothing beside them', () => {
  const from = Buffer.from(Array.from({ length: 64 }, (_, i) => i + 1))
  for (let start = 0; start < 4; start += 1) {
    for (let end = start; end <= from.length; end += 1) {
      const to = Buffer.alloc(80)
      copyWords(viewOf(from), start, end, viewOf(to), 5)
      const expected = Buffer.alloc(80)
      from.copy(expected, 5, start, end)
      assert.deepEqual(to, expected, `[${start}, ${end})`)
    }
  }
})

test('the view is always that of the buffer, in whatever turn they come', () => {
  const buffers = ['a', 'b', 'c'].map((text) => Buffer.from(text))
  const views = new RecentViews()
  for (const i of [0, 0, 1, 0, 1, 2, 0, 2, 1, 1, 0]) assert.equal(views.of(buffers[i]!).getUint8(0), buffers[i]![0])
  const first = views.of(buffers[0]!)
  views.of(buffers[1]!)
  assert.equal(views.of(buffers[0]!), first, 'that of one of two in turn is not made again')
})
