import { runCommandLine } from '../../src/cli/run-line.ts'
import type { JobCounters } from '../../src/job/create-job.ts'
import { MemoryStore, type StoreStep } from '../../src/state/memory-store.ts'
import { REPOSITORY } from '../repository.ts'
import type { Case, Outcome } from './case-file.ts'
import { CaseWorld, type Way } from './case-world.ts'
import { shellWords } from './shell-words.ts'
import { inWorkplace, readOut } from './workplace.ts'

export interface Counted {
  readonly outcome: Outcome
  /** Undefined where the command line runs no job. */
  readonly counters: JobCounters | undefined
}

/** Runs a case in this process. One at a time: the current directory is the case's. */
export function runInProcess(one: Case, way: Way = {}): Promise<Counted> {
  return atWork(one, async (words) => {
    const world = new CaseWorld(one, way)
    const { exit } = await runCommandLine([...(way.flags ?? []), ...words], world)
    return { exit, world }
  })
}

/** Crashes after which a long case is let through to its end. */
const MOST_CRASHES = 24

/**
 * Runs a case with a checkpoint after every row, killed once at every step of every checkpoint and started again on what the store and
 * the outputs hold. What it says is what the last attempt says. `crashes`: how often.
 */
export async function runKilled(one: Case): Promise<Counted & { readonly crashes: number }> {
  const crashed = new Set<string>()
  let isCrash = false
  let said = ''
  let at: CaseWorld | null = null
  const store = new MemoryStore((step: StoreStep, epoch: number) => {
    const place = `${epoch} ${step}`
    if (crashed.has(place) || crashed.size >= MOST_CRASHES) return
    crashed.add(place)
    isCrash = true
    said = at?.errors ?? ''
    throw new Error(`killed in epoch ${place}`)
  })
  const counted = await atWork(one, async (words) => {
    const world = new CaseWorld(one, { batchRows: 1, store })
    at = world
    for (;;) {
      isCrash = false
      const root = await store.root()
      if (root === undefined) await world.startOver()
      // what an attempt says counts only if it comes through, or was finished but for the end of its last checkpoint
      world.errors = root?.isFinished ? said : ''
      const { exit } = await runCommandLine(words, world)
      // for a job that has finished, the rows behind --until are new rows: it is not to be started again
      const isOver = words.includes('--until') && (await store.root())?.isFinished
      if (isOver && isCrash) return { exit: 0, world: Object.assign(world, { errors: said }) }
      if (!isCrash) return { exit, world }
    }
  })
  return { ...counted, crashes: crashed.size }
}

function atWork(
  one: Case,
  run: (words: readonly string[]) => Promise<{ readonly exit: number; readonly world: CaseWorld }>,
): Promise<Counted> {
  return inWorkplace(one, async (folder) => {
    process.chdir(folder)
    try {
      const { exit, world } = await run(shellWords(one.run))
      const outcome = { exit, stdout: world.stdout, stderr: world.errors, out: readOut(one, folder) }
      return { outcome, counters: world.counters }
    } finally {
      process.chdir(REPOSITORY)
    }
  })
}
