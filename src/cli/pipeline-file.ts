import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import { withoutSecrets } from '../base/secrets.ts'
import type { FlagUse } from '../frontend/flags/lexed.ts'
import { readBinding } from '../frontend/flags/values.ts'
import { NAME } from '../frontend/yaml/pipeline.ts'
import { readPipeline } from '../frontend/yaml/read-pipeline.ts'
import { type PlannedPipeline, planPipeline } from '../frontend/yaml/to-plan.ts'
import type { Environment } from '../frontend/yaml/variables.ts'
import { inWordsOfFile } from '../frontend/yaml/words-of-file.ts'
import type { CommandWords } from './program.ts'
import type { World } from './world.ts'

/** A pipeline file, planned as the words of a command say. */
export interface LoadedPipeline {
  readonly planned: PlannedPipeline
  /** The world, with a mouth that keeps secrets. */
  readonly world: World
  /** A text in which no secret stands. */
  shown(text: string): string
}

/**
 * Reads and plans the file that a command names. Throws what is wrong with it, in which no secret stands. `isDry`: variables need not be set, and secrets are not read.
 */
export function loadPipeline({ arguments: [path], uses }: CommandWords, world: World, isDry = false): LoadedPipeline {
  const text = readFile(path!)
  const settings = settingsOf(uses)
  const pipeline = readPipeline({ path: path!, text }, environmentOf(path!, isDry), {
    inputs: new Set(settings.inputs.keys()),
    sinks: new Set(settings.outputs.keys()),
    args: new Set(uses.filter(({ flag }) => flag.value.kind === 'binding').map((use) => readBinding(use).name)),
  })
  const shown = (words: string) => withoutSecrets(words, pipeline.secrets)
  const planned = hiding(shown, () => planPipeline(pipeline, settings))
  return { planned, world: pipeline.secrets.size > 0 ? discreet(world, shown) : world, shown }
}

/** What goes wrong in it is told without secrets, and in the words of the file. */
export async function hidingSecrets<T>({ shown }: LoadedPipeline, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw redacted(error, (words) => inWordsOfFile(shown(words)))
  }
}

function hiding<T>(shown: (text: string) => string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw redacted(error, shown)
  }
}

function redacted(error: unknown, shown: (text: string) => string): unknown {
  if (!(error instanceof TidemarkError)) return error
  const { hint, excerpt } = error.details
  return new TidemarkError(error.code, shown(error.message), {
    ...error.details,
    ...(hint !== undefined && { hint: shown(hint) }),
    ...(excerpt && { excerpt: { ...excerpt, at: shown(excerpt.at) } }),
  })
}

/** Worlds have private parts: what is not replaced is asked of the world itself. */
function discreet(world: World, shown: (text: string) => string): World {
  return new Proxy(world, {
    get: (target, key) => {
      if (key === 'stderr') return (text: string) => target.stderr(shown(text))
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The words of `run` for the planner: `--input` and `--output` name sources and sinks. */
function settingsOf(uses: readonly FlagUse[]): Parameters<typeof planPipeline>[1] {
  return {
    uses: uses.filter(({ flag }) => flag.name !== 'input' && flag.name !== 'output' && flag.name !== 'json'),
    inputs: standIns(uses, 'input'),
    outputs: standIns(uses, 'output'),
    readText: (path) => readFile(path),
  }
}

/** `NAME=FILE`, by name. */
function standIns(uses: readonly FlagUse[], flag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const use of uses.filter((one) => one.flag.name === flag)) {
    const [, name, file] = /^([^=]*)=(.+)$/s.exec(use.value) ?? []
    if (name === undefined || !NAME.test(name)) {
      throw new TidemarkError('E_FLAG_VALUE', `${use.written} takes ${use.flag.placeholder}, not '${use.value}'`)
    }
    if (found.has(name)) throw new TidemarkError('E_FLAG_TWICE', `${use.written} ${name} is given twice`)
    found.set(name, file!)
  }
  return found
}

function environmentOf(path: string, isUnasked: boolean): Environment {
  const folder = dirname(path)
  return {
    isUnasked,
    variable: (name) => process.env[name],
    readText: (file) => readFileSync(file, 'utf8'),
    resolve: (file) => (isAbsolute(file) || folder === '.' ? file : join(folder, file)),
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new TidemarkError('E_FILE_MISSING', `cannot read '${path}'`, { cause })
  }
}
