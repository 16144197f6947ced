const COMPARISONS = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>=', 'LIKE'])
const CONNECTIVES = new Set(['AND', 'OR', '&&', '||', '+', '*', '/', '%', 'NOT', 'IS', 'IN', 'BETWEEN', 'AS', 'EXCEPT'])
const LITERALS = new Set(['NULL', 'TRUE', 'FALSE', 'UNKNOWN'])

const isComparison = (word: string) => COMPARISONS.has(word.toUpperCase())
const isLiteral = (word: string) => LITERALS.has(word.toUpperCase())
const isOperator = (word: string) => isComparison(word) || CONNECTIVES.has(word.toUpperCase())

/** The step whose expression may have been torn apart, and the files after it. */
export interface TornStep {
  readonly verb: string
  readonly argument?: string | undefined
  readonly files: readonly string[]
}

/**
 * The hint for a FILE that does not exist and is named like an operator or a word of SQL, or that follows an argument with a comma at its
 * end: the shell took the quotes away, or there were none. Undefined for any other name. With the step, the hint shows the expression put
 * together again.
 */
export function lostQuotesHint(word: string, step?: TornStep): string | undefined {
  const isListItem = step?.argument?.endsWith(',') === true && step.files.includes(word)
  if (!isOperator(word) && !isLiteral(word) && !isListItem) return undefined
  const mended = step?.argument === undefined ? undefined : mend(step.argument, step.files)
  if (mended === undefined) return `the expression lost its quotes; write: filter "status = 'FAILED'"`
  const quote = mended.includes("'") ? '"' : "'"
  return `the expression lost its quotes; write: ${step!.verb} ${quote}${mended}${quote}`
}

/** Takes words as long as the last one asks for another; a bare word that is compared with is taken for a string. */
function mend(argument: string, files: readonly string[]): string | undefined {
  const words = [argument]
  for (const word of files) {
    const last = words.at(-1)!
    const isDue = isOperator(last) || last.endsWith(',')
    if (!isDue && !isOperator(word)) break
    words.push(isComparison(last) && !isOperator(word) ? literal(word) : word)
  }
  const mended = words.join(' ')
  return /["`$!\\]/.test(mended) && mended.includes("'") ? undefined : mended
}

const literal = (word: string) => (/^(-?\d|'|:)/.test(word) || isLiteral(word) ? word : `'${word}'`)
