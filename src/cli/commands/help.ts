import { helpText } from '../help.ts'
import { manPage } from '../man.ts'

/** `tidemark help [TOPIC]`; `help --man` prints the man page that is checked in. */
export async function help(words: readonly string[]): Promise<string> {
  return words[0] === '--man' ? manPage() : helpText(words[0])
}
