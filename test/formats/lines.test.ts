import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ByteRead, ByteSource } from '../../src/formats/line-stretch.ts'
import { type LinePosition, LineReader, type Lines } from '../../src/formats/lines.ts'

/** Files given as chunks. `isLive`: every read waits. */
class ChunkSource implements ByteSource {
  current = '-'
  readonly #files: Buffer[][]
  readonly #isLive: boolean
  #file = 0
  readonly begin = { offset: 0, line: 1 }
  /** Greatest room that a read was given. */
  mostRoom = 0

  constructor(files: readonly (readonly (string | Buffer)[])[], isLive = false) {
    this.#files = files.map((chunks) => chunks.map((chunk) => Buffer.from(chunk)))
    this.#isLive = isLive
  }

  read(into: Buffer, at: number): ByteRead | Promise<ByteRead> {
    const read = this.#next(into, at)
    return this.#isLive ? Promise.resolve(read) : read
  }

  endFile(): void {}

  mark(place: LinePosition): unknown {
    return { ...place }
  }

  async resume(mark: unknown): Promise<LinePosition> {
    const place = mark as LinePosition
    this.#file = place.file
    this.current = `f${place.file}`
    const rest = Buffer.concat(this.#files[place.file]!).subarray(place.offset)
    const half = rest.length >> 1
    this.#files[place.file] = [rest.subarray(0, half), rest.subarray(half)].filter(({ length }) => length > 0)
    return place
  }

  #next(into: Buffer, at: number): ByteRead {
    const chunks = this.#files[this.#file]
    if (chunks === undefined) return { kind: 'end' }
    const chunk = chunks.shift()
    if (chunk === undefined) {
      this.#file += 1
      return this.#file === this.#files.length ? { kind: 'end' } : { kind: 'end-of-file' }
    }
    this.current = `f${this.#file}`
    this.mostRoom = Math.max(this.mostRoom, into.length)
    const length = Math.min(chunk.length, into.length - at)
    chunk.copy(into, at, 0, length)
    if (length < chunk.length) chunks.unshift(chunk.subarray(length))
    return { kind: 'bytes', length }
  }
}

/** As a scanner keeps it. */
class OneBuffer {
  buffer: Buffer = Buffer.alloc(0)
  inputBuffer(size: number, keep: number): Buffer {
    if (this.buffer.length >= size) return this.buffer
    const bigger = Buffer.alloc(size, 0x21)
    this.buffer.copy(bigger, 0, 0, keep)
    this.buffer = bigger
    return bigger
  }
}

type Options = Partial<ConstructorParameters<typeof LineReader>[0]>

const readerOf = (source: ByteSource, options: Options = {}) =>
  new LineReader({ source, buffer: new OneBuffer(), chunkBytes: 64, ...options })

/** Each line as `file:number@offset text`, lines over the limit as `file:number@offset too long 300 head`. */
function describeLines(lines: Lines): string[] {
  const { buffer, from, to, file, base, firstLine, tooLong } = lines
  if (tooLong) {
    assert.equal(from, to)
    assert.equal(firstLine, tooLong.line + 1)
    return [`${file}:${tooLong.line}@${tooLong.offset} too long ${tooLong.length} ${tooLong.head}`]
  }
  assert.equal(buffer[to - 1], 0x0a)
  let at = from
  return buffer
    .toString('utf8', from, to - 1)
    .split('\n')
    .map((text, i) => {
      const told = `${file}:${firstLine + i}@${base + at} ${text}`
      at += Buffer.byteLength(text) + 1
      return told
    })
}

function readAll(reader: LineReader): string[] {
  const told: string[] = []
  for (;;) {
    const lines = reader.next()
    assert.ok(!(lines instanceof Promise), 'a synchronous source is read without promises')
    if (lines === null) return told
    told.push(...describeLines(lines))
  }
}

const MARK = '\ufeff'

test('cut at every place, the lines, their numbers and offsets are the same', () => {
  const first = Buffer.from(`${MARK}{"a":"é"}\n\n{"b":2}\r\n${MARK}{"c":"😀"}`)
  const second = Buffer.from('{"d":4}\n')
  const expected = ['f0:1@3 {"a":"é"}', 'f0:2@14 ', 'f0:3@15 {"b":2}\r', `f0:4@24 ${MARK}{"c":"😀"}`, 'f1:1@0 {"d":4}']
  for (let cut = 0; cut <= first.length; cut += 1) {
    for (let again = cut; again <= first.length; again += 3) {
      const chunks = [first.subarray(0, cut), first.subarray(cut, again), first.subarray(again)]
      assert.deepEqual(readAll(readerOf(new ChunkSource([chunks, [second]]))), expected, `cut at ${cut} and ${again}`)
    }
  }
  for (const chunkBytes of [5, 7, 16]) {
    assert.deepEqual(readAll(readerOf(new ChunkSource([[first], [second]]), { chunkBytes })), expected)
  }
})

test('a live source gives the same lines through promises', async () => {
  const reader = readerOf(new ChunkSource([['{"a"', ':1}\n{"b":2}\n{', '}']], true))
  const told: string[] = []
  for (let lines = await reader.next(); lines !== null; lines = await reader.next()) told.push(...describeLines(lines))
  assert.deepEqual(told, ['f0:1@0 {"a":1}', 'f0:2@8 {"b":2}', 'f0:3@16 {}'])
  assert.equal(await reader.next(), null, 'the end stays')
})

