import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { numberOrBigInt } from '../data/value.ts'
import { parseDuration } from '../time/duration.ts'

/**
 * One word of an expression. `text` is what it says (a string or quoted name without its quotes, a parameter without its colon);
 * `start` and `end` (exclusive) are where it stands in the text.
 */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'duration' | 'operator' | 'parameter' | 'end' | 'error'
  readonly text: string
  readonly start: number
  readonly end: number
  /** Of a number; of a duration in ms. */
  readonly value?: number | bigint
  /** Of an error: thrown by the parser when it gets there, so that an earlier mistake is reported first. */
  readonly error?: TidemarkError
}

/** The stretch of a text to read, and what the text is called in messages. */
export interface LexerInput {
  readonly text: string
  readonly source: string
  readonly start?: number
  readonly end?: number
}

/** The letters of all scripts, and of ASCII alone: most texts are, and Node takes a millisecond to make the tables of the others. */
interface LetterPattern {
  readonly ascii: RegExp
  unicode(): RegExp
}

const SPACE = /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y
const WORD: LetterPattern = { ascii: /@?[A-Za-z_]\w*/y, unicode: () => /@?[\p{L}_][\p{L}\p{M}\p{N}_]*/uy }
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y
const NUMBER_TAIL: LetterPattern = { ascii: /[\w@.]+/y, unicode: () => /[\p{L}\p{N}_@.]+/uy }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/
const OPERATOR = /\|\||==|!=|<>|<=|>=|[-+*/%=<>(),.[\]]/y
const OPERATOR_SPELLING: Readonly<Record<string, string>> = { '==': '=', '!=': '<>' }

/** What people write by habit, longest first, and what to write instead. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['<=>', 'write IS NOT DISTINCT FROM'],
  ['===', 'write ='],
  ['!==', 'write <>'],
  ['&&', "SQL's word is AND"],
  ['&', "SQL's word is AND"],
  ['|', "SQL's word is OR; || joins strings"],
  ['=~', "write LIKE 'abc%' or regexp(text, 'pattern')"],
  ['!~', "write NOT LIKE 'abc%' or NOT regexp(text, 'pattern')"],
  ['~', "write LIKE 'abc%' or regexp(text, 'pattern')"],
  ['=>', 'write >='],
  ['=<', 'write <='],
  ['!', "SQL's word is NOT"],
  ['^', 'write power(a, b)'],
  ['**', 'write power(a, b)'],
  ['??', 'write coalesce(a, b)'],
  ['?', 'write CASE WHEN condition THEN a ELSE b END'],
  ['::', 'write CAST(x AS TYPE)'],
  ['->', "write a.b or a['b']"],
  [';', 'one expression only, without a semicolon'],
  ['$', 'write :name and give it with --arg name=TEXT'],
  ['{', "write JSON as a string: '{…}'"],
]
/** \u2018-\u201f and \u00ab \u00bb \u00b4: the quotes of text processors. */
const SMART_QUOTES = /[\u2018-\u201f\u00ab\u00bb\u00b4]/u

/** Cuts the text into tokens; the last is `end`, or `error` at the first place that is no token. Throws nothing. */
export function tokenize(input: LexerInput): Token[] {
  const { text, start = 0, end = text.length } = input
  const tokens: Token[] = []
  let at = start
  for (;;) {
    at = skipSpace(text, at, end)
    if (at >= end) {
      tokens.push({ kind: 'end', text: '', start: end, end })
      return tokens
    }
    const token = readToken(input, at, end)
    tokens.push(token)
    if (token.kind === 'error') return tokens
    at = token.end
  }
}

function skipSpace(text: string, from: number, end: number): number {
  let at = from
  while (at < end) {
    SPACE.lastIndex = at
    const space = SPACE.exec(text)
    if (!space) break
    at = SPACE.lastIndex
  }
  return Math.min(at, end)
}

