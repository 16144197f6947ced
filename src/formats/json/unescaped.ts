/**
 * The text of a JSON string's bytes between its quotes, which must be valid; surrogates that stand alone become U+FFFD.
 */
export function unescaped(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string).toWellFormed() : text
}
