import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { FileSource, type FileSourceOptions } from '../../src/sources/file.ts'
import { HandFedSource, MemorySource } from '../../src/sources/memory.ts'
import type { Source } from '../../src/sources/source.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-sources-'))
after(() => fs.rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const where = path.join(folder, name)
  fs.writeFileSync(where, text)
  return where
}

/** All that a source gives, file ends as `|` and the end as `$`. */
async function readAll(source: Source, room = 1 << 16): Promise<string> {
  const buffer = Buffer.alloc(room)
  let text = ''
  for (;;) {
    const result = await source.read(buffer, 0)
    if (result.kind === 'end') return `${text}$`
    text += result.kind === 'bytes' ? buffer.toString('latin1', 0, result.length) : '|'
  }
}

async function refused(names: string[], options: FileSourceOptions = {}): Promise<TidemarkError> {
  try {
    await new FileSource(names, options).open()
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    return error
  }
  throw new Error('it was opened')
}

test('files are read in order, with their ends between them', async () => {
  const source = new FileSource([file('a', 'one\ntwo'), file('empty', ''), file('b', 'three\n')])
  await source.open()
  assert.equal(source.isBounded, true)
  assert.equal(source.totalBytes, 13)
  assert.equal(source.current, path.join(folder, 'a'))
  assert.equal(await readAll(source), 'one\ntwo||three\n$')
  assert.equal(source.current, path.join(folder, 'b'))
  assert.equal(await readAll(source), '$')
  await source.close()
})

test('a read takes no more than there is room for, and writes only there', async () => {
  const source = new FileSource([file('a', 'abcdefgh')])
  await source.open()
  const buffer = Buffer.from('........')
  assert.deepEqual(await source.read(buffer, 5), { kind: 'bytes', length: 3 })
  assert.equal(buffer.toString(), '.....abc')
  await source.close()
})

test('a regular file is read without a promise', async () => {
  const source = new FileSource([file('a', 'abc')])
  await source.open()
  assert.deepEqual(source.read(Buffer.alloc(10), 0), { kind: 'bytes', length: 3 })
  await source.close()
})

test('hundreds of files need one descriptor', async () => {
  const names = Array.from({ length: 300 }, (_, i) => file(`many-${i}`, `${i}\n`))
  const source = new FileSource(names)
  await source.open()
  const before = fs.readdirSync('/proc/self/fd').length
  const buffer = Buffer.alloc(100)
  let most = 0
  for (let result = await source.read(buffer, 0); result.kind !== 'end'; result = await source.read(buffer, 0)) {
    most = Math.max(most, fs.readdirSync('/proc/self/fd').length)
  }
  assert.ok(most - before <= 1, `${most - before} more descriptors`)
  await source.close()
  assert.equal(fs.readdirSync('/proc/self/fd').length, before)
})

test('every operand is looked at before the first is read', async () => {
  const error = await refused([file('orders.ndjson', ''), path.join(folder, 'ordres.ndjson')])
  assert.equal(error.code, 'E_FILE_MISSING')
  assert.equal(error.message, `no file '${path.join(folder, 'ordres.ndjson')}'`)
  assert.equal(error.details.hint, `did you mean '${path.join(folder, 'orders.ndjson')}'?`)
})

test('the caller may know better why a file is missing', async () => {
  const error = await refused(['='], {
    missingHint: (name) => (name === '=' ? 'the expression lost its quotes' : undefined),
  })
  assert.equal(error.render(), "tidemark: no file '=' [E_FILE_MISSING]\n  hint: the expression lost its quotes")
})

test('a directory is refused with a hint', async () => {
  const error = await refused([folder])
  assert.equal(error.code, 'E_FILE_READ')
  assert.equal(error.message, `cannot read '${folder}': it is a directory`)
  assert.equal(error.details.hint, `name the files in it: ${folder}/*`)
})

test('a file under a file is missing', async () => {
  assert.equal((await refused([path.join(file('plain', ''), 'x')])).code, 'E_FILE_MISSING')
})

test('/dev/null is an empty file', async () => {
  const source = new FileSource(['/dev/null'])
  await source.open()
  assert.equal(source.isBounded, true)
  assert.equal(await readAll(source), '$')
})

test('a named pipe waits for its writer and leaves the event loop free', async () => {
  const pipe = path.join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const source = new FileSource([file('a', 'a\n'), pipe, file('b', 'b\n')])
  await source.open()
  assert.equal(source.isBounded, false)
  assert.equal(source.totalBytes, undefined)
  const all = readAll(source)
  let ticks = 0
  const ticking = setInterval(() => {
    ticks += 1
  }, 5)
  while (ticks < 5) await new Promise((resolve) => setTimeout(resolve, 5))
  await fs.promises.writeFile(pipe, 'from the pipe\n')
  assert.equal(await all, 'a\n|from the pipe\n|b\n$')
  clearInterval(ticking)
})

test('the source in memory cuts where it is told to, and is read on from any offset', async () => {
  const pieces = async (source: MemorySource): Promise<string[]> => {
    const buffer = Buffer.alloc(100)
    const list: string[] = []
    for (;;) {
      const result = await source.read(buffer, 0)
      if (result.kind === 'end') return list
      list.push(result.kind === 'bytes' ? buffer.toString('utf8', 0, result.length) : result.kind)
    }
  }
  assert.deepEqual(await pieces(new MemorySource('abcdef', { cuts: [1, 4] })), ['a', 'bcd', 'ef'])
  assert.deepEqual(await pieces(new MemorySource('abcde', { chunk: 2, isAsync: true })), ['ab', 'cd', 'e'])
  const files = [
    { name: 'a', bytes: 'abc' },
    { name: 'b', bytes: 'def' },
  ]
  assert.deepEqual(await pieces(new MemorySource(files, { cuts: [1, 5] })), ['a', 'bc', 'end-of-file', 'de', 'f'])
  const source = new MemorySource(files)
  await source.resume({ file: 1, offset: 1, line: 1 })
  assert.equal(source.current, 'b')
  assert.deepEqual(await pieces(source), ['ef'])
})

test('the hand-fed source waits for bytes and for the end', async () => {
  const source = new HandFedSource()
  const buffer = Buffer.alloc(2)
  const first = source.read(buffer, 0)
  await Promise.resolve()
  assert.equal(source.isAwaited, true)
  source.feed('abc')
  assert.deepEqual(await first, { kind: 'bytes', length: 2 })
  assert.equal(source.isAwaited, false)
  assert.deepEqual(await source.read(buffer, 1), { kind: 'bytes', length: 1 })
  assert.equal(buffer.toString(), 'ac')
  const last = source.read(buffer, 0)
  source.end()
  assert.deepEqual(await last, { kind: 'end' })
})
