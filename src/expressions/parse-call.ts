import type { Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import { parseJsonArguments } from './parse-json-call.ts'
import { parseJsonQuery } from './parse-json-query.ts'
import { parseOperand } from './parser.ts'
import { RESERVED, type TokenReader } from './token-reader.ts'

/** Binds tighter than IN and AND: what stands before `IN` of POSITION. */
const ABOVE_PREDICATES = 7

/** Reads `name(…)`, with the keyword forms of SQL; the next token is the name. */
export function parseCall(reader: TokenReader): Expression {
  const name = reader.next()
  const word = name.text.toUpperCase()
  if (RESERVED.has(word)) throw reader.unexpected('a value: a field, a literal, a function or a bracket', name)
  const open = reader.next()
  switch (word) {
    case 'CAST':
    case 'TRY_CAST':
      return parseCast(reader, name)
    case 'EXTRACT':
      return parseExtract(reader, name)
    case 'TRIM':
      return parseTrim(reader, name)
    case 'POSITION':
      return parsePosition(reader, name)
    case 'JSON_OBJECT':
    case 'JSON_ARRAY':
      return parseJsonConstructor(reader, name)
    case 'JSON_VALUE':
    case 'JSON_QUERY':
    case 'JSON_EXISTS':
      return parseJsonPathCall(reader, name)
    case 'TIMESTAMPDIFF':
    case 'TIMESTAMPADD':
      return parseWithUnit(reader, name)
    default:
      return parsePlain(reader, name, open)
  }
}

function call(reader: TokenReader, name: Token, args: readonly Expression[], end: ')' | ']' = ')'): Expression {
  reader.expectOperator(end, `or a comma in ${name.text}${end === ')' ? '(…)' : '[…]'}`)
  const node: Expression = {
    kind: 'call',
    name: name.text.toLowerCase(),
    nameSpan: reader.spanOf(name),
    args,
    distinct: false,
    star: false,
    filter: null,
    span: reader.spanFrom(name),
  }
  return reader.made(node, args)
}

/** `ARRAY[a, b]` and `MAP[k, v]` are calls. */
export function parseConstructor(reader: TokenReader): Expression {
  const name = reader.next()
  reader.next()
  const args: Expression[] = []
  if (!reader.isOperator(']'))
    do args.push(parseOperand(reader))
    while (reader.acceptOperator(','))
  return call(reader, name, args, ']')
}

function parseJsonConstructor(reader: TokenReader, name: Token): Expression {
  return call(reader, name, parseJsonArguments(reader, name))
}

/** With RETURNING, the text that the function gives is cast. */
function parseJsonPathCall(reader: TokenReader, name: Token): Expression {
  const { args, returning } = parseJsonQuery(reader, name)
  const operand = call(reader, name, args)
  if (returning === null) return operand
  const span = reader.spanFrom(name)
  return reader.made({ kind: 'cast', operand, to: returning, typeSpan: span, isTry: false, span }, [operand])
}

function parsePlain(reader: TokenReader, name: Token, open: Token): Expression {
  const args: Expression[] = []
  const distinct = reader.acceptWord('DISTINCT')
  const star = !distinct && reader.isOperator('*') && reader.isOperator(')', 1)
  if (star) reader.next()
  else if (distinct || !reader.isOperator(')')) parseArguments(reader, name, args)
  if (reader.peek().kind === 'end')
    throw reader.error(
      'this bracket is not closed',
      reader.spanOf(open),
      `expected ')' after the arguments of ${name.text}`,
    )
  reader.expectOperator(')', `or a comma in ${name.text}(…)`)
  const filter = parseFilter(reader)
  const [nameSpan, span] = [reader.spanOf(name), reader.spanFrom(name)]
  const node: Expression = { kind: 'call', name: name.text.toLowerCase(), nameSpan, args, distinct, star, filter, span }
  return reader.made(node, [...args, filter])
}

/** Arguments between commas, or between the words of SUBSTRING, OVERLAY, FLOOR and CEIL. */
function parseArguments(reader: TokenReader, name: Token, args: Expression[]): void {
  args.push(parseOperand(reader))
  const word = name.text.toUpperCase()
  if ((word === 'FLOOR' || word === 'CEIL' || word === 'CEILING') && reader.acceptWord('TO')) {
    args.unshift(parseUnit(reader))
    return
  }
  const separators = word === 'SUBSTRING' ? ['FROM', 'FOR'] : word === 'OVERLAY' ? ['PLACING', 'FROM', 'FOR'] : []
  if (separators.some((separator) => reader.isWord(separator))) {
    for (const separator of separators) if (reader.acceptWord(separator)) args.push(parseOperand(reader))
    return
  }
  while (reader.acceptOperator(',')) args.push(parseOperand(reader))
}

function parseFilter(reader: TokenReader): Expression | null {
  if (!reader.isWord('FILTER') || !reader.isOperator('(', 1)) return null
  reader.next()
  reader.next()
  reader.expectWord('WHERE', 'after FILTER (')
  const condition = parseOperand(reader)
  reader.expectOperator(')', 'after the condition of FILTER')
  return condition
}

/** A unit of time as a text literal: `HOUR` (plural allowed) or `'HOUR'`. */
function parseUnit(reader: TokenReader): Expression {
  const token = reader.peek()
  if (token.kind !== 'word' && token.kind !== 'string') throw reader.unexpected('a unit such as DAY, HOUR or MINUTE')
  reader.next()
  return {
    kind: 'literal',
    value: token.kind === 'word' ? token.text.toUpperCase() : token.text,
    span: reader.spanOf(token),
  }
}

function parseExtract(reader: TokenReader, name: Token): Expression {
  const unit = parseUnit(reader)
  if (!reader.acceptWord('FROM') && !reader.acceptOperator(','))
    throw reader.unexpected('FROM after the unit of EXTRACT')
  return call(reader, name, [unit, parseOperand(reader)])
}

function parseWithUnit(reader: TokenReader, name: Token): Expression {
  const args = [parseUnit(reader)]
  while (reader.acceptOperator(',')) args.push(parseOperand(reader))
  return call(reader, name, args)
}

/** `TRIM(BOTH 'x' FROM s)` gives the arguments 'BOTH', 'x', s; without characters they are a blank. */
function parseTrim(reader: TokenReader, name: Token): Expression {
  const first = reader.peek()
  const side = ['BOTH', 'LEADING', 'TRAILING'].find((word) => reader.isWord(word))
  const hasSide = side !== undefined && isStartOfValue(reader.peek(1))
  if (hasSide) reader.next()
  const sideLiteral: Expression = {
    kind: 'literal',
    value: hasSide ? side : 'BOTH',
    span: reader.spanOf(hasSide ? first : name),
  }
  const blank: Expression = { kind: 'literal', value: ' ', span: sideLiteral.span }
  if (hasSide && reader.acceptWord('FROM')) return call(reader, name, [sideLiteral, blank, parseOperand(reader)])
  const args = [parseOperand(reader)]
  if (reader.acceptWord('FROM')) return call(reader, name, [sideLiteral, args[0]!, parseOperand(reader)])
  if (hasSide) throw reader.unexpected('FROM after the characters of TRIM')
  while (reader.acceptOperator(',')) args.push(parseOperand(reader))
  return call(reader, name, args)
}

/** Can a value begin with this token? Tells the word BOTH from a field of that name. */
function isStartOfValue(token: Token): boolean {
  if (token.kind === 'operator') return token.text === '('
  if (token.kind !== 'word') return token.kind !== 'end' && token.kind !== 'error'
  return token.text.toUpperCase() === 'FROM' || !RESERVED.has(token.text.toUpperCase())
}

function parsePosition(reader: TokenReader, name: Token): Expression {
  const args = [parseOperand(reader, ABOVE_PREDICATES)]
  if (reader.acceptWord('IN')) return call(reader, name, [...args, parseOperand(reader)])
  while (reader.acceptOperator(',')) args.push(parseOperand(reader))
  return call(reader, name, args)
}

/** `CAST(x AS TYPE)`; the type is kept as written, in upper case, its parts one blank apart. */
function parseCast(reader: TokenReader, name: Token): Expression {
  const operand = parseOperand(reader)
  reader.expectWord('AS', `and a type in ${name.text.toUpperCase()}`)
  const first = reader.peek()
  if (first.kind !== 'word') throw reader.unexpected('a type: STRING, DOUBLE, BIGINT, INT, BOOLEAN or TIMESTAMP')
  let to = reader.next().text.toUpperCase()
  while (reader.peek().kind === 'word') to += ` ${reader.next().text.toUpperCase()}`
  if (reader.acceptOperator('(')) to += parseTypeSizes(reader)
  while (reader.peek().kind === 'word') to += ` ${reader.next().text.toUpperCase()}`
  const typeSpan = reader.spanFrom(first)
  reader.expectOperator(')', 'after the type')
  const isTry = name.text.toUpperCase() === 'TRY_CAST'
  return reader.made({ kind: 'cast', operand, to, typeSpan, isTry, span: reader.spanFrom(name) }, [operand])
}

function parseTypeSizes(reader: TokenReader): string {
  const sizes: string[] = []
  do {
    if (reader.peek().kind !== 'number') throw reader.unexpected('a size in digits')
    sizes.push(reader.next().text)
  } while (reader.acceptOperator(','))
  reader.expectOperator(')', 'after the size of the type')
  return `(${sizes.join(', ')})`
}
