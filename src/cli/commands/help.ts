import { pipelineSchema } from '../../frontend/yaml/json-schema.ts'
import { helpText } from '../help.ts'
import { manPage, patternsPage } from '../man.ts'
import type { CommandWords } from '../program.ts'

/** `tidemark help [TOPIC]`; `help --man` prints the man page, `help --schema` the JSON Schema of pipeline files. */
export function help({ arguments: words, flags }: CommandWords): string {
  // the name of a command may have two words
  const topic = words.length === 0 ? undefined : words.join(' ')
  if (flags['schema']) return JSON.stringify(pipelineSchema(), null, 2)
  if (flags['man']) return topic === 'patterns' ? patternsPage() : manPage()
  return helpText(topic)
}
