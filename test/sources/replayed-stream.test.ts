import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { LineReader } from '../../src/formats/lines.ts'
import type { ByteStream } from '../../src/sources/byte-stream.ts'
import { ReplayedStream, type ReplayPlace } from '../../src/sources/replayed-stream.ts'
import type { FilePlace, ReadResult, Source } from '../../src/sources/source.ts'

const BEGINNING: ReplayPlace = { offset: 0, line: 1, crc: 0 }

/** A pipe that hands out `chunk` bytes at the most, by promises or at once. */
function pipe(text: Buffer, chunk: number, isAsync = false): ByteStream {
  let at = 0
  return {
    read: (into, from) => {
      const length = text.copy(into, from, at, Math.min(at + chunk, text.length))
      at += length
      return isAsync ? Promise.resolve(length) : length
    },
    close: async () => {},
  }
}

/** One replayed pipe as the source of a job. */
class PipeSource implements Source {
  readonly current = '-'
  readonly isBounded = false
  readonly totalBytes = undefined
  readonly begin: ReplayPlace
  readonly #stream: ReplayedStream

  constructor(stream: ByteStream, begin: ReplayPlace) {
    this.begin = begin
    this.#stream = new ReplayedStream(stream, 'standard input', begin)
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}
  endFile(): void {}

  async read(into: Buffer, at: number, from?: number): Promise<ReadResult> {
    const length = await this.#stream.read(into, at, from)
    return length === 0 ? { kind: 'end' } : { kind: 'bytes', length }
  }

  mark({ offset, line }: FilePlace): ReplayPlace {
    return { offset, line, crc: this.#stream.crcAt(offset) }
  }

  async resume(): Promise<FilePlace> {
    return { file: 0, offset: this.begin.offset, line: this.begin.line }
  }
}

interface Reading {
  readonly chunk: number
  readonly begin?: ReplayPlace
  readonly lineLimit?: number
}

/** What was read, line by line (a line over the limit: its length), and a mark before each read and behind each line. */
async function read(text: Buffer, { chunk, begin = BEGINNING, lineLimit = 24 }: Reading) {
  const source = new PipeSource(pipe(text, chunk, chunk % 2 === 0), begin)
  let bytes = Buffer.alloc(0)
  const inputBuffer = (size: number, keep: number) => {
    if (bytes.length < size) bytes = Buffer.concat([bytes.subarray(0, keep), Buffer.alloc(size - keep)])
    return bytes
  }
  const reader = new LineReader({
    source,
    buffer: { inputBuffer },
    chunkBytes: 16,
    lineLimit,
    unterminated: 'leave',
  })
  if (begin !== BEGINNING) await reader.resume(null)
  const lines: string[] = []
  const marks: { readonly mark: ReplayPlace; readonly lines: number }[] = []
  const note = (mark: unknown) => marks.push({ mark: mark as ReplayPlace, lines: lines.length })
  for (;;) {
    const pending = reader.next()
    if (pending instanceof Promise) note(reader.mark(reader.position())) // a checkpoint while the pipe is waited for
    const some = await pending
    if (some === null) return { lines, marks }
    if (some.tooLong) lines.push(`${some.tooLong.line}@${some.tooLong.offset} ${some.tooLong.length} bytes`)
    let line = some.firstLine
    for (let at = some.from; at < some.to; line += 1) {
      const end = some.buffer.indexOf(0x0a, at)
      lines.push(`${line}@${some.base + at} ${some.buffer.toString('latin1', at, end)}`)
      at = end + 1
      note(reader.mark(reader.positionAt(at, line + 1)))
    }
  }
}

const refusal = async (text: Buffer, begin: ReplayPlace): Promise<string> => {
  const error = await read(text, { chunk: 7, begin }).then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(error instanceof TidemarkError, String(error))
  assert.equal(error.exitStatus, 6)
  return error.render()
}

const texts = fc
  .array(fc.oneof(fc.constantFrom('\n', 'one\n', '\r\n'), fc.string({ maxLength: 60, unit: 'binary-ascii' })), {
    maxLength: 20,
  })
  .map((parts) => Buffer.from(parts.join('')))
const chunks = fc.integer({ min: 1, max: 40 })

test('every place, also before a line that is too long, has the checksum of all before it, and is gone on from', async () => {
  await fc.assert(
    fc.asyncProperty(texts, chunks, chunks, async (text, chunk, other) => {
      const whole = await read(text, { chunk })
      for (const { mark, lines } of whole.marks) {
        assert.equal(mark.crc, crc32(text.subarray(0, mark.offset)), `at ${mark.offset}`)
        const rest = await read(text, { chunk: other, begin: mark })
        assert.deepEqual(rest.lines, whole.lines.slice(lines), `from ${mark.offset}`)
        assert.deepEqual(rest.marks.at(-1)!.mark, whole.marks.at(-1)!.mark)
      }
    }),
    { numRuns: 60 },
  )
})

test('a byte that is another, and a pipe that ends too soon, are refused', async () => {
  const text = Buffer.from('one\ntwo\nthree\n')
  const { marks } = await read(text, { chunk: 5 })
  const { mark } = marks.find(({ mark }) => mark.offset === 8)!
  for (let at = 0; at < 8; at += 1) {
    const other = Buffer.from(text)
    other[at]! ^= 1
    assert.equal(
      await refusal(other, mark),
      'tidemark: the first 8 bytes of standard input are not those that were read before [E_SOURCE_CHANGED]\n' +
        '  hint: --replay needs all that was read again, from its first byte; to begin anew: tidemark state reset',
    )
    assert.equal(
      await refusal(text.subarray(0, at), mark),
      `tidemark: standard input ended after ${at} bytes; 8 bytes of it were read before [E_SOURCE_CHANGED]\n` +
        '  hint: --replay needs all that was read again, from its first byte; to begin anew: tidemark state reset',
    )
  }
  assert.deepEqual((await read(text.subarray(0, 8), { chunk: 5, begin: mark })).lines, [])
})

test('a last line that had no newline may have got one, and may not have grown', async () => {
  const begin = { offset: 3, line: 2, crc: crc32('one') }
  assert.deepEqual((await read(Buffer.from('one'), { chunk: 2, begin })).lines, [])
  assert.deepEqual((await read(Buffer.from('one\ntwo\n'), { chunk: 2, begin })).lines.at(-1), '3@4 two')
  assert.match(await refusal(Buffer.from('ones\n'), begin), /^tidemark: line 1 of standard input has grown since/)
})

test('a byte order mark is passed over with what follows it', async () => {
  const text = Buffer.from('\ufeffone\n')
  const begin = { offset: 3, line: 1, crc: crc32('\ufeff') }
  assert.deepEqual((await read(text, { chunk: 2, begin })).lines, ['1@3 one'])
})

test('a long line costs no memory', async () => {
  const stream = new ReplayedStream(pipe(Buffer.alloc(1 << 26, 0x78), 1 << 16), 'standard input', BEGINNING)
  const into = Buffer.alloc(1 << 16)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  while ((await stream.read(into, 0, 0)) > 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  assert.ok(most < 1 << 24, `${most} bytes`)
  assert.equal(stream.crcAt(0), 0)
})
