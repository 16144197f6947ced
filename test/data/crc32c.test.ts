import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from '../../src/data/crc32c.ts'

test('the checksum is that of the standard', () => {
  assert.equal(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283)
})

test('the checksum is that of the definition, wherever the bytes begin', () => {
  const slow = (bytes: Uint8Array): number => {
    let crc = -1
    for (const byte of bytes) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return ~crc >>> 0
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), fc.nat(20), fc.nat(20), (bytes, shift, from) => {
      const within = Buffer.alloc(shift + bytes.length)
      within.set(bytes, shift)
      const view = within.subarray(shift)
      const start = Math.min(from, bytes.length)
      assert.equal(crc32c(view, start, view.length), slow(bytes.subarray(start)))
    }),
  )
})
