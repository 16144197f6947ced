import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MODEL_STRUCTURES, Model, type ModelSize } from './epoch-model.ts'
import { contentsOf, openState } from './state-harness.ts'

export const STATE_CHILD = fileURLToPath(new URL('state-child.js', import.meta.url))

export interface Kills {
  readonly path: string
  readonly rounds: number
  readonly size: ModelSize
  /** A whole number >= 0 and < below. */
  readonly random: (below: number) => number
}

/**
 * Lets processes write to one state directory and kills each at a random moment after its first epoch. What the next one finds must be the last epoch that was
 * said to be decided, or the one after. Returns the last epoch.
 */
export async function killWriters({ path, rounds, size, random }: Kills): Promise<number> {
  const model = new Model(size)
  let last = 0
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, [STATE_CHILD, path, 'write', '100000', `${size.manyPages}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    const said: Buffer[] = []
    child.stdout.on('data', (bytes) => said.push(bytes))
    const ended = once(child.stdout, 'close')
    await once(child.stdout, 'data')
    setTimeout(() => child.kill('SIGKILL'), random(60))
    assert.deepEqual(await exit, [null, 'SIGKILL'])
    await ended
    const lines = Buffer.concat(said).toString().split('\n')
    const decided = Number(lines.at(-2))
    assert.ok(decided > last, `${lines.at(-2)} after ${last}`)
    const state = await openState(path)
    const contents = await contentsOf(state.store, MODEL_STRUCTURES)
    const { problems } = await state.store.verify()
    await state.close()
    assert.ok(contents.epoch === decided || contents.epoch === decided + 1, `${contents.epoch} instead of ${decided}`)
    assert.deepEqual(contents, model.at(contents.epoch))
    assert.deepEqual(problems, [])
    last = contents.epoch
  }
  return last
}
