import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { type Disk, type DiskFile, SYSTEM_DISK } from '../../src/sinks/disk.ts'
import { EpochFileSink } from '../../src/sinks/epoch-file.ts'
import { PartsSink } from '../../src/sinks/parts.ts'

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 })
const GO_ON = 'make room on that disk, then start again: the run goes on at its last checkpoint'

/** The disk of this machine, which takes no more than `room` bytes into files whose path ends so. */
class SmallDisk {
  room = Infinity
  readonly disk: Disk

  constructor(ending: RegExp) {
    this.disk = {
      ...SYSTEM_DISK,
      open: async (path, options) => {
        const file = await SYSTEM_DISK.open(path, options)
        return ending.test(path) ? this.#small(file) : file
      },
    }
  }

  #small(file: DiskFile): DiskFile {
    return {
      facts: () => file.facts(),
      read: (at, length) => file.read(at, length),
      truncate: (length) => file.truncate(length),
      sync: () => file.sync(),
      close: () => file.close(),
      write: async (bytes) => {
        const taken = bytes.subarray(0, Math.min(bytes.length, this.room))
        this.room -= taken.length
        if (taken.length > 0) await file.write(taken)
        if (taken.length < bytes.length) throw noSpace()
      },
    }
  }
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-full-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'st/segments'), { recursive: true })
  return folder
}

const isTold = (code: string, message: string) => (error: unknown) => {
  assert.ok(error instanceof TidemarkError, String(error))
  assert.deepEqual([error.code, error.message, error.details.hint], [code, message, GO_ON])
  return true
}

for (const room of [0, 3, 7]) {
  test(`a file whose disk is full after ${room} bytes: the epoch is committed when there is room again, once`, async (t) => {
    const folder = folderOf(t)
    const path = join(folder, 'out.ndjson')
    const small = new SmallDisk(/out\.ndjson$/)
    const create = () =>
      new EpochFileSink(path, { append: false, segments: join(folder, 'st/segments'), disk: small.disk })
    const sink = create()
    await sink.open()
    await sink.recover(null)
    sink.write(Buffer.from('{"a":1}\n'))
    await sink.commit(1, await sink.prepare(1))
    sink.write(Buffer.from('{"a":2}\n'))
    const committable = await sink.prepare(2)
    small.room = room
    const told = isTold('E_WRITE', `cannot write to ${path}: no space left on device`)
    await assert.rejects(sink.commit(2, committable), told)
    await sink.close()
    const last = { epoch: 2, committable: JSON.parse(JSON.stringify(committable)), isConfirmed: false }
    small.room = 0
    const stillFull = create()
    await stillFull.open()
    await assert.rejects(stillFull.recover(last), told)
    await stillFull.close()
    small.room = Infinity
    const again = create()
    await again.open()
    await again.recover(last)
    assert.equal(readFileSync(path, 'utf8'), '{"a":1}\n{"a":2}\n')
    assert.deepEqual(readdirSync(join(folder, 'st/segments')), [])
    await again.close()
  })
}

test('a state directory that is full is named, not the file of the segment', async (t) => {
  const folder = folderOf(t)
  const small = new SmallDisk(/segments/)
  const segments = join(folder, 'st/segments')
  const sink = new EpochFileSink(join(folder, 'out.ndjson'), { append: false, segments, disk: small.disk })
  await sink.open()
  await sink.recover(null)
  small.room = 4
  sink.write(Buffer.from('{"a":1}\n'))
  const told = isTold('E_STATE_WRITE', `state '${join(folder, 'st')}' cannot be written: no space left on device`)
  await assert.rejects(sink.prepare(1), told)
})

test('parts whose disk is full: with state the run goes on at its last checkpoint', async (t) => {
  const folder = folderOf(t)
  const small = new SmallDisk(/tidemark/)
  const path = join(folder, '{k}.ndjson')
  const create = () =>
    new PartsSink({ name: path, folder, size: null, append: false, incarnation: 'one', disk: small.disk })
  const sink = create()
  await sink.open()
  await sink.recover(null)
  sink.writeRow(join(folder, 'a.ndjson'), Infinity, Buffer.from('{"k":"a","n":1}\n'))
  const committable = await sink.prepare(1)
  await sink.commit(1, committable)
  small.room = 5
  sink.writeRow(join(folder, 'a.ndjson'), Infinity, Buffer.from('{"k":"a","n":2}\n'))
  await assert.rejects(sink.prepare(2), isTold('E_WRITE', `cannot write to ${path}: no space left on device`))
  small.room = Infinity
  const again = create()
  await again.open()
  await again.recover({ epoch: 1, committable: JSON.parse(JSON.stringify(committable)), isConfirmed: true })
  again.writeRow(join(folder, 'a.ndjson'), Infinity, Buffer.from('{"k":"a","n":2}\n'))
  again.end()
  await again.commit(2, await again.prepare(2))
  assert.equal(readFileSync(join(folder, 'a.ndjson'), 'utf8'), '{"k":"a","n":1}\n{"k":"a","n":2}\n')
})
