import { assert } from '../../base/assert.ts'
import type { CommandDefinition } from '../../frontend/flags/verb.ts'
import { print } from '../print.ts'
import type { CommandWords } from '../program.ts'
import type { World } from '../world.ts'

/** Does what a command asks for; returns the exit status. */
type Command = (words: CommandWords, world: World) => Promise<number>

/** Commands without a chain, each loaded on use: a file and a line here. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  validate: async () => (await import('./validate.ts')).validate,
  state: async () => (await import('./state.ts')).state,
  kafka: async () => (await import('./kafka.ts')).kafka,
  stop: async () => (await import('./stop.ts')).stop,
  functions: async () => printing((await import('./functions.ts')).functions),
  completion: async () => printing((await import('./completion.ts')).completion),
  help: async () => printing((await import('./help.ts')).help),
}

/** A command that is nothing but its text. */
const printing =
  (text: (words: CommandWords) => string): Command =>
  (words, world) =>
    print(text(words), world)

/** Reads the words behind a command, and does it. */
export async function runCommand(
  definition: CommandDefinition,
  { words, about }: { readonly words: readonly string[]; readonly about?: CommandDefinition },
  world: World,
): Promise<number> {
  const { readCommandWords } = await import('../program.ts')
  const given = readCommandWords(definition, words, about)
  const load = COMMANDS[definition.name]
  assert(load !== undefined, `no command ${definition.name}`)
  return (await load())(given, world)
}
