/** A stretch of text the user wrote (a flag's value, a file); offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  /** What the text is, as the user knows it: `filter`, `--by`, `pipeline.yaml`. */
  readonly source: string
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The smallest span that covers both; they must come from the same text. */
export function spanning(first: Span, last: Span): Span {
  return { ...first, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) }
}

/** `  at source:line:column`, the line itself, and carets under the words that are meant. */
export function renderSpan({ source, text, start, end }: Span): string[] {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', lineStart)
  const line = text.slice(lineStart, newline < 0 ? text.length : newline)
  const row = text.slice(0, lineStart).split('\n').length
  const column = start - lineStart
  const carets = Math.max(1, Math.min(end, lineStart + line.length) - start)
  return [`  at ${source}:${row}:${column + 1}`, `  | ${line}`, `  | ${' '.repeat(column)}${'^'.repeat(carets)}`]
}
