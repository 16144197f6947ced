import { damagedState } from '../../state/state-error.ts'
import { print } from '../print.ts'
import type { World } from '../world.ts'
import { counted } from './state-words.ts'

/** `tidemark state verify DIR`: reads every page. Throws E_STATE_DAMAGED (exit 7) with the first thing that is wrong; all of them are printed. */
export async function verifyState(path: string, world: World): Promise<number> {
  const state = await world.inspectState(path, 'read')
  try {
    const { epoch, structures, pages, bytes, problems, goodEpoch } = await state.store.verify()
    if (problems.length > 0) {
      await print(problems.map((problem) => `${path}: ${problem}`).join('\n'), world)
      throw damagedState(path, problems[0]!, goodEpoch)
    }
    if (epoch === 0) return await print(`${path}: whole; no epoch yet`, world)
    const sizes = `${counted(structures, 'structure')}, ${counted(pages, 'page')}, ${bytes} bytes`
    return await print(`${path}: epoch ${epoch} is whole; ${sizes}`, world)
  } finally {
    await state.close()
  }
}
