import { clearState } from '../../state/clear-state.ts'
import { print } from '../print.ts'
import { version } from '../version.ts'
import type { World } from '../world.ts'
import { counted } from './state-words.ts'

/** `tidemark state reset DIR`: the next run begins anew, in a new life of the directory. Throws E_STATE_LOCKED where it is in use. */
export async function resetState(path: string, world: World): Promise<number> {
  const removed = await clearState(path, {
    open: () => world.inspectState(path, 'open'),
    release: version(),
    wallTime: world.clock.wallTime(),
  })
  const what =
    removed === null
      ? 'removed what was left of it'
      : removed.epoch === 0
        ? 'there was no epoch'
        : `removed epoch ${removed.epoch} with the state of ${counted(removed.steps.length, 'step')}${namesOf(removed.steps)}`
  return print(`${path}: ${what}; the next run begins anew`, world)
}

const namesOf = (steps: readonly string[]): string => (steps.length === 0 ? '' : ` (${steps.join(', ')})`)
