import { assert } from '../../base/assert.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'

/** What is done with one directory. Returns the exit status. */
type Action = (path: string, world: World, options: { readonly json: boolean }) => Promise<number>

const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  ls: async () => (await import('./state-list.ts')).listState,
  show: async () => (await import('./state-show.ts')).showState,
  verify: async () => (await import('./state-verify.ts')).verifyState,
  reset: async () => (await import('./state-reset.ts')).resetState,
}

/** `tidemark state ACTION DIR...`: what is wrong with one directory keeps nobody from the others. The first status that is not 0 is the command's. */
export async function state({ arguments: [name, ...paths], flags }: CommandWords, world: World): Promise<number> {
  const load = ACTIONS[name ?? '']
  assert(load !== undefined, 'the definition names the actions')
  const action = await load()
  const options = { json: flags['json'] === true }
  let status = 0
  for (const path of paths) {
    try {
      status ||= await action(path, world, options)
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      world.stderr(`${error.render()}\n`)
      status ||= error.exitStatus
    }
  }
  return status
}
