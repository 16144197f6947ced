import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import type { ByteStream } from '../../src/sources/byte-stream.ts'
import { archiveError } from '../../src/sources/compression/archive-error.ts'
import { ContentStream } from '../../src/sources/compression/content-stream.ts'
import { XxHash64 } from '../../src/sources/compression/xxhash64.ts'
import { FileSource } from '../../src/sources/file.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-compressed-'))
after(() => fs.rmSync(folder, { recursive: true }))

/** Bytes in pieces of these sizes, over and over; every other one by a promise. */
class Pieces implements ByteStream {
  count = 0
  readonly #bytes: Buffer
  readonly #sizes: readonly number[]
  #at = 0

  constructor(bytes: Buffer, sizes: readonly number[] = [1 << 20]) {
    this.#bytes = bytes
    this.#sizes = sizes
  }

  read(into: Buffer, at: number): number | Promise<number> {
    const size = this.#sizes[this.count++ % this.#sizes.length]!
    const length = this.#bytes.copy(into, at, this.#at, Math.min(this.#at + size, this.#bytes.length))
    this.#at += length
    return this.count % 2 === 0 ? length : Promise.resolve(length)
  }

  async close(): Promise<void> {}
}

async function readAll(
  bytes: Buffer,
  { sizes, room = 4096, skip = 0 }: { sizes?: number[]; room?: number; skip?: number } = {},
) {
  const stream = new ContentStream(new Pieces(bytes, sizes), {
    word: "'a'",
    skip,
    refuse: (why) => new Error(why),
  })
  const into = Buffer.alloc(room)
  const parts: Buffer[] = []
  for (let length = await stream.read(into, 0); length > 0; length = await stream.read(into, 0))
    parts.push(Buffer.copyBytesFrom(into, 0, length))
  await stream.close()
  return Buffer.concat(parts)
}

const lines = (count: number, from = 0) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `{"n":${from + i},"text":"row ${(from + i) % 97}"}\n`).join(''))

const hasZstd = (() => {
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const zstd = (bytes: Buffer, ...flags: string[]) =>
  execFileSync('zstd', ['-qc', ...flags], { input: bytes, maxBuffer: 1 << 28 })
/** Made by zstd 1.5 of `lines(3)`, with a checksum. */
const SAMPLE_ZSTD = Buffer.from(
  'KLUv/QRYdQEANAJ7Im4iOjAsInRleHQiOiJyb3cgMCJ9CnsibiI6MTEyMiJ9CgMA4AggbnpMJ8nF21g=',
  'base64',
)

test('plain bytes come as they are, also those that begin like compressed ones', async () => {
  for (const text of ['', '{', '{"a":1}\n', 'PQ', 'P*M', '(', '(\xb5x', '\x1f', '\x1fx', '[1]', 'Price,Name\n1,2\n']) {
    const bytes = Buffer.from(text, 'latin1')
    for (const room of [1, 2, 3, 64]) assert.deepEqual(await readAll(bytes, { room, sizes: [1] }), bytes, text)
    assert.deepEqual(await readAll(bytes), bytes, text)
  }
})

test('gzip data of one or more members comes decompressed, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 5000 }),
      async (counts, sizes, room) => {
        const bytes = Buffer.concat(counts.map((count) => zlib.gzipSync(lines(count))))
        const wanted = Buffer.concat(counts.map((count) => lines(count)))
        assert.deepEqual(await readAll(bytes, { sizes, room }), wanted)
      },
    ),
    { numRuns: 30 },
  )
})

test('zeros behind gzip data are no data', async () => {
  assert.deepEqual(await readAll(Buffer.concat([zlib.gzipSync(lines(3)), Buffer.alloc(1024)])), lines(3))
})

test('zstd data of one or more frames comes decompressed, frames to skip are skipped', async () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5])
  const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
  const bytes = Buffer.concat([skippable, SAMPLE_ZSTD, empty, SAMPLE_ZSTD, skippable])
  const wanted = Buffer.concat([lines(3), lines(3)])
  for (const size of [1, 2, 3, 7, 1000]) assert.deepEqual(await readAll(bytes, { sizes: [size], room: 5 }), wanted)
})

test('zstd data of every level, with and without checksum, comes back', { skip: !hasZstd }, async () => {
  const text = lines(40_000)
  for (const flags of [['-1'], ['-3', '--no-check'], ['-19'], ['--long=24'], ['-3', '--no-content-size'], ['--fast=5']])
    assert.ok((await readAll(zstd(text, ...flags), { sizes: [65536] })).equals(text), flags.join(' '))
  assert.equal((await readAll(zstd(Buffer.alloc(0)))).length, 0)
  const zeros = Buffer.alloc(5_000_000)
  assert.ok((await readAll(zstd(zeros))).equals(zeros))
})

const fault = (compression: 'gzip' | 'zstd', kind: 'cut-short' | 'damaged') => (error: unknown) => {
  assert.ok(error instanceof TidemarkError)
  assert.equal(error.code, 'E_ARCHIVE')
  assert.match(error.message, kind === 'cut-short' ? new RegExp(`'a' is cut short: its ${compression}`) : /is damaged/)
  return true
}

