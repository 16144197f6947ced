import { EXIT_STATUS } from '../../base/error-codes.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { judgeColumns, judgeState, refuseMisfit, refuseOtherColumns, verdictLine } from '../../job/compatibility.ts'
import { type StructureShapes, shapesOf } from '../../job/structure-shapes.ts'
import { signaturesOf } from '../../plan/signature.ts'
import type { OperatorRecord, RootRecord, Store } from '../../state/store.ts'
import { print } from '../print.ts'
import type { World } from '../world.ts'

type StoredSteps = Readonly<Record<string, OperatorRecord>>

/**
 * `tidemark state plan`: what would become of the state of each step, in the directory or in the savepoint of --restore, of which the first line is read. Reads no
 * row and changes nothing. Throws what the run would: E_STATE_MISFIT, and what is wrong with the directory; one that is not there yet is none.
 */
export async function planState({ root, job, secrets }: PlannedJob, isJson: boolean, world: World): Promise<number> {
  const { state: folder, allowDropState, restore, late } = job
  if (folder === null) {
    const hint = 'say where the state is kept: --state DIR'
    throw new TidemarkError('E_FLAG', 'state plan needs --state', { hint })
  }
  const stored = restore === null ? await storedSteps(folder, world) : await savedSteps(restore, folder, world)
  const shapes = await shapesOf(root, { ...job, lateAreKept: late.kind === 'route' })
  const verdicts = judgeState(stored, signaturesOf(root, secrets))
  const shown = judgeColumns(verdicts, stored, shapes)
  const text = shown.length === 0 ? 'no step keeps state' : shown.map(verdictLine).join('\n')
  await print(isJson ? JSON.stringify(shown, null, 2) : text, world)
  refuseMisfit(verdicts, folder, allowDropState)
  refuseColumns(stored, shapes)
  return EXIT_STATUS.done[0]
}

function refuseColumns(stored: StoredSteps, shapes: StructureShapes): void {
  for (const [step, now] of shapes) {
    for (const [name, shape] of Object.entries(stored[step]?.shapes ?? {})) refuseOtherColumns(step, shape, now[name])
  }
}

async function storedSteps(folder: string, world: World): Promise<StoredSteps> {
  const steps: Record<string, OperatorRecord> = {}
  await inStore(folder, world, async (store, root) => {
    for (const [id, record] of Object.entries(root?.operators ?? {}))
      steps[id] = await withKeptShapes(store, id, record)
  })
  return steps
}

/** With the shapes of those structures that hold something. */
async function withKeptShapes(store: Store, id: string, record: OperatorRecord): Promise<OperatorRecord> {
  const shapes = { ...record.shapes }
  for (const name of Object.keys(shapes)) if ((await store.pages(id, name)).length === 0) delete shapes[name]
  return { ...record, shapes }
}

async function savedSteps(file: string, folder: string, world: World): Promise<StoredSteps> {
  const { rootOfFile } = await import('../restore-savepoint.ts')
  const { refuseFull } = await import('../../state/savepoint-load.ts')
  await inStore(folder, world, async (_, root) => refuseFull(folder, root))
  const steps: Record<string, OperatorRecord> = {}
  for (const [id, record] of Object.entries((await rootOfFile(file)).operators)) {
    const shapes = Object.entries(record.shapes ?? {}).filter(([name]) => record.entries?.[name] !== 0)
    steps[id] = { ...record, shapes: Object.fromEntries(shapes) }
  }
  return steps
}

/** Nothing is done with a directory that is not there yet. */
async function inStore(
  folder: string,
  world: World,
  look: (store: Store, root: RootRecord | undefined) => Promise<void>,
): Promise<void> {
  try {
    const state = await world.inspectState(folder, 'read')
    try {
      await look(state.store, await state.store.root())
    } finally {
      await state.close()
    }
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'E_STATE_MISSING') throw error
  }
}
