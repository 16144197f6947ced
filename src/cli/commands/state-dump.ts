import { TidemarkError } from '../../base/errors.ts'
import { createStructures } from '../../operators/stored-structures.ts'
import type { LevelStore, StateView } from '../../state/level-store.ts'
import { savepointText } from '../../state/savepoint.ts'
import { version } from '../version.ts'
import type { World } from '../world.ts'

/** `tidemark state dump DIR [--epoch N]`: a savepoint to standard output. Throws E_SAVEPOINT for an epoch that cannot stand alone. */
export async function dumpState(
  path: string,
  world: World,
  { epoch }: { readonly epoch: number | null },
): Promise<number> {
  const state = await world.inspectState(path, 'read')
  try {
    const { root, pages } = await viewOf(path, state.store, epoch)
    const sink = await world.openOutput({ kind: 'stdout' }, { append: true, segments: null, incarnation: null })
    await sink.open()
    for await (const text of savepointText({ root, pages, release: version(), create: createStructures })) {
      sink.write(Buffer.from(text))
      if (sink.needsDrain) await sink.drain()
    }
    await sink.drain()
    return 0
  } finally {
    await state.close()
  }
}

async function viewOf(path: string, store: LevelStore, epoch: number | null): Promise<StateView> {
  const root = await store.root()
  if (root === undefined) {
    throw new TidemarkError('E_SAVEPOINT', `state '${path}' has no epoch yet`, {
      hint: 'a run writes one with each checkpoint, the last when it ends',
    })
  }
  if (epoch !== null && epoch !== root.epoch) {
    const view = await store.view(epoch)
    if (view !== undefined) return view
    throw new TidemarkError('E_SAVEPOINT', `state '${path}' does not hold epoch ${epoch}`, {
      hint: `the last is ${root.epoch}; but for the one before it, older ones are gone`,
    })
  }
  if (Object.keys(root.committables).length > 0 && (await store.confirmed()) < root.epoch) {
    throw new TidemarkError('E_SAVEPOINT', `rows of epoch ${root.epoch} may not have reached their outputs yet`, {
      hint: `start the job once more, which finishes that; or dump the one before: --epoch ${root.epoch - 1}`,
    })
  }
  return { root, pages: (operator, structure) => store.pages(operator, structure) }
}
