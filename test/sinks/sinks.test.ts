import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import type { ByteWriter } from '../../src/sinks/byte-writer.ts'
import { FileSink } from '../../src/sinks/file.ts'
import { FileDescriptorSink } from '../../src/sinks/file-descriptor.ts'
import { MemorySink } from '../../src/sinks/memory.ts'
import { PipeClosed } from '../../src/sinks/sink.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-sinks-'))
after(() => fs.rmSync(folder, { recursive: true }))
const at = (name: string): string => path.join(folder, name)

/** Writes that end when a test says so. */
class SlowWriter implements ByteWriter {
  readonly written: string[] = []
  isClosed = false
  end: (error?: Error) => void = () => {}

  write(bytes: Buffer): Promise<void> {
    this.written.push(bytes.toString())
    return new Promise((resolve, reject) => {
      this.end = (error) => {
        // What was handed over must not have changed meanwhile.
        assert.equal(bytes.toString(), this.written.at(-1))
        if (error) reject(error)
        else resolve()
      }
    })
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

class SlowSink extends FileDescriptorSink {
  readonly name = 'slow.ndjson'
  readonly writer = new SlowWriter()
  protected override async openWriter(): Promise<ByteWriter> {
    return this.writer
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a first row leaves at once, and what comes meanwhile leaves together', async () => {
  const sink = new SlowSink()
  await sink.open()
  const buffer = Buffer.from('a')
  sink.write(buffer)
  assert.deepEqual(sink.writer.written, ['a'])
  for (const letter of 'bcd') {
    buffer.write(letter)
    sink.write(buffer)
  }
  assert.deepEqual(sink.writer.written, ['a'])
  sink.writer.end()
  await turn()
  assert.deepEqual(sink.writer.written, ['a', 'bcd'])
  let isDrained = false
  const drained = sink.drain().then(() => {
    isDrained = true
  })
  sink.write(Buffer.from('e'))
  sink.writer.end()
  await turn()
  assert.equal(isDrained, false)
  sink.writer.end()
  await drained
  assert.deepEqual(sink.writer.written, ['a', 'bcd', 'e'])
})

test('more than 64 KB waiting asks for a drain', async () => {
  const sink = new SlowSink()
  await sink.open()
  sink.write(Buffer.alloc(40_000))
  assert.equal(sink.needsDrain, false)
  sink.write(Buffer.alloc(30_000))
  assert.equal(sink.needsDrain, true)
  sink.writer.end()
  await turn()
  assert.equal(sink.needsDrain, false)
  sink.write(Buffer.alloc(3_000_000))
  assert.equal(sink.needsDrain, true)
  sink.writer.end()
  await turn()
  sink.writer.end()
  await sink.drain()
  assert.deepEqual(
    sink.writer.written.map((text) => text.length),
    [40_000, 30_000, 3_000_000],
  )
})

test('the first error sticks, and the descriptor is closed all the same', async () => {
  const sink = new SlowSink()
  await sink.open()
  sink.write(Buffer.from('a'))
  const drained = sink.drain()
  sink.writer.end(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 }))
  const message =
    'tidemark: cannot write to slow.ndjson: no space left on device [E_WRITE]\n' +
    '  hint: make room on that disk, or write to another one with -o'
  const isOurs = (error: unknown) => error instanceof TidemarkError && error.render() === message
  await assert.rejects(drained, isOurs)
  assert.equal(sink.needsDrain, true)
  sink.write(Buffer.from('b'))
  await assert.rejects(sink.drain(), isOurs)
  await assert.rejects(sink.close(), isOurs)
  assert.deepEqual(sink.writer.written, ['a'])
  assert.equal(sink.writer.isClosed, true)
})

/** Takes `room` bytes at once, then no more until a write ends; `error`: then it is thrown. */
class QuickWriter extends SlowWriter {
  room: number
  error: Error | null = null

  constructor(room: number) {
    super()
    this.room = room
  }

  writeNow(bytes: Buffer): number {
    const count = Math.min(this.room, bytes.length)
    this.room -= count
    if (count < bytes.length && this.error) throw this.error
    this.written.push(`now ${bytes.subarray(0, count)}`)
    return count
  }
}

class QuickSink extends FileDescriptorSink {
  readonly name = 'quick.ndjson'
  readonly writer: QuickWriter

  constructor(room: number) {
    super()
    this.writer = new QuickWriter(room)
  }

  protected override async openWriter(): Promise<ByteWriter> {
    return this.writer
  }
}

