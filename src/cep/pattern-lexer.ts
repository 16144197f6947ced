import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { refuseOtherWords } from './other-words.ts'

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
  [/^\{-\d/, 'times are whole numbers from 0 on: {3}, {3,}, {3,5} or {,5}'],
  [/^\{-/, 'there is no {- -}, in Flink neither: write its steps without, and --measures for what is to be told'],
  [/^['"`]/, 'names stand without quotes; a window is written within 5m'],
  [/^=>|^>/, 'followed by is written ->, followed by any ->>'],
  [/^-/, 'followed by is written ->; names are made of letters, digits and _'],
  [/^\.\d/, 'times are whole numbers: {3}, {3,}, {3,5} or {,5}'],
  [/^\./, 'names are made of letters, digits and _; fields stand in --define and --measures'],
  [/^;|^&/, 'steps are written one behind the other: A B is next, A -> B followed by'],
]

const refuse = (message: string, span: Span, hint: string): never => {
  throw new TidemarkError('E_PATTERN', message, { span, hint })
}

/** What to write where something else stands in the place of a step. */
export function stepHint({ kind, text }: PatternToken): string {
  if (text === ',') return 'steps are written one behind the other: A B is next, A -> B followed by'
  if (text === ')') return 'no group is open here'
  if (text === '[') return 'options stand behind a step, all in one bracket: A+[relaxed, until S]'
  if (kind === 'duration' || kind === 'number') return 'a name begins with a letter or _'
  return 'name a step, or open a group'
}

export function patternTokens(source: Omit<Span, 'start' | 'end'>): readonly PatternToken[] {
  const { text } = source
  refuseOtherWords(source)
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
      const written = text.slice(text[start - 1] === '{' ? start - 1 : start)
      const hint = OTHERS.find(([pattern]) => pattern.test(written))?.[1]
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
