import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { LevelDatabase, type Writes } from '../../src/state/level-database.ts'
import {
  PREVIOUS_ROOT_KEY,
  pagePrefix,
  ROOT_KEY,
  seal,
  structurePrefix,
  versionKey,
} from '../../src/state/state-layout.ts'
import { rootRecord } from './root-record.ts'
import { contentsOf, inFolder, openState, write } from './state-harness.ts'

/** Three epochs: 0 and 1 change in each in the same way, 2 and 3 stay, 4 is deleted by the last. */
async function makeThree(path: string): Promise<void> {
  const { store, close } = await openState(path)
  await store.root()
  for (let epoch = 1; epoch <= 3; epoch += 1) {
    const stay = epoch === 1 ? [write('a x 2', 'two'), write('a y 3', 'three'), write('a x 4', 'four')] : []
    const gone = epoch === 3 ? [write('a x 4', null)] : []
    await store.writePages(epoch, [write('a x 0', `v${epoch}`), write('a x 1', `w${epoch}`), ...stay, ...gone])
    await store.writeRoot(rootRecord(epoch))
  }
  await close()
}

const keyOf = (page: string, epoch: number, structure = 'x') =>
  versionKey(pagePrefix(structurePrefix('a', structure), page), epoch)

interface Tampering {
  readonly change: (writes: Writes, database: LevelDatabase) => Promise<void> | void
  /** What a start says, between `is damaged: ` and the end; null: it finds the last epoch. */
  readonly told: string | null
}

const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  nothing: { change: () => {}, told: null },
  'a live page is missing': {
    change: (writes) => void writes.del(keyOf('2', 1)),
    told: 'x of a has 2 pages instead of 3; no epoch in it is known to be whole',
  },
  'the last version of two pages is missing, and the one before stands there': {
    change: (writes) => void writes.del(keyOf('0', 3)).del(keyOf('1', 3)),
    told: 'x of a has pages of another epoch; epoch 2 is still whole',
  },
  'a deletion is missing': {
    change: (writes) => void writes.del(keyOf('4', 3)),
    told: 'x of a has 4 pages instead of 3; epoch 2 is still whole',
  },
  'a version that only the epoch before needs is missing': {
    change: (writes) => void writes.del(keyOf('0', 2)),
    told: null,
  },
  'a whole structure is missing': {
    change: (writes) => void writes.del(keyOf('3', 1, 'y')),
    told: 'y of a has 0 pages instead of 1; no epoch in it is known to be whole',
  },
  'a page has other bytes': {
    change: async (writes, database) => {
      const value = (await database.get(keyOf('1', 3)))!
      value[value.length - 1]! ^= 1
      writes.put(keyOf('1', 3), value)
    },
    told: 'page 1 of x of a is not as it was written; epoch 2 is still whole',
  },
  'a page has no bytes': {
    change: (writes) => void writes.put(keyOf('1', 3), Buffer.alloc(0)),
    told: 'page 1 of x of a is not as it was written; epoch 2 is still whole',
  },
  'two pages changed places': {
    change: async (writes, database) => {
      writes.put(keyOf('0', 3), (await database.get(keyOf('1', 3)))!)
      writes.put(keyOf('1', 3), (await database.get(keyOf('0', 3)))!)
    },
    told: 'page 0 of x of a is not as it was written; epoch 2 is still whole',
  },
  'a page was written by somebody else, with a checksum': {
    change: (writes) => void writes.put(keyOf('1', 3), seal(keyOf('1', 3), 1, Buffer.from('w4'))),
    told: 'x of a has pages of another epoch; epoch 2 is still whole',
  },
  'the root record has other bytes': {
    change: async (writes, database) => {
      const value = (await database.get(ROOT_KEY))!
      value[20]! ^= 1
      writes.put(ROOT_KEY, value)
    },
    told: 'a root record is not as it was written; epoch 2 is still whole',
  },
  'the root record is missing': {
    change: (writes) => void writes.del(ROOT_KEY),
    told: 'the root record after epoch 2 is missing; epoch 2 is still whole',
  },
  'the root record of the epoch before is missing': {
    change: (writes) => void writes.del(PREVIOUS_ROOT_KEY),
    told: null,
  },
  'there is a key that means nothing': {
    change: (writes) => void writes.put('page\0a\0x\0what', Buffer.from('?')),
    told: null,
  },
}

for (const [what, { change, told }] of Object.entries(TAMPERINGS)) {
  test(`a start, where ${what}: ${told === null ? 'finds the last epoch' : 'says what is damaged'}`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/st`
      await makeThree(path)
      const database = await LevelDatabase.open({ folder: `${path}/db`, path, create: false })
      const writes = database.writes()
      await change(writes, database)
      if (writes.length > 0) await database.write(writes, true)
      await database.close()
      const { store, close } = await openState(path)
      const last = { 'a x 0': 'v3', 'a x 1': 'w3', 'a x 2': 'two', 'a y 3': 'three' }
      if (told === null) assert.deepEqual(await contentsOf(store, ['a x', 'a y']), { epoch: 3, pages: last })
      else {
        await assert.rejects(store.root(), { code: 'E_STATE_DAMAGED', message: `state '${path}' is damaged: ${told}` })
        const { problems, goodEpoch } = await store.verify()
        assert.ok(told.startsWith(`${problems[0]};`))
        assert.equal(goodEpoch === 2, told.endsWith('; epoch 2 is still whole'))
        await assert.rejects(store.view(3).then((view) => assert.ok(view)))
      }
      await close()
    }))
}

test('a first epoch of which only the note is there is told', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    await makeThree(path)
    rmSync(`${path}/db`, { recursive: true })
    const { store, close } = await openState(path)
    await assert.rejects(store.root(), /is damaged: epoch 3 was written, but is not there; no epoch/)
    await close()
  }))
