import { helpText } from '../help.ts'
import { manPage } from '../man.ts'
import type { CommandWords } from '../program.ts'

/** `tidemark help [TOPIC]`; `help --man` prints the man page. */
export const help = ({ arguments: [topic], flags }: CommandWords): string =>
  flags['man'] ? manPage() : helpText(topic)
