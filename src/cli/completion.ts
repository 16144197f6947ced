import { bashCompletion } from './completion/bash.ts'
import { fishCompletion } from './completion/fish.ts'
import { zshCompletion } from './completion/zsh.ts'

/** The shells that `tidemark completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const SCRIPTS: { readonly [S in Shell]: () => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/**
 * The completion script of a shell: static text from the definitions, so that pressing tab starts no process. It offers verbs at the start and behind
 * `then`, the flags of the segment, keywords, and files. Ends with a newline.
 */
export const completionScript = (shell: Shell): string => SCRIPTS[shell]()
