import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PageReader, PageWriter } from '../../src/data/page.ts'

test('every value comes back, also where the page grows in the middle of it', () => {
  // the first buffer has 4,096 bytes: each length before the last value puts another of its bytes at the border
  for (let before = 4_070; before <= 4_100; before += 1) {
    const page = new PageWriter()
    for (let i = 0; i < before; i += 1) page.u8(i & 255)
    page.u8(17)
    page.u32(4_000_000_000)
    page.f64(-0)
    page.text('grüße')
    page.u8(18)
    const read = new PageReader(page.bytes())
    for (let i = 0; i < before; i += 1) assert.equal(read.u8(), i & 255)
    assert.deepEqual([read.u8(), read.u32(), read.f64(), read.text(), read.u8()], [17, 4_000_000_000, -0, 'grüße', 18])
    assert.ok(read.isAtEnd)
  }
})

test('values in any order come back', () => {
  const item = fc.oneof(
    fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('f64' as const), value: fc.double() }),
    fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 400 }) }),
  )
  fc.assert(
    fc.property(fc.array(item, { maxLength: 300 }), (items) => {
      const page = new PageWriter()
      for (const one of items) {
        if (one.kind === 'u8') page.u8(one.value)
        else if (one.kind === 'f64') page.f64(one.value)
        else page.text(one.value)
      }
      const read = new PageReader(page.bytes())
      for (const { kind, value } of items) assert.deepEqual(read[kind](), value)
      assert.ok(read.isAtEnd)
    }),
    { numRuns: 50 },
  )
})
