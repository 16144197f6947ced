import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewOf } from '../../src/data/key-bytes.ts'
import { stableHash } from '../../src/data/stable-hash.ts'

/** Published values of MurmurHash3_x86_32. */
const TABLE: readonly (readonly [text: string, seed: number, hash: number])[] = [
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['test', 0, 0xba6bd213],
  ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0, 0xc0363e43],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aa', 0x9747b28c, 0x5d211726],
  ['a', 0x9747b28c, 0x7fa09ea6],
]

test('hashes are those of MurmurHash3, wherever the bytes stand', () => {
  for (const [text, seed, hash] of TABLE) {
    const bytes = Buffer.from(`..${text}.`)
    assert.equal(stableHash(viewOf(bytes), 2, 2 + text.length, seed), hash, `${text} ${seed}`)
  }
})
