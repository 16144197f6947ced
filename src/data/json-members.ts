const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const SPACE = 0x20

/** The texts of an array's elements in order. `text` is JSON, without white space before it. */
export function elementTexts(text: string): string[] {
  const elements: string[] = []
  let at = skipSpace(text, 1)
  while (text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = skipValue(text, at)
    elements.push(text.slice(at, end))
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1)
  }
  return elements
}

/** The texts of an object's members by name; of equal names the last. `text` is JSON, without white space before it. */
export function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = skipSpace(text, 1)
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const nameEnd = skipString(text, at)
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1) // behind the colon
    const end = skipValue(text, start)
    members.set(stringOf(text.slice(at, nameEnd)), text.slice(start, end))
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1)
  }
  return members
}

/** The string that a JSON string means; surrogates that stand alone become U+FFFD. */
export const stringOf = (text: string): string =>
  text.includes('\\') ? (JSON.parse(text) as string).toWellFormed() : text.slice(1, -1)

function skipSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= SPACE) at += 1
  return at
}

/** `at` is on the opening quote; returns the position behind the closing one. */
function skipString(text: string, at: number): number {
  for (;;) {
    at += 1
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at + 1
    if (unit === BACKSLASH) at += 1
  }
}

function skipValue(text: string, at: number): number {
  let depth = 0
  do {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      at = skipString(text, at)
      continue
    }
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) depth += 1
    else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1
    else if (depth === 0) return skipScalar(text, at)
    at += 1
  } while (depth > 0)
  return at
}

/** A number or a literal ends where something stands that is in none. */
function skipScalar(text: string, at: number): number {
  for (;;) {
    const unit = text.charCodeAt(at)
    if (unit <= SPACE || unit === COMMA || unit === CLOSE_BRACE || unit === CLOSE_BRACKET || Number.isNaN(unit))
      return at
    at += 1
  }
}
