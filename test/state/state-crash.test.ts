import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../src/base/errors.ts'
import { MODEL_STRUCTURES, Model, writeModelEpoch } from './epoch-model.ts'
import { type Contents, contentsOf, inFolder, openState } from './state-harness.ts'

const SIZE = { manyPages: 0 }

/** What a start finds in a directory: its contents, or what it says. */
async function startOn(path: string): Promise<Contents | TidemarkError> {
  let state: Awaited<ReturnType<typeof openState>> | undefined
  try {
    state = await openState(path, { mode: 'open' })
    return await contentsOf(state.store, MODEL_STRUCTURES)
  } catch (error) {
    assert.ok(error instanceof TidemarkError, error as Error)
    assert.equal(error.exitStatus, 7, error.render())
    return error
  } finally {
    await state?.close()
  }
}

/** All but the lock, which this process would lose if it closed a copy of it. */
function copyState(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('/LOCK') })
}

const logOf = (path: string) =>
  readdirSync(`${path}/db`)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)!

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

/** A closed state of 12 epochs, in tables and a log. */
async function makeState(folder: string): Promise<string> {
  const path = `${folder}/st`
  for (const epochs of [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ]) {
    const state = await openState(path)
    await state.store.root()
    for (const epoch of epochs) await writeModelEpoch(state.store, epoch, SIZE)
    await state.close()
  }
  assert.ok(readdirSync(`${path}/db`).some((name) => name.endsWith('.ldb')))
  return path
}

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

test('a damaged byte anywhere is harmless or told, and never believed', () =>
  inFolder(async (folder) => {
    const path = await makeState(folder)
    const expected = new Model(SIZE).at(12)
    const files = [...readdirSync(`${path}/db`).map((name) => `db/${name}`), 'tidemark.json', 'epoch'].filter(
      (name) => statSync(`${path}/${name}`).size > 0,
    )
    const seen = { harmless: 0, told: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 40 }),
        async (file, share, change, length) => {
          copyState(path, `${folder}/damaged`)
          const name = `${folder}/damaged/${file}`
          const bytes = readFileSync(name)
          const at = Math.floor(share * bytes.length)
          for (let i = at; i < Math.min(at + length, bytes.length); i += 1) bytes[i] = bytes[i]! ^ change
          writeFileSync(name, bytes)
          const found = await startOn(`${folder}/damaged`)
          if (found instanceof TidemarkError) seen.told += 1
          else {
            seen.harmless += 1
            assert.deepEqual(found, expected)
          }
        },
      ),
      { numRuns: 150 },
    )
    assert.ok(seen.harmless > 5 && seen.told > 30, JSON.stringify(seen))
  }))
