import type { Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import { parseOperand } from './parser.ts'
import type { TokenReader } from './token-reader.ts'

/** What `ON EMPTY` and `ON ERROR` may say of each function. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  JSON_VALUE: ['NULL', 'ERROR', 'DEFAULT'],
  JSON_QUERY: ['NULL', 'ERROR', 'EMPTY ARRAY', 'EMPTY OBJECT'],
  JSON_EXISTS: ['TRUE', 'FALSE', 'UNKNOWN', 'ERROR'],
}
const WRAPPERS = [
  ['WITHOUT WRAPPER', 'WITHOUT'],
  ['WITHOUT ARRAY WRAPPER', 'WITHOUT'],
  ['WITH CONDITIONAL WRAPPER', 'CONDITIONAL'],
  ['WITH CONDITIONAL ARRAY WRAPPER', 'CONDITIONAL'],
  ['WITH UNCONDITIONAL WRAPPER', 'UNCONDITIONAL'],
  ['WITH UNCONDITIONAL ARRAY WRAPPER', 'UNCONDITIONAL'],
  ['WITH WRAPPER', 'UNCONDITIONAL'],
  ['WITH ARRAY WRAPPER', 'UNCONDITIONAL'],
] as const

/** What JSON_VALUE can return, as the function is told, by how SQL names it. */
const RETURNED: Readonly<Record<string, string>> = {
  STRING: 'STRING',
  VARCHAR: 'STRING',
  BOOLEAN: 'BOOLEAN',
  INT: 'INT',
  INTEGER: 'INT',
  DOUBLE: 'DOUBLE',
}

export interface JsonQueryCall {
  readonly args: readonly Expression[]
  /** The type that the text is to be cast to; null: it stays one. */
  readonly returning: string | null
}

/**
 * `JSON_VALUE(x, path [RETURNING t] [… ON EMPTY] [… ON ERROR])`, `JSON_QUERY(x, path [… WRAPPER] [… ON EMPTY] [… ON ERROR])`,
 * `JSON_EXISTS(x, path [… ON ERROR])`. Without clauses the arguments are those that are written; with any, what all of them say follows them.
 */
export function parseJsonQuery(reader: TokenReader, name: Token): JsonQueryCall {
  const args: Expression[] = []
  if (!reader.isOperator(')'))
    do args.push(parseOperand(reader))
    while (reader.acceptOperator(','))
  const word = name.text.toUpperCase()
  const literal = (value: string): Expression => ({ kind: 'literal', value, span: reader.spanOf(name) })
  const nothing: Expression = { kind: 'literal', value: null, span: reader.spanOf(name) }
  if (reader.isOperator(')')) return { args, returning: null }
  const returning = word === 'JSON_VALUE' ? parseReturning(reader) : 'STRING'
  const wrapper = word === 'JSON_QUERY' ? parseWrapper(reader) : null
  const isExists = word === 'JSON_EXISTS'
  const found = parseOutcomes(reader, OUTCOMES[word]!, isExists ? ['ERROR'] : ['EMPTY', 'ERROR'])
  const outcomeOf = (event: string) => found.get(event)?.outcome ?? (isExists ? 'FALSE' : 'NULL')
  const defaultOf = (event: string) => found.get(event)?.value ?? nothing
  if (isExists) return { args: [...args, literal(outcomeOf('ERROR'))], returning: null }
  if (wrapper !== null) {
    const words = [wrapper, outcomeOf('EMPTY'), outcomeOf('ERROR')]
    return { args: [...args, ...words.map(literal)], returning: null }
  }
  const outcomes = ['EMPTY', 'ERROR'].flatMap((event) => [literal(outcomeOf(event)), defaultOf(event)])
  return { args: [...args, literal(returning), ...outcomes], returning: returning === 'STRING' ? null : returning }
}

function parseReturning(reader: TokenReader): string {
  if (!reader.acceptWord('RETURNING')) return 'STRING'
  const token = reader.peek()
  const type = token.kind === 'word' ? RETURNED[token.text.toUpperCase()] : undefined
  if (type === undefined) throw reader.unexpected('a type: STRING, BOOLEAN, INT or DOUBLE')
  reader.next()
  return type
}

function parseWrapper(reader: TokenReader): string {
  for (const [text, wrapper] of WRAPPERS) if (acceptWords(reader, text.split(' '))) return wrapper
  return 'WITHOUT'
}

interface Outcome {
  readonly outcome: string
  /** Behind DEFAULT. */
  readonly value: Expression | null
}

/** `NULL ON EMPTY DEFAULT 0 ON ERROR`: by event, in the order of `events`. */
function parseOutcomes(
  reader: TokenReader,
  outcomes: readonly string[],
  events: readonly string[],
): ReadonlyMap<string, Outcome> {
  const found = new Map<string, Outcome>()
  let left = events
  for (;;) {
    const outcome = outcomes.find((words) => acceptWords(reader, words.split(' ')))
    if (outcome === undefined) return found
    const value = outcome === 'DEFAULT' ? parseOperand(reader) : null
    reader.expectWord('ON', `and ${left.join(' or ')} after ${outcome}`)
    const event = left.find((word) => reader.acceptWord(word))
    if (event === undefined) throw reader.unexpected(`${left.join(' or ') || "')'"} after ON`)
    found.set(event, { outcome, value })
    left = left.slice(left.indexOf(event) + 1)
  }
}

function acceptWords(reader: TokenReader, words: readonly string[]): boolean {
  if (!words.every((word, i) => reader.isWord(word, i))) return false
  for (const _ of words) reader.next()
  return true
}
