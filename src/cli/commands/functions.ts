import { TidemarkError } from '../../base/errors.ts'
import { suggest } from '../../base/suggest.ts'
import { FUNCTION_REFERENCE, findFunction, renderFunctions } from '../../functions/reference.ts'

/** `tidemark functions [NAME] [--json]`: what expressions and --agg can call. */
export async function functions(words: readonly string[]): Promise<string> {
  const isJson = words.includes('--json')
  const [name, ...more] = words.filter((word) => word !== '--json')
  const unknown = [name, ...more].find((word) => word?.startsWith('-')) ?? more[0]
  if (unknown !== undefined)
    throw new TidemarkError('E_FLAG', `functions does not take '${unknown}'`, {
      hint: 'tidemark functions [NAME] [--json]',
    })
  const entries = name === undefined ? FUNCTION_REFERENCE : entryOf(name)
  return isJson ? `${JSON.stringify(entries, null, 2)}\n` : renderFunctions(entries)
}

function entryOf(name: string) {
  const entry = findFunction(name)
  if (entry) return [entry]
  const near = suggest(
    name,
    FUNCTION_REFERENCE.map((known) => known.name),
  )
  throw new TidemarkError('E_FUNCTION', `there is no function '${name}'`, {
    hint: near === undefined ? 'tidemark functions lists them' : `did you mean '${near}'?`,
  })
}
