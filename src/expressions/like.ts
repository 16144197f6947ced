import { RowError } from '../base/errors.ts'

/** `%` and `_` of a pattern; characters are themselves. */
const ANY_TEXT = 1
const ANY_CHARACTER = 2

interface LikePattern {
  /** Characters by code point, with a mark (0, ANY_TEXT, ANY_CHARACTER) for each. */
  readonly characters: readonly string[]
  readonly marks: readonly number[]
}

/**
 * A test for SQL's LIKE: `%` is any text, `_` one character, the escape character before them (or itself) takes their meaning away.
 * Without ESCAPE nothing is escaped, as in Flink. Throws `RowError` for an escape that cannot be read.
 */
export function compileLike(pattern: string, escaping: string | null): (text: string) => boolean {
  const { characters, marks } = readPattern(pattern, escaping)
  const last = marks.length - 1
  const isPlain = (from: number, to: number) => marks.slice(from, to).every((mark) => mark === 0)
  if (isPlain(0, marks.length)) {
    const whole = characters.join('')
    return (text) => text === whole
  }
  const [first, final] = [marks[0] === ANY_TEXT, marks[last] === ANY_TEXT]
  if (final && isPlain(0, last)) {
    const start = characters.slice(0, last).join('')
    return (text) => text.startsWith(start)
  }
  if (first && isPlain(1, marks.length)) {
    const end = characters.slice(1).join('')
    return (text) => text.endsWith(end)
  }
  if (first && final && isPlain(1, last)) {
    const part = characters.slice(1, last).join('')
    return (text) => text.includes(part)
  }
  return (text) => matches([...text], { characters, marks })
}

function readPattern(pattern: string, escaping: string | null): LikePattern {
  if (escaping !== null && [...escaping].length !== 1)
    throw new RowError(`ESCAPE needs one character, not '${escaping}'`)
  const characters: string[] = []
  const marks: number[] = []
  const all = [...pattern]
  for (let at = 0; at < all.length; at += 1) {
    let character = all[at]!
    let mark = character === '%' ? ANY_TEXT : character === '_' ? ANY_CHARACTER : 0
    if (character === escaping) {
      at += 1
      const next = all[at]
      if (next !== '%' && next !== '_' && next !== escaping)
        throw new RowError(
          `the pattern '${pattern}' has nothing to escape after '${escaping}'`,
          `'${escaping}' stands before %, _ or itself`,
        )
      character = next
      mark = 0
    }
    if (mark === ANY_TEXT && marks.at(-1) === ANY_TEXT) continue
    characters.push(character)
    marks.push(mark)
  }
  return { characters, marks }
}

/** Greedy with one place to go back to, so never worse than text x pattern. */
function matches(text: readonly string[], { characters, marks }: LikePattern): boolean {
  let at = 0
  let p = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (p < marks.length && marks[p] === ANY_TEXT) {
      star = p
      resume = at
      p += 1
    } else if (p < marks.length && (marks[p] === ANY_CHARACTER || characters[p] === text[at])) {
      p += 1
      at += 1
    } else if (star >= 0) {
      p = star + 1
      resume += 1
      at = resume
    } else return false
  }
  while (p < marks.length && marks[p] === ANY_TEXT) p += 1
  return p === marks.length
}
