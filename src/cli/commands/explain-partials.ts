import { TidemarkError } from '../../base/errors.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { judgeState, refuseMisfit } from '../../job/compatibility.ts'
import { storedPartials } from '../../job/stored-partials.ts'
import type { PartialsReport } from '../../operators/partials-report.ts'
import { topologicalOrder } from '../../plan/nodes.ts'
import { signaturesOf } from '../../plan/signature.ts'
import type { World } from '../world.ts'

/**
 * `--explain-partials` behind `explain`: what the last epoch of --state holds; null: the plan does not ask. A directory that is not there yet holds nothing.
 * Throws E_STATE_MISFIT, and what is wrong with the directory.
 */
export async function partialsInState(
  { root, job, secrets }: PlannedJob,
  world: World,
): Promise<readonly PartialsReport[] | null> {
  const isAsked = topologicalOrder(root).some((node) => node.kind === 'match' && node.explained !== null)
  if (!isAsked) return null
  if (job.state === null) return []
  try {
    const state = await world.inspectState(job.state, 'read')
    try {
      const { store } = state
      const record = await store.root()
      if (record === undefined) return []
      refuseMisfit(judgeState(record.operators, signaturesOf(root, secrets)), job.state, true)
      return await storedPartials(root, { ...job, lateAreKept: job.late.kind === 'route' }, { store, record })
    } finally {
      await state.close()
    }
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'E_STATE_MISSING') return []
    throw error
  }
}
