import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { Expression, OrderItem, SelectItem } from './expression.ts'
import { parseOperand } from './parser.ts'
import { TokenReader } from './token-reader.ts'

/** A whole item that is a field's path although SQL would read `-` as minus (CLI.md section 2). */
const isBarePath = (text: string): boolean =>
  ASCII.test(text)
    ? ASCII_PATH.test(text)
    : /^(?=[^\p{L}_@]*[\p{L}_@])[\p{L}\p{N}_@][\p{L}\p{M}\p{N}_@-]*(?:\.[\p{L}\p{M}\p{N}_@-]+)*$/u.test(text)

// Without the tables of Unicode's letters, which Node takes a millisecond to make.
const ASCII = /^[\0-\x7f]*$/
const ASCII_PATH = /^(?=[^A-Za-z_@]*[A-Za-z_@])[\w@][\w@-]*(?:\.[\w@-]+)*$/
const WITH_ALIAS = /^(\S+)\s+AS\s+\S/iu

/**
 * Reads one expression. `source` is what the text is called in messages (`filter`, `--define`).
 * Throws `E_EXPRESSION` or `E_VALUE`, nothing else.
 */
export function parseExpression(text: string, source: string): Expression {
  const reader = new TokenReader({ text, source })
  const expression = parseOperand(reader)
  expectEnd(reader, 'an operator or the end')
  return expression
}

/** Reads `expr [AS name], *, * EXCEPT (a, b)`: the list of `select`, `--agg`, `--measures`. */
export function parseSelectList(text: string, source: string): SelectItem[] {
  const reader = new TokenReader({ text, source })
  const items: SelectItem[] = []
  do items.push(parseItem(reader, true))
  while (reader.acceptOperator(','))
  expectEnd(reader, 'AS, a comma or the end')
  return items
}

/**
 * Reads a list of keys (`--by`, `--on`): expressions, or fields whose names may have dashes. A whole item of letters, digits,
 * `_ @ . -` is a field's path.
 */
export function parseExpressionList(text: string, source: string): SelectItem[] {
  return splitAtCommas(text).map(([start, end]) => parseKey(text, source, start, end))
}

const DIRECTION = /(?:\s+(ASC|DESC))?(?:\s+NULLS\s+(FIRST|LAST))?$/i

/** Reads `expr [ASC|DESC] [NULLS FIRST|LAST], …`: `--order-by`. Fields may have dashes, as in a list of keys. */
export function parseOrderList(text: string, source: string): OrderItem[] {
  return splitAtCommas(text).map(([start, end]): OrderItem => {
    const [suffix, direction, nulls] = DIRECTION.exec(text.slice(start, end))!
    const to = end - suffix.length
    const span = { source, text, start, end }
    const said = {
      direction: (direction?.toLowerCase() as 'asc' | 'desc' | undefined) ?? null,
      nulls: (nulls?.toLowerCase() as 'first' | 'last' | undefined) ?? null,
    }
    const whole = text.slice(start, to)
    if (isBarePath(whole))
      return { expression: { kind: 'field', path: whole.split('.'), span: { ...span, end: to } }, ...said, span }
    const reader = new TokenReader({ text, source, start, end: to })
    const expression = parseOperand(reader)
    expectEnd(reader, 'an operator, DESC, a comma or the end')
    return { expression, ...said, span }
  })
}

/** One definition of `--define`: the name of a step and the condition that its rows meet. */
export interface Definition {
  readonly name: string
  readonly nameSpan: Span
  readonly expression: Expression
}

const NAMED = /^\s*([A-Za-z_]\w*)\s*:/

/** Reads `NAME: condition`, cut at the first colon, or SQL's `NAME AS condition, …`. */
export function parseDefinitions(text: string, source: string): Definition[] {
  const named = NAMED.exec(text)
  if (named) {
    const start = text.indexOf(named[1]!)
    const reader = new TokenReader({ text, source, start: named[0].length, end: text.length })
    const expression = parseOperand(reader)
    expectEnd(reader, 'an operator or the end')
    return [{ name: named[1]!, nameSpan: { source, text, start, end: start + named[1]!.length }, expression }]
  }
  const reader = new TokenReader({ text, source })
  const definitions: Definition[] = []
  do {
    const word = reader.next()
    const { start, end } = word
    const nameSpan = { source, text, start, end }
    if (word.kind !== 'word' || !reader.isWord('AS')) {
      const hint = `write ${source} "NAME: condition"; the name is that of a step of the pattern`
      throw new TidemarkError('E_EXPRESSION', 'a definition has a name and a condition', { span: nameSpan, hint })
    }
    reader.next()
    definitions.push({ name: word.text, nameSpan, expression: parseOperand(reader) })
  } while (reader.acceptOperator(','))
  expectEnd(reader, 'an operator, a comma or the end')
  return definitions
}

