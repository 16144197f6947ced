import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteSpool } from '../../src/data/byte-spool.ts'
import { viewOf } from '../../src/data/key-bytes.ts'

const stretch = fc.record({
  bytes: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 250, maxLength: 600 })),
  before: fc.nat(5),
  how: fc.constantFrom('append', 'appendFrom', 'appendLine'),
})
const spools = fc.record({
  capacity: fc.nat(100),
  stretches: fc.array(fc.array(stretch, { maxLength: 8 }), { maxLength: 4 }),
})

test('stretches stand one behind the other, whatever room there was, and again after each clear', () => {
  fc.assert(
    fc.property(spools, ({ capacity, stretches }) => {
      const spool = new ByteSpool(capacity)
      for (const some of stretches) {
        spool.clear()
        const expected: Buffer[] = []
        for (const { bytes, before, how } of some) {
          const from = Buffer.concat([Buffer.alloc(before, '<'), bytes, Buffer.from('>')])
          const end = before + bytes.length
          assert.equal(spool.hasRoom(bytes.length), spool.length + bytes.length <= spool.bytes.length)
          if (how === 'appendFrom') spool.appendFrom(from, viewOf(from), before, end)
          else spool[how](from, before, end)
          expected.push(Buffer.from(bytes), Buffer.from(how === 'appendLine' ? '\n' : ''))
        }
        const all = Buffer.concat(expected)
        assert.deepEqual(spool.bytes.subarray(0, spool.length), all)
        if (all.length > 0) assert.equal(spool.view.getUint8(all.length - 1), all.at(-1))
      }
    }),
  )
})
