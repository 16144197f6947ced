import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { FollowSource } from '../../src/sources/follow.ts'

/** A test that fails must end all the same. */
const opened: FollowSource[] = []
after(() => Promise.all(opened.map((source) => source.close())))
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-follow-'))
after(() => fs.rmSync(root, { recursive: true }))
let folders = 0
/** ms; by itself the source looks once a second. */
const PATIENCE = 1500

/** A log that its writer rotates, and a reader that follows it and is now and then started again. */
class Log {
  readonly name: string
  /** What was written, the last line of each file ended. */
  written = ''
  read = ''
  readonly warnings: string[] = []
  #source = this.#open()
  #pending: ReturnType<FollowSource['read']> | null = null
  #place = { file: 0, offset: 0, line: 1 }
  #buffer = Buffer.alloc(64)
  #rotations = 0
  #isFresh = false

  constructor(file = 'app.log') {
    const folder = path.join(root, `${folders++}`)
    fs.mkdirSync(folder)
    this.name = path.join(folder, file)
  }

  append(text: string): void {
    if (text === '') return
    if (this.#isFresh && this.written !== '' && !this.written.endsWith('\n')) this.written += '\n'
    this.#isFresh = false
    fs.appendFileSync(this.name, text)
    this.written += text
  }

  /** As logrotate does without, and with `copytruncate`. */
  rotate(kind: 'rename' | 'copy', suffix = `${this.#rotations + 1}`): void {
    if (!fs.existsSync(this.name)) return
    const old = `${this.name}.${suffix}`
    this.#rotations += 1
    if (kind === 'rename') fs.renameSync(this.name, old)
    else {
      fs.copyFileSync(this.name, old)
      fs.truncateSync(this.name)
    }
    // many rotations in a moment: as if they were a second apart
    fs.utimesSync(old, 1_700_000_000 + this.#rotations, 1_700_000_000 + this.#rotations)
    this.#isFresh = true
  }

  /** Until all that was written is read. */
  async drain(): Promise<void> {
    while (this.read.length < this.written.length) {
      this.#pending ??= this.#source.read(this.#buffer, 0)
      const result = await this.#within(this.#pending)
      this.#pending = null
      if (result.kind === 'bytes') {
        this.read += this.#buffer.toString('latin1', 0, result.length)
        this.#place = { ...this.#place, offset: this.#place.offset + result.length }
      } else if (result.kind === 'end-of-file') {
        if (this.#place.offset > 0 && !this.read.endsWith('\n')) this.read += '\n'
        this.#source.endFile()
        this.#place = { ...this.#place, file: this.#place.file + 1, offset: this.#source.begin.offset }
      } else break
    }
    assert.equal(this.read, this.written)
  }

  async #within<T>(answer: T | Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const isLate = new Promise<never>((_, reject) => {
      const error = new Error(`nothing comes behind ${JSON.stringify(this.read)} of ${JSON.stringify(this.written)}`)
      timer = setTimeout(reject, PATIENCE, error)
    })
    return Promise.race([answer, isLate]).finally(() => clearTimeout(timer))
  }

  mark(): unknown {
    return JSON.parse(JSON.stringify(this.#source.mark(this.#place)))
  }

  async stop(): Promise<unknown> {
    const mark = this.mark()
    await this.#source.close()
    this.#pending = null
    return mark
  }

  async start(mark: unknown): Promise<void> {
    this.#source = this.#open()
    await this.#source.open()
    this.#place = { ...(await this.#source.resume(mark)) }
  }

  /** Waits as a job does that has taken all. */
  wait(): void {
    this.#pending ??= this.#source.read(this.#buffer, 0)
  }

  #open(): FollowSource {
    const source = new FollowSource(this.name, { warn: (code) => this.warnings.push(code) })
    opened.push(source)
    return source
  }
}

async function following(file?: string): Promise<Log> {
  const log = new Log(file)
  await log.start({ operands: [] })
  return log
}

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.nat(3).map((n) => ({ kind: 'append' as const, n })) },
    fc.constant({ kind: 'half' as const }),
    fc.constant({ kind: 'rename' as const }),
    fc.constant({ kind: 'copy' as const }),
    fc.constant({ kind: 'drain' as const }),
    { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
  ),
  { maxLength: 25 },
)

