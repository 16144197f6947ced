import { existsSync, readFileSync } from 'node:fs'
import { EXIT_STATUS } from '../base/error-codes.ts'
import { TidemarkError } from '../base/errors.ts'
import type { ChainLine } from '../frontend/flags/command-line.ts'
import type { LexedChain } from '../frontend/flags/lexed.ts'
import { parseCommandLine } from '../frontend/flags/parse.ts'
import { planChain } from '../frontend/flags/to-plan.ts'
import { PipeClosed, StoppedOpening } from '../sinks/sink.ts'
import { runCommand } from './commands/index.ts'
import { ended, print } from './print.ts'
import { runChain } from './run-chain.ts'
import { version } from './version.ts'
import type { World } from './world.ts'

/** Does what the words behind `tidemark` ask for. Never throws: whatever goes wrong is told on stderr. Returns the exit status. */
export async function runCommandLine(words: readonly string[], world: World): Promise<{ readonly exit: number }> {
  try {
    return { exit: await dispatch(words, world) }
  } catch (error) {
    if (error instanceof PipeClosed) return { exit: EXIT_STATUS.pipeClosed[0] }
    if (error instanceof StoppedOpening) return { exit: EXIT_STATUS.done[0] }
    const known = error instanceof TidemarkError ? error : internalError(error)
    world.stderr(`${known.render()}\n`)
    return { exit: known.exitStatus }
  }
}

async function dispatch(words: readonly string[], world: World): Promise<number> {
  const line = parseCommandLine(words, { exists: existsSync, readText })
  switch (line.kind) {
    case 'version':
      return print(`tidemark ${version()}\n`, world)
    case 'nothing':
      return helpInstead(world)
    case 'help': {
      const { helpText } = await import('./help.ts')
      return print(helpText(line.topic), world)
    }
    case 'command':
      return runCommand(line.command, line, world)
    case 'chain':
      if (line.shown) return showYaml(line, line.shown, world)
      return line.command === 'run' ? runOrAsk(line, world) : describeChain(line, world)
  }
}

/** No verb, or a terminal with nothing piped: help on stderr, not a wait for ever. */
async function helpInstead(world: World): Promise<number> {
  const { helpText } = await import('./help.ts')
  world.stderr(ended(helpText(undefined)))
  return EXIT_STATUS.usage[0]
}

async function runOrAsk(line: ChainLine, world: World): Promise<number> {
  if (world.isTerminal.stdin && !line.job.inputsGiven && !line.job.kafka) {
    await helpInstead(world)
    throw new TidemarkError('E_NO_INPUT', 'nothing to read: no FILE, and standard input is a terminal', {
      hint: 'name a file at the end, or pipe rows in: cat app.ndjson | tidemark …',
    })
  }
  return runChain(line, world)
}

/** What is wrong with the chain is told first. */
async function showYaml(line: ChainLine, shown: LexedChain, world: World): Promise<number> {
  planChain(line)
  const { writePipeline } = await import('../frontend/yaml/write-pipeline.ts')
  return print(writePipeline(shown), world)
}

/** Commands about a chain that do not run it. */
async function describeChain(line: ChainLine, world: World): Promise<number> {
  if (line.command === 'state plan') {
    const { planState } = await import('./commands/state-plan.ts')
    return planState(planChain(line), line.json, world)
  }
  const { explainJob, graphOfJob } = await import('./commands/explain.ts')
  const planned = planChain(line)
  if (line.graph !== null) return print(graphOfJob(planned, line.graph), world)
  const { partialsInState } = await import('./commands/explain-partials.ts')
  return print(explainJob(planned, line.json, await partialsInState(planned, world)), world)
}

function readText(path: string, source: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new TidemarkError('E_FILE_MISSING', `${source}: cannot read '${path}'`, { cause })
  }
}

function internalError(error: unknown): TidemarkError {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new TidemarkError('E_INTERNAL', `a bug in tidemark: ${detail}`, {
    hint: 'please report it with the command and, if you can, the rows that show it',
    cause: error,
  })
}
