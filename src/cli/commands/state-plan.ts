import { EXIT_STATUS } from '../../base/error-codes.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { judgeState, refuseMisfit, verdictLine } from '../../job/compatibility.ts'
import { signaturesOf } from '../../plan/signature.ts'
import type { OperatorRecord } from '../../state/store.ts'
import { print } from '../print.ts'
import type { World } from '../world.ts'

/**
 * `tidemark state plan`: what would become of the state of each step. Reads no row and changes nothing. Throws what the run would: E_STATE_MISFIT, and what is
 * wrong with the directory; one that is not there yet is none.
 */
export async function planState({ root, job }: PlannedJob, isJson: boolean, world: World): Promise<number> {
  const { state: folder, allowDropState } = job
  if (folder === null) {
    const hint = 'say where the state is kept: --state DIR'
    throw new TidemarkError('E_FLAG', 'state plan needs --state', { hint })
  }
  const verdicts = judgeState(await storedSteps(folder, world), signaturesOf(root))
  const text = verdicts.length === 0 ? 'no step keeps state' : verdicts.map(verdictLine).join('\n')
  await print(isJson ? JSON.stringify(verdicts, null, 2) : text, world)
  refuseMisfit(verdicts, folder, allowDropState)
  return EXIT_STATUS.done[0]
}

async function storedSteps(folder: string, world: World): Promise<Readonly<Record<string, OperatorRecord>>> {
  try {
    const state = await world.inspectState(folder, 'read')
    try {
      return (await state.store.root())?.operators ?? {}
    } finally {
      await state.close()
    }
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'E_STATE_MISSING') return {}
    throw error
  }
}
