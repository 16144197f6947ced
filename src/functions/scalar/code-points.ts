/**
 * Flink counts characters as Unicode code points, JavaScript as UTF-16 units. They differ only in texts with surrogates, so everything
 * here first looks for one.
 */
const SURROGATE = /[\ud800-\udbff]/

export function lengthOf(text: string): number {
  if (!SURROGATE.test(text)) return text.length
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** Characters [start, end) of a text, both from 0 to its length. */
export function sliceOf(text: string, start: number, end: number): string {
  return SURROGATE.test(text) ? [...text].slice(start, end).join('') : text.slice(start, end)
}

/** The 0-based place of `part` at or after character `from`; -1 if there is none. */
export function indexIn(text: string, part: string, from: number): number {
  if (!SURROGATE.test(text)) return text.indexOf(part, from)
  const unit = text.indexOf(part, sliceOf(text, 0, from).length)
  return unit < 0 ? -1 : lengthOf(text.slice(0, unit))
}

/** How many characters lie before a UTF-16 offset. */
export const charactersBefore = (text: string, unit: number): number => lengthOf(text.slice(0, unit))

export const reversed = (text: string): string => [...text].reverse().join('')
