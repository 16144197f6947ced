import { TidemarkError } from '../../base/errors.ts'
import { completionScript, SHELLS } from '../completion.ts'

/** `tidemark completion bash|zsh|fish`. */
export async function completion(words: readonly string[]): Promise<string> {
  const [shell, ...more] = words
  const known = SHELLS.find((name) => name === shell)
  if (known === undefined || more.length > 0) {
    throw new TidemarkError('E_COMMAND', `completion takes one shell: ${SHELLS.join(', ')}`, {
      hint: 'tidemark completion bash > /etc/bash_completion.d/tidemark',
    })
  }
  return completionScript(known)
}
