import { TidemarkError } from '../../base/errors.ts'
import { suggest } from '../../base/suggest.ts'
import { FUNCTION_REFERENCE, findFunction, renderFunctions } from '../../functions/reference.ts'
import type { CommandWords } from '../program.ts'

/** `tidemark functions [NAME] [--json]`: what expressions and --agg can call. */
export function functions({ arguments: [name], flags }: CommandWords): string {
  const entries = name === undefined ? FUNCTION_REFERENCE : [entryOf(name)]
  return flags['json'] ? `${JSON.stringify(entries, null, 2)}\n` : renderFunctions(entries)
}

function entryOf(name: string) {
  const entry = findFunction(name)
  if (entry) return entry
  const near = suggest(
    name,
    FUNCTION_REFERENCE.map((known) => known.name),
  )
  throw new TidemarkError('E_FUNCTION', `there is no function '${name}'`, {
    hint: near === undefined ? 'tidemark functions lists them' : `did you mean '${near}'?`,
  })
}
