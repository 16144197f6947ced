import { assert } from '../../base/assert.ts'
import type { World } from '../world.ts'

declare const TIDEMARK_VERSION: string

/** From package.json, put in by the build; `0.0.0` where the sources run unbuilt. */
export const version = (): string => (typeof TIDEMARK_VERSION === 'string' ? TIDEMARK_VERSION : '0.0.0')

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