/** Reads the path of a field: `ts`, `a.b`, `duration-ms`, `"http.route"`, `.['x']`. For `--time`. */
export function parseFieldPath(text: string, source: string): readonly string[] {
  const [item, ...more] = parseExpressionList(text, source)
  if (item?.kind === 'expression' && item.expression.kind === 'field' && !item.alias && more.length === 0)
    return item.expression.path
  const span = { source, text, start: 0, end: text.length }
  throw new TidemarkError('E_EXPRESSION', `${source} takes the name of one field`, { span })
}

function parseKey(text: string, source: string, start: number, end: number): SelectItem {
  const item = text.slice(start, end)
  const length = (WITH_ALIAS.exec(item)?.[1] ?? item).length
  const whole = item.slice(0, length)
  if (!isBarePath(whole)) return parseWhole(new TokenReader({ text, source, start, end }))
  const span = { source, text, start, end: start + length }
  const expression: Expression = { kind: 'field', path: whole.split('.'), span }
  if (length === item.length) return { kind: 'expression', expression, alias: null, span }
  const reader = new TokenReader({ text, source, start: start + length, end })
  const alias = parseAlias(reader)
  expectEnd(reader, 'a comma or the end')
  return { kind: 'expression', expression, alias, span: { ...span, end } }
}

function parseWhole(reader: TokenReader): SelectItem {
  const item = parseItem(reader, false)
  expectEnd(reader, 'AS, a comma or the end')
  return item
}

/** Where the items of a list begin and end, blanks around them left out; commas in brackets and quotes do not count. */
function splitAtCommas(text: string): [number, number][] {
  const items: [number, number][] = []
  let depth = 0
  let start = 0
  let at = 0
  for (; at < text.length; at += 1) {
    const character = text[at]!
    if (character === "'" || character === '"' || character === '`') {
      const close = text.indexOf(character, at + 1)
      at = close < 0 ? text.length : close
    } else if (character === '(' || character === '[') depth += 1
    else if (character === ')' || character === ']') depth -= 1
    else if (character === ',' && depth === 0) {
      items.push(trimmed(text, start, at))
      start = at + 1
    }
  }
  items.push(trimmed(text, start, text.length))
  return items
}

function trimmed(text: string, start: number, end: number): [number, number] {
  const item = text.slice(start, end)
  const lead = item.length - item.trimStart().length
  const length = item.trim().length
  return [start + (length === 0 ? 0 : lead), start + (length === 0 ? 0 : lead) + length]
}

function parseItem(reader: TokenReader, allowsStar: boolean): SelectItem {
  if (allowsStar && reader.isOperator('*')) return parseStar(reader)
  const first = reader.peek()
  const expression = parseOperand(reader)
  const alias = reader.isWord('AS') ? parseAlias(reader) : null
  return { kind: 'expression', expression, alias, span: reader.spanFrom(first) }
}

/** `AS name` or `AS nested.path`. */
function parseAlias(reader: TokenReader): { path: readonly string[]; span: Expression['span'] } {
  reader.expectWord('AS', 'and a name')
  const first = reader.peek()
  const path: string[] = []
  do {
    const name = reader.peek()
    if (name.kind !== 'word' && name.kind !== 'name') throw reader.unexpected('a name after AS')
    path.push(reader.next().text)
  } while (reader.acceptOperator('.'))
  return { path, span: reader.spanFrom(first) }
}

function parseStar(reader: TokenReader): SelectItem {
  const star = reader.next()
  const except: { name: string; span: Expression['span'] }[] = []
  if (reader.acceptWord('EXCEPT')) {
    reader.expectOperator('(', 'and names after EXCEPT')
    do {
      const name = reader.peek()
      if (name.kind !== 'word' && name.kind !== 'name') throw reader.unexpected('a name in EXCEPT')
      except.push({ name: reader.next().text, span: reader.spanOf(name) })
    } while (reader.acceptOperator(','))
    reader.expectOperator(')', 'or a comma after the names of EXCEPT')
  }
  return { kind: 'star', except, span: reader.spanFrom(star) }
}

/** Words between two values that other systems have, and what to write instead. */
const OPERATORS_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['ILIKE', "lower(text) LIKE 'abc%'"],
  ['RLIKE', "regexp(text, 'pattern')"],
  ['REGEXP', "regexp(text, 'pattern')"],
  ['GLOB', "text LIKE 'abc%'"],
])

function expectEnd(reader: TokenReader, expected: string): void {
  const token = reader.peek()
  if (token.kind === 'end') return
  const elsewhere = token.kind === 'word' ? OPERATORS_ELSEWHERE.get(token.text.toUpperCase()) : undefined
  if (elsewhere) throw reader.error(`unexpected '${token.text}'`, reader.spanOf(token), `write ${elsewhere}`)
  const isName = token.kind === 'word' || token.kind === 'name'
  throw reader.unexpected(isName && expected.startsWith('AS') ? 'AS before a new name, a comma or the end' : expected)
}