describe('a followed file', { timeout: 20_000 }, () => {
  test('gives what was written, whatever rotations come between, and between two runs', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const log = await following()
        let line = 1
        // a file that came and went unseen is not known
        log.append('line 0\n')
        await log.drain()
        let isDown: unknown = null
        for (const step of list) {
          if (step.kind === 'append') for (let i = 0; i < step.n; i += 1) log.append(`line ${line++}\n`)
          else if (step.kind === 'half') log.append(`half ${line++} `)
          else if (step.kind === 'drain' && !isDown) await log.drain()
          else if (step.kind === 'restart') {
            if (isDown) await log.start(isDown)
            isDown = isDown ? null : await log.stop()
          } else if (step.kind === 'rename') log.rotate('rename')
          else if (step.kind === 'copy' && !isDown) {
            // of a file whose beginning was never read nothing tells that it was another
            log.append(`line ${line++}\n`)
            await log.drain()
            log.append(`line ${line++}\n`)
            log.rotate('copy')
            log.append(`line ${line++}\n`)
            await log.drain()
          }
        }
        if (isDown) await log.start(isDown)
        await log.drain()
        await log.stop()
        assert.deepEqual(
          log.warnings.filter((code) => code === 'W_TRUNCATED'),
          [],
        )
      }),
      { numRuns: 60 },
    )
  })

  test('is read on after two rotations by copying while nothing ran', async () => {
    const log = await following('app.ndjson')
    log.append('one\ntwo\n')
    await log.drain()
    const mark = await log.stop()
    log.append('three\n')
    log.rotate('copy')
    log.append('four\n')
    log.rotate('copy', '20260501')
    log.append('five\n')
    await log.start(mark)
    await log.drain()
    await log.stop()
  })

  test('wakes for what is written to a file that was renamed, and ends its last line where the new one begins', async () => {
    const log = await following()
    log.append('one\n')
    await log.drain()
    log.wait()
    log.append('two')
    log.rotate('rename')
    log.append('three\n')
    await log.drain()
    assert.equal(log.read, 'one\ntwo\nthree\n')
    await log.stop()
  })

  test('that was cut short without a copy begins again, with a warning', async () => {
    const log = await following()
    log.append('one\n')
    await log.drain()
    for (const text of ['2\n', 'a longer line\n']) {
      log.wait()
      fs.writeFileSync(log.name, text)
      log.written += text
      await log.drain()
    }
    const mark = await log.stop()
    fs.writeFileSync(log.name, '4\n')
    log.written += '4\n'
    await log.start(mark)
    await log.drain()
    await log.stop()
    assert.deepEqual(log.warnings, ['W_TRUNCATED', 'W_TRUNCATED', 'W_TRUNCATED'])
  })

  test('whose unread bytes are gone is refused after a restart', async () => {
    const log = await following()
    log.append('one\n')
    await log.drain()
    log.append('two\n')
    const mark = await log.stop()
    fs.rmSync(log.name)
    fs.writeFileSync(log.name, 'new\n')
    await assert.rejects(log.start(mark), (error) => {
      assert.ok(error instanceof TidemarkError)
      assert.equal(error.code, 'E_SOURCE_GONE')
      assert.match(error.message, /^4 of 8 bytes of '.*app\.log' were read, and the rest is not in its folder$/)
      return true
    })
    await log.stop()
  })

  test('is not taken for another log that begins alike', async () => {
    const log = await following()
    log.append('header\n')
    await log.drain()
    log.append('rest\n')
    fs.copyFileSync(log.name, `${log.name}.1`)
    fs.writeFileSync(path.join(path.dirname(log.name), 'other.log'), 'header\nforeign\n')
    fs.truncateSync(log.name)
    log.append('new\n')
    await log.drain()
    await log.stop()
    const alone = await following()
    alone.append('header\n')
    await alone.drain()
    fs.writeFileSync(path.join(path.dirname(alone.name), 'other.log'), 'header\nforeign\n')
    fs.writeFileSync(alone.name, 'n\n')
    alone.written += 'n\n'
    await alone.drain()
    await alone.stop()
    assert.deepEqual(alone.warnings, ['W_TRUNCATED'])
  })

  test('that is being copied gives its rows once, and those that come when it is cut short', async () => {
    const log = await following()
    log.append('one\n')
    await log.drain()
    const mark = await log.stop()
    log.rotate('rename')
    log.append('two\n')
    fs.copyFileSync(log.name, `${log.name}.2`) // the first half of copytruncate
    await log.start(mark)
    await log.drain()
    log.append('three\n')
    fs.copyFileSync(log.name, `${log.name}.2`)
    fs.truncateSync(log.name)
    log.append('more than there was before it was cut short\n')
    await log.drain()
    await log.stop()
    assert.deepEqual(log.warnings, [])
  })

  test('cut short and grown beyond its old end between two looks is read anew, its copy to the end', async () => {
    for (const kind of ['copy', 'none'] as const) {
      const log = await following()
      log.append('one\n')
      await log.drain()
      const mark = await log.stop()
      if (kind === 'copy') {
        log.append('two\n')
        log.rotate('copy')
      } else fs.truncateSync(log.name)
      log.append('longer than what was read before\n')
      await log.start(mark)
      await log.drain()
      await log.stop()
      assert.deepEqual(log.warnings, kind === 'copy' ? [] : ['W_TRUNCATED'])
    }
  })

  test('whose unread rows were compressed is refused until they are unpacked; one that was read is not missed', async () => {
    for (const unread of ['two\n', '']) {
      const log = await following()
      log.append('one\n')
      await log.drain()
      const mark = await log.stop()
      log.append(unread)
      const { mtimeMs } = fs.statSync(log.name)
      const later = new Date(Math.floor(mtimeMs) + (unread === '' ? 0 : 1000))
      fs.renameSync(log.name, `${log.name}.1`)
      fs.utimesSync(`${log.name}.1`, later, later)
      const text = fs.readFileSync(`${log.name}.1`)
      const packed = `${log.name}.1.gz`
      fs.writeFileSync(packed, gzipSync(text))
      fs.utimesSync(packed, later, later)
      fs.rmSync(`${log.name}.1`)
      fs.writeFileSync(log.name, 'three\n')
      log.written += 'three\n'
      if (unread !== '') {
        await assert.rejects(log.start(mark), (error) => {
          assert.ok(error instanceof TidemarkError)
          assert.equal(error.code, 'E_SOURCE_GONE')
          assert.match(error.message, /^rows of '.*app\.log' may be in .*app\.log\.1\.gz, which was compressed before/)
          return true
        })
        fs.writeFileSync(`${log.name}.1`, text)
        fs.utimesSync(`${log.name}.1`, later, later)
      }
      await log.start(mark)
      await log.drain()
      await log.stop()
    }
  })

  test('copied together with its state goes on', async () => {
    const log = await following()
    log.append('one\n')
    await log.drain()
    const mark = await log.stop()
    log.append('two\n')
    fs.copyFileSync(log.name, `${log.name}~`)
    fs.renameSync(`${log.name}~`, log.name)
    await log.start(mark)
    await log.drain()
    await log.stop()
  })
})
