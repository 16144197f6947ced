import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { Model, writeModelEpoch } from './epoch-model.ts'
import { copyState, damageState, logOf, makeState, SIZE, startOn } from './state-damage.ts'
import { inFolder, openState } from './state-harness.ts'

interface Moment {
  readonly path: string
  readonly decided: number
  readonly log: string
  readonly logBytes: number
}

/** Writes epochs and takes a copy of the directory whenever a synced write has returned: what came later counts as lost. */
async function momentsOf(folder: string, epochs: number): Promise<readonly Moment[]> {
  const moments: Moment[] = []
  const path = `${folder}/st`
  let decided = 0
  for (let epoch = 1; epoch <= epochs; ) {
    const state = await openState(path, {
      onStep: (step, of) => {
        if (step === 'after root') decided = of
        if (step !== 'after batch' && step !== 'after root') return
        const copy = `${folder}/${moments.length}`
        copyState(path, copy)
        const log = logOf(copy)
        moments.push({ path: copy, decided, log, logBytes: statSync(`${copy}/db/${log}`).size })
      },
    })
    await state.store.root()
    for (let i = 0; i < 4 && epoch <= epochs; i += 1, epoch += 1) await writeModelEpoch(state.store, epoch, SIZE)
    await state.close()
  }
  return moments
}

test('a crash of the machine leaves the epoch that was decided, whatever was lost of what was not synced', () =>
  inFolder(async (folder) => {
    const moments = await momentsOf(folder, 10)
    assert.ok(moments.length >= 20)
    const model = new Model(SIZE)
    for (const [i, { path, decided, log, logBytes }] of moments.entries()) {
      const expected = model.at(decided)
      const next = moments[i + 1]
      // torn at any place between two moments
      if (next?.log === log && next.logBytes > logBytes) {
        for (const share of [0, 0.01, 0.5, 0.99]) {
          const torn = `${folder}/torn`
          copyState(next.path, torn)
          writeFileSync(`${torn}/epoch`, readFileSync(`${path}/epoch`))
          truncateSync(`${torn}/db/${log}`, logBytes + Math.floor(share * (next.logBytes - logBytes)))
          assert.deepEqual(await startOn(torn), expected)
        }
      }
      assert.deepEqual(await startOn(path), expected)
    }
  }))

test('a log that was cut anywhere gives the whole last epoch or says that it is damaged', () =>
  inFolder(async (folder) => {
    const path = await makeState(folder)
    const expected = new Model(SIZE).at(12)
    const log = `db/${logOf(path)}`
    const { size } = statSync(`${path}/${log}`)
    let damaged = 0
    for (let i = 0; i < 40; i += 1) {
      copyState(path, `${folder}/cut`)
      truncateSync(`${folder}/cut/${log}`, Math.floor((size * i) / 40))
      const found = await startOn(`${folder}/cut`)
      if (found instanceof TidemarkError) damaged += 1
      else assert.deepEqual(found, expected)
    }
    assert.ok(damaged >= 38, `${damaged} of 40 were noticed`)
    // without the note of the last epoch an older one is as good as any
    rmSync(`${path}/epoch`)
    for (let i = 0; i < 40; i += 1) {
      copyState(path, `${folder}/cut`)
      truncateSync(`${folder}/cut/${log}`, Math.floor((size * i) / 40))
      const found = await startOn(`${folder}/cut`)
      if (!(found instanceof TidemarkError)) assert.deepEqual(found, new Model(SIZE).at(found.epoch))
    }
  }))

test('damaged bytes anywhere are harmless or told, and never believed', () =>
  inFolder(async (folder) => {
    const seen = await damageState(folder, { rounds: 60, random: Math.random })
    assert.ok(seen.harmless > 2 && seen.told > 12, JSON.stringify(seen))
  }))
