import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TidemarkError } from '../../src/base/errors.ts'
import type { StateDirectoryOptions } from '../../src/state/state-directory.ts'
import { FakeClock } from '../../src/time/clock.ts'
import { rootRecord } from './root-record.ts'
import { contentsOf, inFolder, openState, write } from './state-harness.ts'

/** The whole message and the exit status; the folder of the test is FOLDER. */
async function refusal(path: string, options: Partial<StateDirectoryOptions> = {}): Promise<[number, string]> {
  const folder = path.replace(/(.*tidemark-state-[^/]*).*/, '$1')
  try {
    const state = await openState(path, options)
    await state.close()
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    return [error.exitStatus, error.render().replaceAll(folder, 'FOLDER')]
  }
  assert.fail('was opened')
}

async function withState(path: string): Promise<void> {
  const state = await openState(path)
  await state.store.root()
  await state.store.writePages(1, [write('a x 0', 'one')])
  await state.store.writeRoot(rootRecord(1))
  await state.close()
}

test('a state directory is made, found again, and keeps its name', () =>
  inFolder(async (folder) => {
    const state = await openState(`${folder}/st`)
    assert.deepEqual(readdirSync(`${folder}/st`).sort(), ['db', 'epoch', 'owner.json', 'segments', 'tidemark.json'])
    assert.equal(state.segmentsFolder, `${folder}/st/segments`)
    const meta = JSON.parse(readFileSync(`${folder}/st/tidemark.json`, 'utf8'))
    assert.deepEqual(meta, {
      format: 1,
      incarnation: state.incarnation,
      created: '2024-05-01T10:02:03.000Z',
      release: '0.1.0',
    })
    assert.equal(state.store.incarnation, state.incarnation)
    await state.close()
    for (const mode of ['create-or-open', 'open', 'read'] as const) {
      const again = await openState(`${folder}/st`, { mode })
      assert.equal(again.incarnation, state.incarnation)
      await again.close()
    }
    const other = await openState(`${folder}/other`)
    assert.notEqual(other.incarnation, state.incarnation)
    await other.close()
  }))

test('an empty folder becomes a state directory, also one with what a process left that died in making it', () =>
  inFolder(async (folder) => {
    mkdirSync(`${folder}/st/lost+found`, { recursive: true })
    writeFileSync(`${folder}/st/tidemark.json.4711.new`, '{')
    await (await openState(`${folder}/st`)).close()
    mkdirSync(`${folder}/half/db`, { recursive: true })
    writeFileSync(`${folder}/half/tidemark.json`, readFileSync(`${folder}/st/tidemark.json`))
    writeFileSync(`${folder}/half/db/MANIFEST-000001`, 'ab')
    writeFileSync(`${folder}/half/db/LOCK`, '')
    await withState(`${folder}/half`)
  }))

test('what is no state directory is refused and left alone', () =>
  inFolder(async (folder) => {
    writeFileSync(`${folder}/file`, 'text')
    assert.deepEqual(await refusal(`${folder}/file`), [
      6,
      "tidemark: 'FOLDER/file' is a file, not a state directory [E_STATE_FOREIGN]\n  hint: --state takes a directory, which is made when it is missing",
    ])
    assert.equal(readFileSync(`${folder}/file`, 'utf8'), 'text')
    mkdirSync(`${folder}/home`)
    writeFileSync(`${folder}/home/letter`, '')
    assert.deepEqual(await refusal(`${folder}/home`), [
      6,
      "tidemark: 'FOLDER/home' holds other files and no state [E_STATE_FOREIGN]\n  hint: name a new or an empty directory: nothing else may stand in it",
    ])
    assert.deepEqual(readdirSync(`${folder}/home`), ['letter'])
    assert.deepEqual(await refusal(`${folder}/a/b/st`), [
      2,
      "tidemark: no folder 'FOLDER/a/b' to put state 'FOLDER/a/b/st' into [E_STATE_MISSING]\n  hint: mkdir -p FOLDER/a/b",
    ])
    for (const mode of ['open', 'read'] as const)
      assert.deepEqual(await refusal(`${folder}/st`, { mode }), [
        2,
        "tidemark: no state in 'FOLDER/st' [E_STATE_MISSING]\n  hint: a run with --state makes it; is the path right?",
      ])
    assert.deepEqual(readdirSync(folder).sort(), ['file', 'home'])
  }))

test('a state directory of a newer release is refused and left alone', () =>
  inFolder(async (folder) => {
    await withState(`${folder}/st`)
    const meta = JSON.parse(readFileSync(`${folder}/st/tidemark.json`, 'utf8'))
    writeFileSync(`${folder}/st/tidemark.json`, JSON.stringify({ ...meta, format: 2, release: '3.1.4' }))
    const before = readdirSync(`${folder}/st/db`)
    assert.deepEqual(await refusal(`${folder}/st`), [
      6,
      "tidemark: state 'FOLDER/st' was written by a newer release (3.1.4, format 2; this one reads up to 1) [E_STATE_FORMAT]\n  hint: use that release, or name another --state",
    ])
    assert.deepEqual(readdirSync(`${folder}/st/db`), before)
  }))

