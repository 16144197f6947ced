import { createReadStream } from 'node:fs'
import { print } from '../print.ts'
import { restoreSavepoint } from '../restore-savepoint.ts'
import type { World } from '../world.ts'
import { counted } from './state-words.ts'

/** `tidemark state restore DIR < SAVEPOINT`: a new directory, in a life of its own. Throws what `loadSavepoint` throws. */
export async function restoreState(path: string, world: World): Promise<number> {
  const state = await world.openState(path)
  try {
    const bytes = createReadStream('', { fd: 0, autoClose: false })
    const { root, entries } = await restoreSavepoint({
      name: 'standard input',
      bytes,
      store: state.store,
      folder: path,
    })
    const steps = Object.values(root.operators).filter(({ structures }) => structures.length > 0).length
    const what = `${counted(steps, 'step')}, ${counted(entries, 'entry', 'entries')}`
    return await print(`${path}: restored epoch ${root.epoch}; ${what}`, world)
  } finally {
    await state.close()
  }
}
