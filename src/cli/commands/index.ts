import { assert } from '../../base/assert.ts'
import type { World } from '../world.ts'

type Command = (words: readonly string[], world: World) => Promise<string>

/** Commands without a chain, each loaded on use: a file and a line here. They give the text to print. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  functions: async () => (await import('./functions.ts')).functions,
  completion: async () => (await import('./completion.ts')).completion,
  help: async () => (await import('./help.ts')).help,
}

export async function commandText(name: string, words: readonly string[], world: World): Promise<string> {
  const load = COMMANDS[name]
  assert(load !== undefined, `no command ${name}`)
  return (await load())(words, world)
}
