import { TidemarkError } from '../../base/errors.ts'
import { findFlag } from '../../frontend/flags/definitions.ts'
import type { FlagUse } from '../../frontend/flags/lexed.ts'
import { readDuration, readFolder } from '../../frontend/flags/values.ts'
import { liveOwner } from '../../state/state-owner.ts'
import { formatDuration } from '../../time/duration.ts'
import { print } from '../print.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'

const PATIENCE = 30_000
/** Between two looks at the process, and at the lock, ms. */
const LOOK_EVERY = 25
const TRY_EVERY = 500

/** `tidemark stop --state DIR`: SIGTERM to the process that uses it, and waits until the directory is free. Throws E_STATE_LOCKED where that process is not known, E_STOP_TIMEOUT. */
export async function stop({ flags }: CommandWords, world: World): Promise<number> {
  const use = (name: string): FlagUse | null =>
    flags[name] === undefined ? null : { flag: findFlag(name)!, written: `--${name}`, value: String(flags[name]) }
  const [folder, wait] = [use('state'), use('wait')]
  if (folder === null) {
    const hint = 'write: tidemark stop --state DIR'
    throw new TidemarkError('E_FLAG', 'stop needs --state: the directory that the process uses', { hint })
  }
  const path = readFolder(folder)
  const patience = (wait && readDuration(wait)) ?? PATIENCE
  const busy = await lockOf(path, world)
  if (busy === null) return print(`${path}: not in use`, world)
  const owner = liveOwner(path)
  if (owner === null) throw busy
  process.kill(owner.pid, 'SIGTERM')
  if (await isFreeWithin(path, owner.pid, { patience, world }))
    return print(`${path}: process ${owner.pid} has stopped`, world)
  throw new TidemarkError(
    'E_STOP_TIMEOUT',
    `process ${owner.pid} still uses '${path}' after ${formatDuration(patience)}`,
    {
      hint: `its last checkpoint may be under way, or its output waits for a reader; wait on with: tidemark stop --state ${path} --wait 5m`,
    },
  )
}

/** What a run would be told now; null: the directory is free. */
async function lockOf(path: string, world: World): Promise<TidemarkError | null> {
  try {
    await (await world.inspectState(path, 'read')).close()
    return null
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'E_STATE_LOCKED') return error
    throw error
  }
}

/** The note of the owner goes just before the lock does; a process that was killed leaves it. */
async function isFreeWithin(
  path: string,
  pid: number,
  { patience, world }: { readonly patience: number; readonly world: World },
): Promise<boolean> {
  const { clock } = world
  const end = clock.now() + patience
  for (let tried = clock.now(); ; ) {
    const isGone = liveOwner(path)?.pid !== pid
    if (isGone || clock.now() - tried >= TRY_EVERY || clock.now() >= end) {
      tried = clock.now()
      if ((await lockOf(path, world)) === null) return true
    }
    if (clock.now() >= end) return false
    await new Promise<void>((resolve) => clock.setTimer(LOOK_EVERY, resolve))
  }
}