test('what can be written at once is; the rest waits, and nothing overtakes it', async () => {
  const sink = new QuickSink(8)
  await sink.open()
  sink.write(Buffer.from('abc'))
  await sink.drain()
  const buffer = Buffer.from('defghijk')
  sink.write(buffer)
  buffer.fill('?')
  sink.writer.room = 100
  sink.write(Buffer.from('l'))
  assert.deepEqual(sink.writer.written, ['now abc', 'now defgh', 'ijk'])
  sink.writer.end()
  await turn()
  assert.deepEqual(sink.writer.written.slice(3), ['l'])
  sink.writer.end()
  await sink.drain()
  sink.write(Buffer.from('m'))
  assert.deepEqual(sink.writer.written.slice(4), ['now m'])
  assert.equal(sink.needsDrain, false)
  await sink.close()
})

test('an error of a write at once is told by drain and close', async () => {
  const sink = new QuickSink(2)
  await sink.open()
  sink.writer.error = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', errno: -5 })
  sink.write(Buffer.from('abc'))
  assert.equal(sink.needsDrain, true)
  sink.write(Buffer.from('d'))
  const message = 'cannot write to quick.ndjson: i/o error'
  await assert.rejects(sink.drain(), (error: unknown) => error instanceof TidemarkError && error.message === message)
  await assert.rejects(sink.close())
  assert.deepEqual(sink.writer.written, [])
  assert.equal(sink.writer.isClosed, true)
})

test('a file has the bytes as soon as they are written, and nothing waits', async () => {
  const sink = new FileSink(at('at-once'))
  await sink.open()
  sink.write(Buffer.from('a\n'))
  sink.write(Buffer.alloc(200_000, 'b'))
  assert.equal(sink.needsDrain, false)
  assert.equal(fs.readFileSync(at('at-once'), 'latin1'), `a\n${'b'.repeat(200_000)}`)
  await sink.close()
})

test('a reader that left is no error of the user', async () => {
  const sink = new SlowSink()
  await sink.open()
  sink.write(Buffer.from('a'))
  sink.writer.end(Object.assign(new Error('EPIPE: broken pipe, write'), { code: 'EPIPE', errno: -32 }))
  await turn()
  await assert.rejects(sink.drain(), PipeClosed)
})

async function writeTo(name: string, text: string, append = false): Promise<void> {
  const sink = new FileSink(name, { append })
  await sink.open()
  sink.write(Buffer.from(text))
  await sink.close()
}

test('a file is created, emptied, or appended to', async () => {
  const name = at('out')
  await writeTo(name, 'first, and longer\n')
  await writeTo(name, 'second\n')
  assert.equal(fs.readFileSync(name, 'utf8'), 'second\n')
  await writeTo(name, 'third\n', true)
  assert.equal(fs.readFileSync(name, 'utf8'), 'second\nthird\n')
  await writeTo(at('new'), 'new\n', true)
  assert.equal(fs.readFileSync(at('new'), 'utf8'), 'new\n')
})

test('many writes of all sizes arrive in order', async () => {
  const sink = new FileSink(at('many'))
  await sink.open()
  let expected = ''
  for (let i = 0; i < 3000; i += 1) {
    const text = `${i}`.repeat((i * 7919) % 200)
    expected += text
    sink.write(Buffer.from(text))
    if (sink.needsDrain) await sink.drain()
  }
  await sink.close()
  assert.equal(fs.readFileSync(at('many'), 'utf8'), expected)
})

test('outputs that cannot be used are refused when they are opened', async () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    [folder, `cannot write to ${folder}: it is a directory`, `name a file in it: ${folder}/out.ndjson`],
    [
      at('no/such'),
      `cannot write to ${at('no/such')}: there is no directory ${at('no')}`,
      `make it first: mkdir -p ${at('no')}`,
    ],
    [at('out/x'), `cannot write to ${at('out/x')}: not a directory`, undefined],
  ]
  await writeTo(at('out'), '')
  for (const [name, message, hint] of cases) {
    await assert.rejects(new FileSink(name).open(), (error: unknown) => {
      assert.ok(error instanceof TidemarkError)
      assert.deepEqual([error.code, error.message, error.details.hint], ['E_OUTPUT', message, hint])
      return true
    })
  }
})

test('a full device is told in the words of the system', async () => {
  const sink = new FileSink('/dev/full')
  await sink.open()
  sink.write(Buffer.from('x'))
  await assert.rejects(sink.drain(), (error: unknown) => {
    assert.ok(error instanceof TidemarkError)
    assert.equal(error.code, 'E_WRITE')
    assert.equal(error.message, 'cannot write to /dev/full: no space left on device')
    return true
  })
  await assert.rejects(sink.close())
})

test('a named pipe is written to as soon as it has a reader', async () => {
  execFileSync('mkfifo', [at('pipe')])
  const written = writeTo(at('pipe'), 'through the pipe\n'.repeat(20_000))
  const reader = spawn('wc', ['-c', at('pipe')])
  let text = ''
  reader.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  await written
  await new Promise((resolve) => reader.on('close', resolve))
  assert.match(text, /^340000 /)
})