const CHILD = fileURLToPath(new URL('state-child.js', import.meta.url))

/** A process that has a state directory open until it dies. */
async function holder(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CHILD, path, 'hold'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  return child
}

test('a directory in use is refused with the name of the process; a lock dies with its process', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const child = await holder(path)
    const hint = '  hint: wait for it, stop it with: tidemark stop --state FOLDER/st, or name another --state'
    const clock = new FakeClock(Date.parse('2024-05-01T23:00:00Z'))
    assert.deepEqual(await refusal(path, { clock }), [
      8,
      `tidemark: state 'FOLDER/st' is in use by process ${child.pid} (tidemark -t ts dedup a.ndjson, since 10:02) [E_STATE_LOCKED]\n${hint}`,
    ])
    const tomorrow = new FakeClock(Date.parse('2024-05-02T00:00:00Z'))
    assert.match((await refusal(path, { clock: tomorrow, mode: 'read' }))[1], /, since 2024-05-01 10:02\) \[/)
    writeFileSync(`${path}/owner.json`, '{"pid":')
    assert.match((await refusal(path))[1], /^tidemark: state 'FOLDER\/st' is in use by another process \[/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await withState(path)
    assert.equal(existsSync(`${path}/owner.json`), false)
  }))

test('a directory that is open in this process cannot be opened a second time', () =>
  inFolder(async (folder) => {
    const state = await openState(`${folder}/st`)
    assert.match((await refusal(`${folder}/st`))[1], new RegExp(`in use by process ${process.pid} `))
    await state.close()
    await (await openState(`${folder}/st`)).close()
  }))

test('a directory that lost a part says which', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const damaged = (what: string, good = 'no epoch in it is known to be whole') => [
      7,
      `tidemark: state 'FOLDER/st' is damaged: ${what}; ${good} [E_STATE_DAMAGED]\n  hint: a copy of it or a savepoint can take its place`,
    ]
    const anew = async () => {
      rmSync(path, { recursive: true, force: true })
      await withState(path)
    }
    await anew()
    writeFileSync(`${path}/tidemark.json`, '{"format":1')
    assert.deepEqual(await refusal(path), damaged('tidemark.json cannot be read'))
    rmSync(`${path}/tidemark.json`)
    assert.deepEqual(await refusal(path), damaged('tidemark.json is missing'))
    await anew()
    rmSync(`${path}/db/CURRENT`)
    assert.deepEqual(await refusal(path), damaged('db/CURRENT is missing'))
    await anew()
    const manifest = readFileSync(`${path}/db/CURRENT`, 'utf8').trim()
    rmSync(`${path}/db/${manifest}`)
    const [status, message] = await refusal(path)
    assert.equal(status, 7)
    assert.match(message, /is damaged: its database cannot be read \(.*\); no epoch in it is known to be whole \[/)
    assert.doesNotMatch(message, /FOLDER\/st\/db/)
  }))

test('a database that was cut short is noticed', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    await withState(path)
    const log = readdirSync(`${path}/db`).find((name) => name.endsWith('.log'))!
    writeFileSync(`${path}/db/${log}`, '')
    const state = await openState(path)
    await assert.rejects(
      state.store.root(),
      /epoch 1 was written, but is not there; no epoch in it is known to be whole/,
    )
    assert.deepEqual(await state.store.verify(), {
      epoch: 0,
      structures: 0,
      pages: 0,
      bytes: 0,
      problems: ['epoch 1 was written, but is not there'],
      goodEpoch: null,
    })
    await state.close()
  }))

test('a database of another state directory is noticed', () =>
  inFolder(async (folder) => {
    await withState(`${folder}/a`)
    await withState(`${folder}/b`)
    writeFileSync(`${folder}/a/tidemark.json`, readFileSync(`${folder}/b/tidemark.json`))
    const state = await openState(`${folder}/a`)
    await assert.rejects(state.store.root(), /is damaged: its database belongs to another state directory;/)
    await state.close()
  }))

test(
  'a directory that may not be written is refused',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  () =>
    inFolder(async (folder) => {
      mkdirSync(`${folder}/st`)
      chmodSync(`${folder}/st`, 0o500)
      assert.deepEqual(await refusal(`${folder}/st`), [
        1,
        "tidemark: state 'FOLDER/st' cannot be written: permission denied [E_STATE_WRITE]\n  hint: name a --state directory that can be written, or change its owner",
      ])
    }),
)

test('reading leaves undecided pages where they are', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    await withState(path)
    const writing = await openState(path)
    await writing.store.root()
    await writing.store.writePages(2, [write('a x 0', 'two')])
    await writing.close()
    for (const mode of ['read', 'read', 'open'] as const) {
      const state = await openState(path, { mode })
      assert.deepEqual(await contentsOf(state.store, ['a x']), { epoch: 1, pages: { 'a x 0': 'one' } })
      await state.close()
    }
  }))
