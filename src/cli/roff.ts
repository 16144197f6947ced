/** Text for roff: backslashes, hyphens (which must stay ASCII for copying) and leading dots and quotes made harmless. */
export const escapeRoff = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')

/** `.SH NAME` */
export const section = (title: string) => `.SH ${title}`
export const subsection = (title: string) => `.SS ${escapeRoff(title)}`

export const bold = (text: string) => `\\fB${escapeRoff(text)}\\fR`
export const italic = (text: string) => `\\fI${escapeRoff(text)}\\fR`

/** Plain text in lines of less than 80 bytes, as roff sources have them. */
export const flowing = (text: string) => wrapEscaped(escapeRoff(text).split(' ')).join('\n')

/** A paragraph of plain text. */
export const paragraph = (text: string) => `.PP\n${flowing(text)}`

/** A tagged paragraph; `tag` is roff already. */
export const tagged = (tag: string, text: string) => `.TP\n${tag}\n${flowing(text)}`

/** Lines as they are, in a fixed font, indented. */
export const verbatim = (lines: readonly string[]) =>
  ['.PP', '.RS 4', '.nf', ...lines.map((line) => (line === '' ? '\\&' : escapeRoff(line))), '.fi', '.RE'].join('\n')

/** No line begins with a dot, which would make it a request. */
function wrapEscaped(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length < 80) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word.startsWith('.') ? `\\&${word}` : word)
  }
  return lines
}

/** The whole page: a paragraph macro behind a heading has no effect, and linters say so. */
export const page = (parts: readonly string[]) => `${parts.join('\n').replace(/^(\.S[HS] .*)\n\.PP$/gm, '$1')}\n`
