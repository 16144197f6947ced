import { TidemarkError } from '../base/errors.ts'
import type { ChainLine } from '../frontend/flags/command-line.ts'
import { lostQuotesHint } from '../frontend/flags/lost-quotes.ts'
import { planChain } from '../frontend/flags/to-plan.ts'
import type { PlannedJob } from '../frontend/planned-job.ts'
import { runPlan } from './run-plan.ts'
import { timeFieldHint } from './time-hint.ts'
import type { World } from './world.ts'

/** Plans and runs a chain of verbs. Returns the exit status; throws TidemarkError for what ends it earlier. */
export async function runChain(line: ChainLine, world: World): Promise<number> {
  const planned = planWithHints(line)
  const last = line.steps.at(-1)
  const argument =
    last?.verb === 'filter' ? last.condition.text : last?.verb === 'select' ? last.columns.text : undefined
  const torn = last && { verb: last.verb, argument, files: line.job.inputs }
  return runPlan(planned, world, { missingHint: (name) => lostQuotesHint(name, torn) })
}

/** A verb that needs event time: the message names the time-like fields of the first row, where there is a file to look into. */
function planWithHints(line: ChainLine): PlannedJob {
  try {
    return planChain(line)
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'E_TIME_MISSING' || line.job.time || line.job.arrivalTime)
      throw error
    const hint = timeFieldHint(line.job.inputs)
    throw hint === undefined ? error : new TidemarkError(error.code, error.message, { ...error.details, hint })
  }
}
