import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'

/** A word or sign of a pattern's text. */
export interface PatternToken {
  readonly kind: 'name' | 'number' | 'duration' | 'sign' | 'end'
  readonly text: string
  readonly span: Span
}

const TOKEN = /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?[A-Za-z][\w.]*)|(\d+)|(->>|->|[!?*+{}()[\],]))/y

/** What people write who know other pattern languages, and what it is here. */
const OTHERS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/^\|/, 'there is no "or" between steps: put it into the condition, as in --define "A: x = 1 OR x = 2"'],
  [/^[$^]/, 'a pattern begins wherever its first row is; there are no anchors'],
  [/^\{-/, 'what is left out of the result is said by --measures'],
  [/^=>|^>|^-/, 'followed by is written ->, followed by any ->>'],
  [/^;|^&/, 'steps are written one behind the other: A B is next, A -> B followed by'],
]

const refuse = (message: string, span: Span, hint: string): never => {
  throw new TidemarkError('E_PATTERN', message, { span, hint })
}

export function patternTokens(source: Omit<Span, 'start' | 'end'>): readonly PatternToken[] {
  const { text } = source
  const tokens: PatternToken[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; ; ) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) {
      const start = at + (text.slice(at).length - text.slice(at).trimStart().length)
      if (start === text.length) {
        tokens.push({ kind: 'end', text: '', span: { ...source, start: text.length, end: text.length } })
        return tokens
      }
      const hint = OTHERS.find(([pattern]) => pattern.test(text.slice(start)))?.[1]
      const span = { ...source, start, end: start + 1 }
      refuse(
        `unexpected '${text[start]}' in a pattern`,
        span,
        hint ?? 'it is made of names and -> ->> ! ? * + {n,m} ( ) [ ]',
      )
      break
    }
    at = TOKEN.lastIndex
    const [, name, duration, number, sign] = match
    const word = (name ?? duration ?? number ?? sign)!
    const kind = name ? 'name' : duration ? 'duration' : number ? 'number' : 'sign'
    tokens.push({ kind, text: word, span: { ...source, start: at - word.length, end: at } })
  }
  return tokens
}
