import assert from 'node:assert/strict'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { damagedTable } from '../../src/state/table-check.ts'
import { copyState, makeState, startOn } from './state-damage.ts'
import { inFolder } from './state-harness.ts'

const tablesOf = (path: string): readonly string[] => readdirSync(`${path}/db`).filter((name) => name.endsWith('.ldb'))

/** Of the footer, what its two handles leave unused lies between them and the magic number. */
const HANDLES_BYTES = 40

test('a byte changed anywhere in a table is seen', () =>
  inFolder(async (folder) => {
    const path = await makeState(folder)
    assert.equal(await damagedTable(`${path}/db`), null)
    for (const name of tablesOf(path)) {
      const bytes = readFileSync(`${path}/db/${name}`)
      const blocksEnd = bytes.length - HANDLES_BYTES - 8
      for (let at = 0; at < blocksEnd; at += 7) {
        const damaged = Buffer.from(bytes)
        damaged[at] = damaged[at]! ^ (1 << (at % 8))
        writeFileSync(`${path}/db/${name}`, damaged)
        assert.equal(await damagedTable(`${path}/db`), name, `byte ${at} of ${bytes.length}`)
      }
      writeFileSync(`${path}/db/${name}`, bytes)
    }
  }))

test('a table whose writer died before its end is passed over, as the database does', () =>
  inFolder(async (folder) => {
    const path = await makeState(folder)
    const name = tablesOf(path)[0]!
    truncateSync(`${path}/db/${name}`, 1000)
    assert.equal(await damagedTable(`${path}/db`), null)
    truncateSync(`${path}/db/${name}`, 0)
    assert.equal(await damagedTable(`${path}/db`), null)
  }))

test('damage at which LevelDB would end the process is told', () =>
  inFolder(async (folder) => {
    const path = await makeState(folder)
    for (const name of tablesOf(path)) {
      copyState(path, `${folder}/damaged`)
      const bytes = readFileSync(`${path}/db/${name}`)
      // an index of 2 ** 56 - 1 bytes
      bytes.set([0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 127], bytes.length - HANDLES_BYTES - 8)
      writeFileSync(`${folder}/damaged/db/${name}`, bytes)
      const found = await startOn(`${folder}/damaged`)
      assert.ok(found instanceof TidemarkError)
      assert.match(found.message, new RegExp(`is damaged: table db/${name} is not as it was written; no epoch in it`))
    }
  }))