test('empty files, files of a mark only and files without a last newline', () => {
  assert.deepEqual(readAll(readerOf(new ChunkSource([]))), [])
  const files = [[], [MARK], ['a'], ['\n'], ['b\n'], [MARK, 'c']]
  assert.deepEqual(readAll(readerOf(new ChunkSource(files))), ['f2:1@0 a', 'f3:1@0 ', 'f4:1@0 b', 'f5:1@3 c'])
})

test('a line may span many chunks up to the limit, and one byte more is too long', () => {
  const line = (length: number) => `${'x'.repeat(length)}\n`
  for (const chunk of [1, 3, 10, 1000]) {
    const text = `a\n${line(100)}${line(101)}b\n${line(300)}${line(350)}c\n${line(100)}`
    const chunks = Array.from({ length: Math.ceil(text.length / chunk) }, (_, i) =>
      text.slice(i * chunk, (i + 1) * chunk),
    )
    const expected = [
      'f0:1@0 a',
      `f0:2@2 ${'x'.repeat(100)}`,
      `f0:3@103 too long 101 ${'x'.repeat(100)}`,
      'f0:4@205 b',
      `f0:5@207 too long 300 ${'x'.repeat(100)}`,
      `f0:6@508 too long 350 ${'x'.repeat(100)}`,
      'f0:7@859 c',
      `f0:8@861 ${'x'.repeat(100)}`,
    ]
    assert.deepEqual(readAll(readerOf(new ChunkSource([chunks]), { lineLimit: 100 })), expected, `chunks of ${chunk}`)
  }
})

test('a line without end is skipped in bounded memory and told when its file ends', () => {
  const source = new ChunkSource([Array.from({ length: 1000 }, () => 'é'.repeat(32)), ['{}']])
  const buffer = new OneBuffer()
  const told = readAll(readerOf(source, { buffer, lineLimit: 256 }))
  assert.deepEqual(told, [`f0:1@0 too long 64000 ${'é'.repeat(100)}`, 'f1:1@0 {}'])
  assert.ok(buffer.buffer.length <= 256 + 2 * 64 + 4096 + 1, `${buffer.buffer.length} bytes`)
})

test('the head of a line that is too long ends with a whole character', () => {
  const [told] = readAll(readerOf(new ChunkSource([[`x${'é'.repeat(500)}\n`]]), { lineLimit: 400 }))
  assert.equal(told, `f0:1@0 too long 1001 x${'é'.repeat(99)}`)
})

test('a caller that has counted the lines need not have them counted again', () => {
  const reader = readerOf(new ChunkSource([['a\nb\n', 'c\n']]))
  assert.equal((reader.next() as Lines).firstLine, 1)
  assert.equal((reader.next(17) as Lines).firstLine, 17)
})

test('an unterminated last line can be left for the next run', async () => {
  const reader = readerOf(new ChunkSource([['a\nb'], ['c\nd']]), { unterminated: 'leave' })
  assert.deepEqual(readAll(reader), ['f0:1@0 a', 'f1:1@0 c'])
  const position = reader.position()
  assert.deepEqual(position, { file: 1, offset: 2, line: 2 })
  const next = readerOf(new ChunkSource([['a\nb'], ['c\nd', 'd\n']]))
  await next.resume(reader.mark(position))
  assert.deepEqual(readAll(next), ['f1:2@2 dd'])
})

test('reading goes on from every position, whatever the chunks', async () => {
  const files = () => new ChunkSource([[`${MARK}aé\n\nccc\n${'x'.repeat(30)}\ndd`], [], ['e\nf\n', 'g']])
  const all = readAll(readerOf(files(), { lineLimit: 20 }))
  for (const chunkBytes of [3, 8, 64]) {
    const options = { lineLimit: 20, chunkBytes }
    const reader = readerOf(files(), options)
    const positions: [LinePosition, number][] = [[reader.position(), 0]]
    let told = 0
    for (let lines = reader.next() as Lines | null; lines !== null; lines = reader.next() as Lines | null) {
      const first = lines.buffer.indexOf(0x0a, lines.from)
      if (!lines.tooLong)
        positions.push(
          [reader.positionAt(first + 1), told + 1],
          [reader.positionAt(first + 1, lines.firstLine + 1), told + 1],
        )
      told += describeLines(lines).length
      positions.push([reader.position(), told])
    }
    assert.equal(told, all.length)
    for (const [position, behind] of positions) {
      const resumed = readerOf(files(), options)
      await resumed.resume(JSON.parse(JSON.stringify(reader.mark(position))))
      assert.deepEqual(readAll(resumed), all.slice(behind), JSON.stringify(position))
    }
  }
})

test('what is left of a chunk ends with a page, so that files are read to the beginning of pages', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `${i} ${'x'.repeat((i * 7) % 300)}\n`).join('')
  const places: number[] = []
  const source: ByteSource = {
    current: 'f',
    begin: { offset: 0, line: 1 },
    endFile: () => {},
    mark: (place) => place,
    resume: () => Promise.reject(new Error('it is read once')),
    read: (into, at) => {
      places.push(at)
      const sent = (places.length - 1) * 65536
      const length = into.write(text.slice(sent, sent + 65536), at, 'latin1')
      return length > 0 ? { kind: 'bytes', length } : { kind: 'end' }
    },
  }
  const told = readAll(readerOf(source, { chunkBytes: 65536 }))
  assert.equal(told.length, 3000)
  assert.ok(places.length > 5)
  assert.deepEqual(
    places.slice(0, -1).filter((at) => at % 4096 !== 0),
    [],
  )
})
