import { assert } from '../../base/assert.ts'
import type { CommandDefinition } from '../../frontend/flags/verb.ts'
import type { CommandWords } from '../program.ts'

/** Commands without a chain, each loaded on use: a file and a line here. They give the text to print. */
const COMMANDS: Readonly<Record<string, () => Promise<(words: CommandWords) => string>>> = {
  functions: async () => (await import('./functions.ts')).functions,
  completion: async () => (await import('./completion.ts')).completion,
  help: async () => (await import('./help.ts')).help,
}

/** Reads the words behind a command, and does it. */
export async function commandText(definition: CommandDefinition, words: readonly string[]): Promise<string> {
  const { readCommandWords } = await import('../program.ts')
  const given = readCommandWords(definition, words)
  const load = COMMANDS[definition.name]
  assert(load !== undefined, `no command ${definition.name}`)
  return (await load())(given)
}