function readToken(input: LexerInput, at: number, end: number): Token {
  const { text } = input
  const first = text[at]!
  if (first === "'" || first === '"' || first === '`') return quoted(input, at, end)
  const word = matchLetters(WORD, text, at, end)
  if (word !== null) return { kind: 'word', text: word, start: at, end: at + word.length }
  const number = match(NUMBER, text, at, end)
  if (number !== null) return numberToken(input, at, end, number)
  if (first === ':') {
    const name = matchLetters(WORD, text, at + 1, end)
    if (name !== null) return { kind: 'parameter', text: name, start: at, end: at + 1 + name.length }
  }
  if (text.startsWith('/*', at))
    return errorToken(input, at, at + 2, { message: 'the comment is not closed', hint: 'end it with */' })
  for (const [foreign, hint] of FOREIGN)
    if (text.startsWith(foreign, at) && !(foreign === '|' && text[at + 1] === '|') && !isOurs(text, at, foreign))
      return errorToken(input, at, at + foreign.length, { message: `unexpected '${foreign}'`, hint })
  const operator = match(OPERATOR, text, at, end)
  if (operator !== null)
    return { kind: 'operator', text: OPERATOR_SPELLING[operator] ?? operator, start: at, end: at + operator.length }
  return strange(input, at, end)
}

/** `!` begins `!=`, which is ours, `*` and `-` stand alone. */
const isOurs = (text: string, at: number, foreign: string) => foreign === '!' && text[at + 1] === '='

function strange(input: LexerInput, at: number, end: number): Token {
  const { text } = input
  const character = String.fromCodePoint(text.codePointAt(at)!)
  const stop = Math.min(end, at + character.length)
  if (SMART_QUOTES.test(character))
    return errorToken(input, at, stop, {
      message: `unexpected '${character}'`,
      hint: "write strings in straight quotes: 'text'",
    })
  const hint =
    character === '#' ? 'a comment begins with --' : character === '\\' ? "a quote inside '…' is written ''" : undefined
  return errorToken(input, at, stop, { message: `unexpected '${character}'`, ...(hint ? { hint } : {}) })
}

function match(pattern: RegExp, text: string, at: number, end: number): string | null {
  pattern.lastIndex = at
  const found = pattern.exec(text)
  return found && at + found[0].length <= end ? found[0] : null
}

/** As `match`. The ASCII pattern finds the same unless it was stopped by a character beyond ASCII. */
function matchLetters({ ascii, unicode }: LetterPattern, text: string, at: number, end: number): string | null {
  ascii.lastIndex = at
  const found = ascii.exec(text)?.[0] ?? ''
  const stop = at + (found.length || (text[at] === '@' ? 1 : 0))
  return match(text.charCodeAt(stop) > 0x7f ? unicode() : ascii, text, at, end)
}

function quoted(input: LexerInput, at: number, end: number): Token {
  const { text } = input
  const quote = text[at]!
  let content = ''
  let from = at + 1
  for (;;) {
    const close = text.indexOf(quote, from)
    if (close < 0 || close >= end) return unclosed(input, at, end, quote)
    content += text.slice(from, close)
    if (text[close + 1] !== quote || close + 1 >= end)
      return { kind: quote === "'" ? 'string' : 'name', text: content, start: at, end: close + 1 }
    content += quote
    from = close + 2
  }
}

function unclosed(input: LexerInput, at: number, end: number, quote: string): Token {
  const isString = quote === "'"
  return errorToken(input, at, end, {
    message: isString ? 'the string is not closed' : 'the quoted name is not closed',
    hint: isString ? "end it with '; a quote inside it is written ''" : `end it with ${quote}; strings are written '…'`,
  })
}

function numberToken(input: LexerInput, at: number, end: number, digits: string): Token {
  const { text } = input
  const tail = matchLetters(NUMBER_TAIL, text, at + digits.length, end)
  if (tail === null || (tail.startsWith('.') && !/^\.\d/.test(tail)))
    return { kind: 'number', text: digits, start: at, end: at + digits.length, value: numberOrBigInt(digits) }
  const whole = matchLetters(NUMBER_TAIL, text, at, end)!
  const stop = at + whole.length
  const ms = DURATION.test(whole) ? readDuration(whole) : Number.NaN
  if (!Number.isNaN(ms)) return { kind: 'duration', text: whole, start: at, end: stop, value: ms }
  return errorToken(input, at, stop, {
    message: `'${whole}' is neither a number nor a duration`,
    hint: `durations look like 250ms, 5s, 5m, 1h30m, 7d; a field of that name is written "${whole}"`,
  })
}

/** NaN where `time/duration.ts` refuses it: too long to count in ms. */
function readDuration(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    if (error instanceof TidemarkError) return Number.NaN
    throw error
  }
}

function errorToken(
  { text, source }: LexerInput,
  start: number,
  end: number,
  { message, hint }: { message: string; hint?: string },
): Token {
  const span: Span = { source, text, start, end }
  const error = new TidemarkError('E_EXPRESSION', message, { span, ...(hint ? { hint } : {}) })
  return { kind: 'error', text: text.slice(start, end), start, end, error }
}
