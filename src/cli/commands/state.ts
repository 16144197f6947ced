import { assert } from '../../base/assert.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'

/** What is done with one directory. Returns the exit status. */
type Action = (path: string, world: World, options: Options) => Promise<number>

interface Options {
  readonly json: boolean
  readonly epoch: number | null
}

/** Standard streams are for one savepoint. */
const OF_ONE = ['dump', 'restore']

const ACTIONS: Readonly<Record<string, () => Promise<Action>>> = {
  ls: async () => (await import('./state-list.ts')).listState,
  show: async () => (await import('./state-show.ts')).showState,
  verify: async () => (await import('./state-verify.ts')).verifyState,
  reset: async () => (await import('./state-reset.ts')).resetState,
  dump: async () => (await import('./state-dump.ts')).dumpState,
  restore: async () => (await import('./state-restore.ts')).restoreState,
}

/** `tidemark state ACTION DIR...`: what is wrong with one directory keeps nobody from the others. The first status that is not 0 is the command's. */
export async function state({ arguments: [name, ...paths], flags }: CommandWords, world: World): Promise<number> {
  const load = ACTIONS[name ?? '']
  assert(load !== undefined, 'the definition names the actions')
  const action = await load()
  const options = { json: flags['json'] === true, epoch: epochOf(flags['epoch']) }
  if (OF_ONE.includes(name!) && paths.length > 1) {
    throw new TidemarkError('E_CHAIN', `state ${name} takes one DIR, not ${paths.join(' ')}`)
  }
  if (options.epoch !== null && name !== 'dump') {
    throw new TidemarkError('E_FLAG', `--epoch has no effect on state ${name}`, { hint: 'it stands behind state dump' })
  }
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

function epochOf(value: string | boolean | undefined): number | null {
  if (value === undefined) return null
  if (/^[1-9]\d{0,14}$/.test(String(value))) return Number(value)
  throw new TidemarkError('E_FLAG_VALUE', `--epoch takes the number of an epoch, not '${value}'`, {
    hint: 'tidemark state ls DIR tells the last; the one before it is kept as well',
  })
}
