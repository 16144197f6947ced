import { assert } from '../../base/assert.ts'
import { completionScript, SHELLS } from '../completion.ts'
import type { CommandWords } from '../program.ts'

/** `tidemark completion bash|zsh|fish`. */
export function completion({ arguments: [shell] }: CommandWords): string {
  const known = SHELLS.find((name) => name === shell)
  assert(known !== undefined, 'the definition names the shells')
  return completionScript(known)
}
