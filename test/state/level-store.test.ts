import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LevelDatabase } from '../../src/state/level-database.ts'
import { MODEL_STRUCTURES, Model, modelWrites, writeModelEpoch } from './epoch-model.ts'
import { rootRecord } from './root-record.ts'
import { contentsOf, inFolder, openState, readPages, write } from './state-harness.ts'

const MANY = { manyPages: 700 }
const FEW = { manyPages: 0 }

test('all that an epoch stands on is synced, in batches of 4 MB; a note of confirmation is not', (t) =>
  inFolder(async (folder) => {
    const real = LevelDatabase.prototype.write
    const writes: { entries: number; sync: boolean }[] = []
    t.mock.method(LevelDatabase.prototype, 'write', function (this: LevelDatabase, batch, sync) {
      writes.push({ entries: batch.length, sync })
      return real.call(this, batch, sync)
    } satisfies typeof real)
    const { store, close } = await openState(`${folder}/st`)
    await store.root()
    const page = Buffer.alloc(20_000, 'x')
    const pages = Array.from({ length: 500 }, (_, i) => ({ ...write(`a x ${i}`, ''), bytes: page }))
    await store.writePages(1, pages)
    assert.deepEqual(
      writes.map(({ sync }) => sync),
      [true, true, true],
    )
    for (const { entries } of writes) assert.ok(entries * page.length < 5 << 20, `${entries} pages in one batch`)
    await store.writeRoot(rootRecord(1))
    await store.confirm(1)
    assert.deepEqual(writes.slice(3), [
      { entries: 1, sync: true },
      { entries: 1, sync: false },
    ])
    await close()
  }))

test('others get their turn while a large epoch is written', () =>
  inFolder(async (folder) => {
    const { store, close } = await openState(`${folder}/st`)
    await store.root()
    const page = Buffer.alloc(50_000, 'x')
    const pages = Array.from({ length: 200 }, (_, i) => ({ ...write(`a x ${i}`, ''), bytes: page }))
    let turns = 0
    let isWriting = true
    const turn = () => {
      turns += 1
      if (isWriting) setImmediate(turn)
    }
    setImmediate(turn)
    await store.writePages(1, pages)
    isWriting = false
    assert.ok(turns >= 15, `${turns} turns during 10 MB`)
    await close()
  }))

test('an epoch costs what changed, and nothing is kept beyond the epoch before the last', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const { store, close } = await openState(path)
    await store.root()
    for (let epoch = 1; epoch <= 60; epoch += 1) await writeModelEpoch(store, epoch, FEW)
    const { pages } = await store.verify()
    assert.equal(pages, Object.keys(new Model(FEW).at(60).pages).length)
    await close()
    const database = await LevelDatabase.open({ folder: `${path}/db`, path, create: false })
    let entries = 0
    for await (const some of database.scan('page', 'pagf')) entries += some.length
    await database.close()
    // of a page that was replaced one version, of a page that was deleted one version and the note that it is
    assert.ok(entries <= pages + 2 * modelWrites(60, FEW).length, `${entries} versions of ${pages} pages`)
  }))

test('the epoch before the last can be read as it was, and no other', () =>
  inFolder(async (folder) => {
    const { store, close } = await openState(`${folder}/st`)
    await store.root()
    for (let epoch = 1; epoch <= 30; epoch += 1) {
      await writeModelEpoch(store, epoch, FEW)
      for (const back of [0, 1]) {
        const view = await store.view(epoch - back)
        if (epoch - back === 0) assert.equal(view, undefined)
        else {
          assert.equal(view!.root.sequence, epoch - back)
          assert.deepEqual(await readPages(view!, MODEL_STRUCTURES), new Model(FEW).at(epoch - back).pages)
        }
      }
      assert.equal(await store.view(epoch - 2), undefined)
    }
    await close()
  }))

test('pages of an epoch that was given up are in none', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const { store, close } = await openState(path)
    await store.root()
    await store.writePages(1, [write('a x 0', 'zero'), write('a x 1', 'one')])
    await store.writeRoot(rootRecord(1))
    await store.writePages(2, [write('a x 0', 'given up'), write('a x 1', null), write('a x 2', 'given up')])
    await store.writePages(3, [write('a x 1', 'three')])
    await store.writeRoot(rootRecord(3))
    await close()
    const again = await openState(path)
    assert.deepEqual(await contentsOf(again.store, ['a x']), { epoch: 3, pages: { 'a x 0': 'zero', 'a x 1': 'three' } })
    await again.close()
  }))

test('after a write that failed nothing more is written, and a start finds the last epoch', (t) =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const { store, close } = await openState(path)
    await store.root()
    for (let epoch = 1; epoch <= 4; epoch += 1) await writeModelEpoch(store, epoch, MANY)
    const batch = Object.getPrototypeOf((await probeOf(path, folder)).writes())
    const failing = t.mock.method(batch, 'write', async () => {
      throw Object.assign(new Error('IO error: /st/db/000003.log: Input/output error'), { code: 'LEVEL_IO_ERROR' })
    })
    await assert.rejects(
      writeModelEpoch(store, 5, MANY),
      /^TidemarkError: state '.*' cannot be written: input\/output error$/,
    )
    failing.mock.restore()
    await assert.rejects(store.writeRoot(rootRecord(5)), /input\/output error/)
    await assert.rejects(store.confirm(4), /input\/output error/)
    await close()
    const again = await openState(path)
    assert.deepEqual(await contentsOf(again.store, MODEL_STRUCTURES), new Model(MANY).at(4))
    await again.close()
  }))

/** Another database, to lay hands on the class of its batches. */
const probeOf = (path: string, folder: string) => LevelDatabase.open({ folder: `${folder}/probe`, path, create: true })
