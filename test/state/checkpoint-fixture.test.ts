import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FIXTURE, type FixtureRun, readAll } from './checkpoint-fixture.ts'
import { inFolder, openState } from './state-harness.ts'

const fixture = (name: string) => JSON.parse(readFileSync(join(FIXTURE, name), 'utf8'))

test('a state directory that was written in format 1 opens, and all that is in it can be read', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    cpSync(join(FIXTURE, 'st'), path, { recursive: true })
    const state = await openState(path, { mode: 'open' })
    const { epoch } = fixture('run.json') as FixtureRun
    assert.deepEqual(await readAll(state.store), fixture('pages.json'))
    const { bytes, ...report } = await state.store.verify()
    assert.deepEqual(report, { epoch, structures: 3, pages: 8, problems: [], goodEpoch: epoch })
    assert.ok(bytes > 500)
    const before = await state.store.view(epoch - 1)
    assert.equal(before!.root.epoch, epoch - 1)
    assert.ok((await before!.pages('tumble', 'panes')).length > 0)
    await state.close()
  }))