const stdout = new URL('../../src/sinks/stdout.js', import.meta.url).href
const files = new URL('../../src/sinks/file.js', import.meta.url).href
const env = { ...process.env, NODE_TEST_CONTEXT: undefined }

/** A child with our sink on its standard output; $@ is the command. */
const shell = (command: string, body: string) => {
  const program = `import { DescriptorSink } from '${stdout}'
    import { FileSink } from '${files}'
    const sink = process.argv[1] ? new FileSink(process.argv[1]) : new DescriptorSink()
    await sink.open()
    ${body}`
  const words = [process.execPath, '--input-type=module', '-e', program]
  return spawnSync('bash', ['-c', command, 'bash', ...words], {
    env,
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 1 << 26,
  })
}

const MANY = `const line = Buffer.from('x'.repeat(999) + '\\n')
  for (let i = 0; i < 5000; i += 1) {
    sink.write(line)
    if (sink.needsDrain) await sink.drain()
  }
  await sink.close()`

test('standard output is a pipe, a file, or a device', () => {
  assert.equal(shell('"$@" | wc -c', MANY).stdout.trim(), '5000000')
  assert.equal(shell('"$@" | (sleep 0.3; wc -c)', MANY).stdout.trim(), '5000000')
  assert.equal(shell(`"$@" > ${at('o')}; wc -c < ${at('o')}`, MANY).stdout.trim(), '5000000')
  assert.equal(shell(`echo > ${at('o')}; "$@" >> ${at('o')}; wc -c < ${at('o')}`, MANY).stdout.trim(), '5000001')
  assert.equal(shell('"$@" > /dev/null; echo $?', MANY).stdout, '0\n')
})

test('an output that is a process substitution gets everything', () => {
  const { stdout: text } = shell('exec 3>&1; "$@" >(wc -c >&3) | cat; sleep 0.2', MANY)
  assert.equal(text.trim(), '5000000')
})

test('a reader that leaves ends the writing with PipeClosed', () => {
  const body = `try { ${MANY} } catch (error) { console.error(error.constructor.name, error.message) }`
  const { stdout: text, stderr } = shell('"$@" | head -c 5', body)
  assert.equal(text, 'xxxxx')
  assert.equal(stderr, 'PipeClosed the reader of standard output left\n')
})

test('a full standard output is E_WRITE', () => {
  const body = `try { ${MANY} } catch (error) { console.error(error.render()) }`
  const { stderr } = shell('"$@" > /dev/full', body)
  assert.match(stderr, /^tidemark: cannot write to standard output: no space left on device \[E_WRITE\]\n/)
})

test('a blocked pipe holds memory down, leaves the event loop free, and does not keep the process from ending', () => {
  const body = `let fires = 0
    let isDone = false
    setInterval(() => { fires += 1 }, 10)
    setTimeout(() => { console.error(fires > 10, isDone, process.memoryUsage().rss < 120e6); process.exit(7) }, 300)
    ${MANY}
    isDone = true`
  const before = performance.now()
  const { stderr, stdout: text } = shell('("$@"; echo $? >&2) | (exec 1>&-; sleep 2)', body)
  assert.equal(text, '')
  assert.equal(stderr, 'true false true\n7\n')
  assert.ok(performance.now() - before < 4000)
})

test('a pipe that another process made non-blocking takes everything', () => {
  const noise = `require('net').Socket; new (require('net').Socket)({ fd: 1, readable: false, writable: true }); setTimeout(() => {}, 600)`
  assert.equal(
    shell(`(${process.execPath} -e "${noise}" & "$@"; wait) | (sleep 0.3; wc -c)`, MANY).stdout.trim(),
    '5000000',
  )
})

test('the sink in memory can be a slow reader, and a broken one', async () => {
  const sink = new MemorySink()
  await sink.open()
  sink.write(Buffer.from('a'))
  await sink.drain()
  sink.hold()
  sink.write(Buffer.alloc(70_000, 'b'))
  assert.equal(sink.needsDrain, true)
  let isDrained = false
  const drained = sink.drain().then(() => {
    isDrained = true
  })
  await turn()
  assert.equal(isDrained, false)
  assert.equal(sink.isAwaited, true)
  sink.release()
  await drained
  assert.equal(sink.needsDrain, false)
  assert.equal(sink.mostWaiting, 70_000)
  assert.equal(sink.text.length, 70_001)
  sink.fail(new PipeClosed())
  sink.write(Buffer.from('c'))
  await assert.rejects(sink.drain(), PipeClosed)
  assert.equal(sink.text.length, 70_001)
})
