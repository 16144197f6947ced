import { EXIT_STATUS } from '../../base/error-codes.ts'
import { renderWarning } from '../../base/errors.ts'
import { hidingSecrets, type LoadedPipeline, loadPipeline } from '../pipeline-file.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'
import { explainJob } from './explain.ts'

/** `tidemark validate FILE`: all that `run` would refuse before its first row, without reading or writing any. */
export async function validate(words: CommandWords, world: World): Promise<number> {
  const loaded = loadPipeline(words, world, true)
  return hidingSecrets(loaded, async () => check(loaded, words))
}

function check({ planned, world }: LoadedPipeline, { flags }: CommandWords): number {
  explainJob(planned, false)
  if (flags['quiet'] === true) return EXIT_STATUS.done[0]
  for (const { id, label, span } of planned.unnamed) {
    const hint = `name: ${id} keeps it what it is when steps are added; its state is found by that name`
    const message = `${label} keeps state and has no name`
    world.stderr(`${renderWarning('W_UNNAMED', message, { span, hint })}\n`)
  }
  return EXIT_STATUS.done[0]
}
