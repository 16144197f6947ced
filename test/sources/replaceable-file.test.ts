import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { MemorySource } from '../../src/sources/memory.ts'
import { ReplaceableFile } from '../../src/sources/replaceable-file.ts'
import { FakeClock } from '../../src/time/clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-replaceable-'))
after(() => rmSync(folder, { recursive: true }))

/** A file that was read, under a clock that says `ahead` ms more than the file's times. */
async function read(name: string, ahead: number) {
  const path = join(folder, name)
  writeFileSync(path, 'one\n')
  const clock = new FakeClock(statSync(path).ctimeMs + ahead)
  const file = new ReplaceableFile({ name: path, open: () => new MemorySource('one\n'), clock })
  await file.read(async () => {})
  return { path, clock, file }
}

describe('a file that may be replaced', () => {
  test('is the same until somebody writes to it', async () => {
    const { path, clock, file } = await read('written', 0)
    assert.equal(file.look(), 'same')
    writeFileSync(path, 'longer\n')
    assert.equal(file.look(), 'changing')
    clock.advance(199)
    assert.equal(file.look(), 'changing')
    clock.advance(1)
    assert.equal(file.look(), 'changed')
    await file.read(async () => {})
    assert.equal(file.look(), 'same')
  })

  test('must lie still anew after each write', async () => {
    const { path, clock, file } = await read('twice', -1e6)
    writeFileSync(path, 'longer\n')
    file.look()
    clock.advance(150)
    writeFileSync(path, 'longer still\n')
    assert.equal(file.look(), 'changing')
    clock.advance(150)
    assert.equal(file.look(), 'changing')
    clock.advance(50)
    assert.equal(file.look(), 'changed')
  })

  test('is known at once to have lain still if its times say so', async () => {
    const { path, file } = await read('long-ago', 1e6)
    writeFileSync(`${path}.new`, 'longer\n')
    renameSync(`${path}.new`, path)
    assert.equal(file.look(), 'changed')
  })

  test('is gone only when that has been so for a while', async () => {
    const { path, clock, file } = await read('removed', 1e6)
    rmSync(path)
    assert.equal(file.look(), 'changing')
    clock.advance(200)
    assert.equal(file.look(), 'gone')
    file.acceptGone()
    assert.equal(file.look(), 'same')
    writeFileSync(path, 'back\n')
    assert.equal(file.look(), 'changed')
  })

  test('is read again when it was written to while it was read', async () => {
    const { path, clock, file } = await read('busy', 0)
    let reads = 0
    const reading = file.read(async () => {
      reads += 1
      if (reads === 1) writeFileSync(path, 'in between\n')
      return reads
    })
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(200)
    assert.equal(await reading, 2)
    assert.equal(file.look(), 'same')
  })

  test('that could not be read is not read again until it changes', async () => {
    const { path, file } = await read('refused', 1e6)
    writeFileSync(path, 'no good\n')
    assert.equal(file.look(), 'changed')
    await assert.rejects(file.read(() => Promise.reject(new Error('no good'))))
    assert.equal(file.look(), 'same')
  })
})
