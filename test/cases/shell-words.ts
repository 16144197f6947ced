/** What a shell would do more with than cut: a case that wants it begins its `run` with `$` and goes through a real shell. */
const SHELL_ONLY = /[|&;<>()$`*?[\]#~{}]/

/**
 * Cuts a command line as a shell does: words by white space, '…' as it stands, "…" with backslash before " \ $ `, a backslash before
 * any other character, backslash and newline as nothing.
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  const parts = text.matchAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|(\s+)|([\s\S])/g)
  for (const [part, single, double, escaped, space, plain] of parts) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (escaped === '\n') {
    } else {
      if (plain !== undefined && /['"\\]/.test(plain)) throw new Error(`an open quote in: ${text}`)
      if (plain !== undefined && SHELL_ONLY.test(plain))
        throw new Error(`'${part}' needs quotes, or '$' before: ${text}`)
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`\n])/g, '$1') ?? escaped ?? plain)
    }
  }
  if (word !== undefined) words.push(word)
  return words
}