test('data that is cut short anywhere is told, with the place', async () => {
  const gzip = zlib.gzipSync(lines(30))
  for (const end of [2, 10, 50, gzip.length - 1])
    await assert.rejects(readAll(gzip.subarray(0, end)), fault('gzip', 'cut-short'))
  for (let end = 4; end < SAMPLE_ZSTD.length; end += 1)
    await assert.rejects(readAll(SAMPLE_ZSTD.subarray(0, end)), fault('zstd', 'cut-short'))
  const second = Buffer.concat([SAMPLE_ZSTD, SAMPLE_ZSTD.subarray(0, 3)])
  await assert.rejects(readAll(second), /cut short: its zstd data stops at byte \d+/)
})

test('a flipped bit behind the header gives an error or the same bytes, never others', async () => {
  for (const [bytes, compression] of [
    [zlib.gzipSync(lines(3)), 'gzip'],
    [SAMPLE_ZSTD, 'zstd'],
  ] as const) {
    for (let i = 10; i < bytes.length; i += 1) {
      const damaged = Buffer.from(bytes)
      damaged[i]! ^= 1 << (i % 8)
      const read = await readAll(damaged).catch((error: unknown) => error)
      if (Buffer.isBuffer(read)) assert.ok(read.equals(lines(3)), `${compression} byte ${i}`)
      else assert.ok(read instanceof TidemarkError, `${compression} byte ${i}: ${read}`)
    }
  }
})

test('plain data behind compressed data is an error', async () => {
  await assert.rejects(readAll(Buffer.concat([zlib.gzipSync(lines(3)), lines(3)])), fault('gzip', 'damaged'))
  await assert.rejects(readAll(Buffer.concat([SAMPLE_ZSTD, lines(3)])), fault('zstd', 'damaged'))
})

test('what zstd data needs that we do not give is refused in words', async () => {
  const header = (descriptor: number, ...rest: number[]) =>
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, ...rest, 1, 0, 0])
  await assert.rejects(readAll(header(0, 0xb0)), /cannot be read: its window is larger than 128 MiB/)
  await assert.rejects(readAll(header(1, 0x20, 7)), /cannot be read: it was made with a dictionary/)
  assert.equal(
    archiveError("'a'", { compression: 'zstd', kind: 'unsupported', at: 0 }).details.hint,
    'unpack it outside: zstd -dc FILE | tidemark …',
  )
})

test('compressed bytes are asked for only when the decompressed ones are used up', async () => {
  const inner = new Pieces(zlib.gzipSync(Buffer.alloc(64 << 20, 'x\n')), [4096])
  const stream = new ContentStream(inner, { word: "'a'" })
  const into = Buffer.alloc(1 << 16)
  for (let i = 0; i < 10; i += 1) await stream.read(into, 0)
  // 4 KiB hold about 4 MiB of these; a few reads are the head's
  assert.ok(inner.count <= 4, `${inner.count} reads`)
  await stream.close()
})

test('XXH64 has the values of its specification', () => {
  const low = (bytes: Buffer, cut = bytes.length) => {
    const hash = new XxHash64()
    hash.update(bytes.subarray(0, cut))
    hash.update(bytes.subarray(cut))
    return hash.low32()
  }
  assert.equal(low(Buffer.from('')), 0x51d8e999)
  assert.equal(low(Buffer.from('abc')), 0xad770999)
  const long = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 7) & 255))
  for (const cut of [0, 1, 31, 32, 33, 500, 999]) assert.equal(low(long, cut), low(long))
})

test('a run goes on within a compressed file where the last one stopped', async () => {
  const name = path.join(folder, 'a.gz')
  const bytes = Buffer.concat([zlib.gzipSync(lines(20)), zlib.gzipSync(lines(20, 20))])
  fs.writeFileSync(name, bytes)
  const text = Buffer.concat([lines(20), lines(20, 20)])
  const resume = async (mark: unknown) => {
    const source = new FileSource([name])
    await source.open()
    const { offset } = await source.resume(JSON.parse(JSON.stringify(mark)))
    const parts: Buffer[] = []
    const into = Buffer.alloc(64)
    for (let read = await source.read(into, 0); read.kind === 'bytes'; read = await source.read(into, 0))
      parts.push(Buffer.copyBytesFrom(into, 0, read.length))
    await source.close()
    return { offset, rest: Buffer.concat(parts) }
  }
  const first = new FileSource([name])
  await first.open()
  await first.read(Buffer.alloc(100), 0)
  for (const line of [1, 3]) {
    const offset = text.indexOf(`{"n":${line},`)
    const mark = first.mark({ file: 0, offset, line: line + 1 })
    assert.deepEqual(await resume(mark), { offset, rest: text.subarray(offset) })
    fs.copyFileSync(name, `${name}.copy`)
  }
  const mark = first.mark({ file: 0, offset: text.indexOf('{"n":2,'), line: 3 })
  fs.writeFileSync(name, zlib.gzipSync(lines(1)))
  await assert.rejects(resume(mark), /E_SOURCE_CHANGED|are others now|was truncated/)
  await first.close()
})
