import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { LineReader } from '../../src/formats/lines.ts'
import { FileSource } from '../../src/sources/file.ts'

const start = process.cwd()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-resume-'))
after(() => {
  process.chdir(start)
  fs.rmSync(folder, { recursive: true })
})
beforeEach(() => {
  process.chdir(start)
  fs.rmSync(folder, { recursive: true })
  fs.mkdirSync(folder)
  process.chdir(folder)
})

const write = (name: string, text: string) => fs.writeFileSync(name, text)
const append = (name: string, text: string) => fs.appendFileSync(name, text)

interface Run {
  /** `name:line@byte text` */
  readonly lines: readonly string[]
  readonly mark: unknown
}

/** Reads until `most` lines have come or all have ended, and marks the place behind them, as a checkpoint would. */
async function read(
  names: readonly string[],
  {
    mark,
    most = Infinity,
    leave = false,
    chunkBytes = 16,
  }: { mark?: unknown; most?: number; leave?: boolean; chunkBytes?: number } = {},
): Promise<Run> {
  const source = new FileSource(names)
  await source.open()
  const buffer = {
    bytes: Buffer.alloc(0),
    inputBuffer: (size: number, keep: number) => {
      if (buffer.bytes.length < size) {
        const bigger = Buffer.alloc(size)
        buffer.bytes.copy(bigger, 0, 0, keep)
        buffer.bytes = bigger
      }
      return buffer.bytes
    },
  }
  const reader = new LineReader({ source, buffer, chunkBytes, unterminated: leave ? 'leave' : 'row' })
  if (mark !== undefined) await reader.resume(JSON.parse(JSON.stringify(mark)))
  const lines: string[] = []
  try {
    for (let some = most > 0 ? await reader.next() : null; some !== null; some = await reader.next()) {
      let line = some.firstLine
      for (let at = some.from; at < some.to; line += 1) {
        const end = some.buffer.indexOf(0x0a, at)
        lines.push(`${some.file}:${line}@${some.base + at} ${some.buffer.toString('utf8', at, end)}`)
        at = end + 1
        if (lines.length === most) return { lines, mark: reader.mark(reader.positionAt(at, line + 1)) }
      }
    }
    return { lines, mark: reader.mark(reader.position()) }
  } finally {
    await source.close()
  }
}

async function refusal(names: readonly string[], mark: unknown): Promise<string> {
  try {
    await read(names, { mark })
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    assert.equal(error.exitStatus, 6)
    return error.render()
  }
  throw new Error('it was read on')
}

test('a file that has not changed gives nothing again; what was appended comes with its line and byte', async () => {
  write('a', 'one\ntwo\n')
  const first = await read(['a'])
  const second = await read(['a'], { mark: first.mark })
  assert.deepEqual(second, { lines: [], mark: first.mark })
  append('a', 'three\n')
  assert.deepEqual((await read(['a'], { mark: second.mark })).lines, ['a:3@8 three'])
})

test('a renamed file is known by its inode, wherever it stands among the operands', async () => {
  write('a', 'one\ntwo\n')
  const { mark } = await read(['a'], { most: 1 })
  fs.renameSync('a', 'a.1')
  write('a', 'new\n')
  assert.deepEqual((await read(['a.1', 'a'], { mark })).lines, ['a.1:2@4 two', 'a:1@0 new'])
  assert.deepEqual((await read(['a', 'a.1'], { mark })).lines, ['a.1:2@4 two', 'a:1@0 new'])
})

test('a file that was rotated while bytes of it were unread is asked for by name', async () => {
  write('a', 'one\ntwo\n')
  const { mark } = await read(['a'], { most: 1 })
  fs.renameSync('a', 'a.1')
  write('a', 'new\n')
  assert.equal(
    await refusal(['a'], mark),
    "tidemark: 'a' was rotated with 4 bytes unread [E_SOURCE_CHANGED]\n  hint: they are in a.1: name it before a",
  )
})

test('a file that was rotated after its last byte was read is left behind', async () => {
  write('a', 'one\n')
  const { mark } = await read(['a'])
  fs.renameSync('a', 'a.1')
  write('a', 'new\n')
  assert.deepEqual((await read(['a'], { mark })).lines, ['a:1@0 new'])
})

test('a file that was rotated by copying is read on in the copy', async () => {
  write('a', 'one\ntwo\n')
  const { mark } = await read(['a'], { most: 1 })
  fs.copyFileSync('a', 'a.1')
  fs.truncateSync('a')
  assert.equal(
    await refusal(['a'], mark),
    "tidemark: 'a' was truncated: 4 bytes were read, it has 0 [E_SOURCE_CHANGED]\n" +
      '  hint: if it was copied first, name the copy before it; to begin anew: tidemark state reset',
  )
  append('a', 'new\n')
  assert.deepEqual((await read(['a.1', 'a'], { mark })).lines, ['a.1:2@4 two', 'a:1@0 new'])
})

test('a file of other content is refused, by whatever way it came', async () => {
  const old = `${'x'.repeat(2000)}\n`
  for (const [change, message] of [
    [() => write('a', old.replace('x', 'y')), "tidemark: the 2001 bytes of 'a' that were read are others now"],
    [() => write('a', `${old.slice(0, -2)}y\n`), "tidemark: the 2001 bytes of 'a' that were read are others now"],
    [
      () => {
        write('b', 'short\n')
        fs.renameSync('b', 'a')
      },
      "tidemark: 'a' is another file than the one that was read, which is gone",
    ],
  ] as const) {
    write('a', old)
    const { mark } = await read(['a'])
    change()
    const text = await refusal(['a'], mark)
    assert.ok(text.startsWith(`${message} [E_SOURCE_CHANGED]\n  hint: `), text)
  }
})

