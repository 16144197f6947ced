import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { TidemarkError } from '../../src/base/errors.ts'
import { MODEL_STRUCTURES, Model, writeModelEpoch } from './epoch-model.ts'
import { type Contents, contentsOf, openState, readPages } from './state-harness.ts'

export const SIZE = { manyPages: 0 }

/** What a start finds in a directory: its contents, or what it says. */
export async function startOn(path: string): Promise<Contents | TidemarkError> {
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
export function copyState(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('/LOCK') })
}

/** The last log of the database. */
export const logOf = (path: string) =>
  readdirSync(`${path}/db`)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)!

/** A closed state of 12 epochs, in tables and a log. */
export async function makeState(folder: string): Promise<string> {
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

/** How often a start did what. `saved`: told, and an epoch was whole. */
interface Seen {
  harmless: number
  told: number
  saved: number
}

/** Reads an epoch that is said to be whole. */
async function assertGood(path: string, epoch: number): Promise<1> {
  const state = await openState(path, { mode: 'read' })
  const view = await state.store.view(epoch)
  assert.deepEqual({ epoch, pages: await readPages(view!, MODEL_STRUCTURES) }, new Model(SIZE).at(epoch))
  await state.close()
  return 1
}

export interface Damage {
  readonly rounds: number
  /** A number >= 0 and < 1. */
  readonly random: () => number
}

/**
 * Changes some bytes of a file of a state directory, so many times, each time in a new copy. A start must find the last epoch, or say that the state is
 * damaged; the epoch that it then calls whole must be.
 */
export async function damageState(folder: string, { rounds, random }: Damage): Promise<Seen> {
  const path = await makeState(folder)
  const expected = new Model(SIZE).at(12)
  const files = [...readdirSync(`${path}/db`).map((name) => `db/${name}`), 'tidemark.json', 'epoch'].filter(
    (name) => statSync(`${path}/${name}`).size > 0,
  )
  const seen = { harmless: 0, told: 0, saved: 0 }
  for (let round = 0; round < rounds; round += 1) {
    copyState(path, `${folder}/damaged`)
    const file = files[Math.floor(random() * files.length)]!
    const bytes = readFileSync(`${path}/${file}`)
    const from = Math.floor(random() * bytes.length)
    const to = Math.min(from + 1 + Math.floor(random() * 40), bytes.length)
    const change = 1 + Math.floor(random() * 255)
    for (let i = from; i < to; i += 1) bytes[i] = bytes[i]! ^ change
    writeFileSync(`${folder}/damaged/${file}`, bytes)
    const how = `${file}: bytes ${from} to ${to} ^ ${change}`
    const found = await startOn(`${folder}/damaged`).catch((error) => assert.fail(`${how}: ${error}`))
    if (found instanceof TidemarkError) {
      seen.told += 1
      const good = /epoch (\d+) is still whole/.exec(found.message)
      if (good) seen.saved += await assertGood(`${folder}/damaged`, Number(good[1]))
    } else {
      seen.harmless += 1
      assert.deepEqual(found, expected, how)
    }
  }
  return seen
}
