import { TidemarkError } from '../../base/errors.ts'
import { scansOf } from '../../plan/nodes.ts'
import { hidingSecrets, type LoadedPipeline, loadPipeline } from '../pipeline-file.ts'
import { print } from '../print.ts'
import type { CommandWords } from '../program.ts'
import { runPlan } from '../run-plan.ts'
import type { World } from '../world.ts'

/** `tidemark run FILE`; behind `explain` or `state plan` it is told about instead. */
export async function run(words: CommandWords, world: World): Promise<number> {
  const loaded = loadPipeline(words, world)
  return hidingSecrets(loaded, () => work(loaded, words))
}

async function work({ planned, world, shown }: LoadedPipeline, { about, flags }: CommandWords): Promise<number> {
  const isJson = flags['json'] === true
  if (about?.name === 'state plan') {
    const { planState } = await import('./state-plan.ts')
    return planState(planned, isJson, world)
  }
  if (about) {
    const { explainJob } = await import('./explain.ts')
    const { partialsInState } = await import('./explain-partials.ts')
    return print(shown(explainJob(planned, isJson, await partialsInState(planned, world))), world)
  }
  const reader = scansOf(planned.root).find(({ source }) => source.files.includes('-'))
  if (reader && world.isTerminal.stdin) {
    throw new TidemarkError('E_NO_INPUT', `the source ${reader.id} reads standard input, which is a terminal`, {
      hint: `pipe rows in, or name a file: --input ${reader.id}=FILE`,
    })
  }
  return runPlan(planned, world)
}