test('state and files that were copied together go on', async () => {
  write('a', 'one\ntwo\n')
  const { mark } = await read(['a'], { most: 1 })
  fs.copyFileSync('a', 'b')
  fs.rmSync('a')
  fs.renameSync('b', 'a')
  assert.deepEqual((await read(['a'], { mark })).lines, ['a:2@4 two'])
  fs.mkdirSync('elsewhere')
  fs.copyFileSync('a', 'elsewhere/z')
  assert.deepEqual((await read(['elsewhere/z'], { mark })).lines, ['elsewhere/z:2@4 two'])
})

test('operands may be reordered, added and, once read, dropped', async () => {
  write('a', 'a1\na2\n')
  write('b', 'b1\nb2\n')
  write('c', 'c1\n')
  const { lines, mark } = await read(['a', 'b'], { most: 3 })
  assert.deepEqual(lines, ['a:1@0 a1', 'a:2@3 a2', 'b:1@0 b1'])
  assert.deepEqual((await read(['a', 'b'], { mark })).lines, ['b:2@3 b2'])
  assert.deepEqual((await read(['b', 'a'], { mark })).lines, ['b:2@3 b2'])
  assert.deepEqual((await read(['c', 'b', 'a'], { mark })).lines, ['b:2@3 b2', 'c:1@0 c1'])
  assert.deepEqual((await read(['b'], { mark })).lines, ['b:2@3 b2'])
  assert.equal(
    await refusal(['a'], mark),
    "tidemark: 3 of 6 bytes of 'b' were read, and it is no longer among the files [E_SOURCE_GONE]\n" +
      '  hint: name it again until it is read: b',
  )
  fs.rmSync('b')
  assert.equal(
    await refusal(['a'], mark),
    "tidemark: 3 of 6 bytes of 'b' were read, and it is no longer among the files [E_SOURCE_GONE]\n" +
      '  hint: it is not in its folder; to begin anew: tidemark state reset',
  )
  fs.rmSync('a')
  append('c', 'c2\n')
  const all = await read(['c'])
  fs.rmSync('c')
  write('d', 'd1\n')
  assert.deepEqual((await read(['d'], { mark: all.mark })).lines, ['d:1@0 d1'])
})

test('an operand that was not begun may not be dropped, and one that has grown since its end is read on', async () => {
  write('a', 'a1\n')
  write('b', 'b1\nb2\n')
  write('c', 'c1\n')
  const { mark } = await read(['a', 'b', 'c'], { most: 2 })
  assert.match(await refusal(['a', 'b'], mark), /^tidemark: 0 of 3 bytes of 'c' were read, .* \[E_SOURCE_GONE\]/)
  append('a', 'a2\n')
  assert.deepEqual((await read(['a', 'b', 'c'], { mark })).lines, ['b:2@3 b2', 'a:2@3 a2', 'c:1@0 c1'])
  const all = await read(['a', 'b', 'c'])
  for (const name of ['c', 'a', 'b']) append(name, 'more\n')
  const more = await read(['a', 'b', 'c'], { mark: all.mark })
  assert.deepEqual(more.lines, ['a:3@6 more', 'b:3@6 more', 'c:2@3 more'])
})

test('a last line without a newline that was taken may get its newline, and nothing else', async () => {
  write('a', 'one\ntwo')
  const { lines, mark } = await read(['a'])
  assert.deepEqual(lines, ['a:1@0 one', 'a:2@4 two'])
  append('a', '\r\nthree\n')
  assert.deepEqual((await read(['a'], { mark })).lines, ['a:3@9 three'])
  write('a', 'one\ntwofold\n')
  assert.equal(
    await refusal(['a'], mark),
    "tidemark: line 2 of 'a' has grown since it was read [E_SOURCE_CHANGED]\n" +
      '  hint: the file ended without a newline then; --at-eof suspend leaves such a line for the next run; to begin anew: tidemark state reset',
  )
})

test('a last line without a newline that was left is read when it is whole', async () => {
  write('a', 'a1\na')
  write('b', 'b1\nb')
  const first = await read(['a', 'b'], { leave: true })
  assert.deepEqual(first.lines, ['a:1@0 a1', 'b:1@0 b1'])
  append('a', '2\n')
  const second = await read(['a', 'b'], { leave: true, mark: first.mark })
  assert.deepEqual(second.lines, ['a:2@3 a2'])
  append('b', '2\n')
  assert.deepEqual((await read(['a', 'b'], { leave: true, mark: second.mark })).lines, ['b:2@3 b2'])
})

test('what two runs read is what one reads, wherever the first one stopped and however its reads were cut', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' '), maxLength: 12 })
  const text = fc
    .tuple(fc.array(line, { maxLength: 6 }), fc.boolean())
    .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 20 }),
      async (texts, chunkBytes) => {
        const names = texts.map((content, i) => {
          write(`f${i}`, content)
          return `f${i}`
        })
        const whole = await read(names)
        for (let most = 0; most <= whole.lines.length; most += 1) {
          const first = await read(names, { most, chunkBytes })
          const second = await read(names, { mark: first.mark, chunkBytes: 7 })
          assert.deepEqual([...first.lines, ...second.lines], whole.lines)
        }
      },
    ),
    { numRuns: 40 },
  )
})
