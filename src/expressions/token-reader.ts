import type { ErrorCode } from '../base/error-codes.ts'
import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { Expression } from './expression.ts'
import { type LexerInput, type Token, tokenize } from './lexer.ts'

/** Words that are never the name of a field unless they are quoted (or stand after a dot). */
export const RESERVED: ReadonlySet<string> = new Set(
  'AND OR NOT IS IN BETWEEN LIKE ESCAPE CASE WHEN THEN ELSE END NULL TRUE FALSE AS DISTINCT'.split(' '),
)

/** Nodes on the longest way from the root to a leaf; every later pass recurses that deep. */
const MAX_DEPTH = 1000
/** Brackets, calls and prefix operators within each other. */
const MAX_NESTING = 250

/** A place in the tokens of one text, and the errors of what stands there. */
export class TokenReader {
  readonly text: string
  readonly source: string
  readonly #tokens: readonly Token[]
  readonly #depths = new WeakMap<Expression, number>()
  #at = 0
  #nesting = 0

  constructor(input: LexerInput) {
    this.text = input.text
    this.source = input.source
    this.#tokens = tokenize(input)
  }

  /** The token here, or one further on; throws if the text cannot be read there. */
  peek(ahead = 0): Token {
    const tokens = this.#tokens
    const token = tokens[Math.min(this.#at + ahead, tokens.length - 1)]!
    if (token.error && ahead === 0) throw token.error
    return token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  isOperator(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'operator' && token.text === text
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && token.text.toUpperCase() === word
  }

  acceptOperator(text: string): boolean {
    if (!this.isOperator(text)) return false
    this.#at += 1
    return true
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.#at += 1
    return true
  }

  expectOperator(text: string, why: string): Token {
    if (!this.isOperator(text)) throw this.unexpected(`'${text}' ${why}`)
    return this.next()
  }

  expectWord(word: string, why: string): Token {
    if (!this.isWord(word)) throw this.unexpected(`${word} ${why}`)
    return this.next()
  }

  /** The error for a token that cannot stand here; `expected` completes "expected …". */
  unexpected(expected: string, token: Token = this.peek()): TidemarkError {
    const span = this.spanOf(token)
    if (token.kind === 'end') {
      const what = this.#tokens.length === 1 ? 'nothing is written here' : 'the expression ends too early'
      return this.error(what, span, `expected ${expected}`)
    }
    const written = this.text.slice(token.start, token.end)
    const isReserved = token.kind === 'word' && RESERVED.has(token.text.toUpperCase())
    const quote = isReserved ? `; a field of that name is written "${token.text}"` : ''
    const shown = token.kind === 'string' || token.kind === 'name' ? written : `'${written}'`
    return this.error(`unexpected ${shown}`, span, `expected ${expected}${quote}`)
  }

  error(message: string, span: Span, hint?: string, code: ErrorCode = 'E_EXPRESSION'): TidemarkError {
    return new TidemarkError(code, message, { span, ...(hint ? { hint } : {}) })
  }

  spanOf(first: { readonly start: number }, last: { readonly end: number } = first as Token): Span {
    return { source: this.source, text: this.text, start: first.start, end: last.end }
  }

  /** The span from a token or span to the last token that was taken. */
  spanFrom(first: { readonly start: number }): Span {
    return this.spanOf(first, this.#tokens[Math.max(0, this.#at - 1)]!)
  }

  /** Runs `read` one level deeper; refuses texts that would exhaust the stack. */
  nested<T>(read: () => T): T {
    if (this.#nesting >= MAX_NESTING) throw this.#tooDeep()
    this.#nesting += 1
    const result = read()
    this.#nesting -= 1
    return result
  }

  /** Records how deep a new node is; every node with children comes by here. */
  made<E extends Expression>(node: E, children: readonly (Expression | null)[]): E {
    let depth = 0
    for (const child of children) if (child) depth = Math.max(depth, this.#depths.get(child) ?? 0)
    if (depth >= MAX_DEPTH) throw this.#tooDeep()
    this.#depths.set(node, depth + 1)
    return node
  }

  #tooDeep(): TidemarkError {
    const hint = 'a long row of OR over one field is written: field IN (a, b, c)'
    return this.error('the expression is nested too deeply', this.spanOf(this.peek()), hint)
  }
}
