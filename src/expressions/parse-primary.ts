import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import { parseSqlInterval } from '../time/interval.ts'
import { parseTimestampText } from '../time/timestamp.ts'
import type { Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import { parseCall, parseConstructor } from './parse-call.ts'
import { parseOperand } from './parser.ts'
import { RESERVED, type TokenReader } from './token-reader.ts'

const A_VALUE = 'a value: a field, a literal, a function or a bracket'
/** The units of INTERVAL, as `parseSqlInterval` knows them; a plural `s` may follow. */
const UNITS = new Set(['MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR', 'QUARTER'])

/** Reads what stands between operators, and the subscripts after it. */
export function parsePrimary(reader: TokenReader): Expression {
  let value = parseStart(reader)
  for (;;) {
    if (reader.isOperator('[')) value = parseSubscript(reader, value)
    else if (reader.isOperator('.') && value.kind !== 'literal' && value.kind !== 'interval')
      value = parseMember(reader, value)
    else return value
  }
}

function parseStart(reader: TokenReader): Expression {
  const token = reader.peek()
  switch (token.kind) {
    case 'number':
    case 'duration':
    case 'string':
      reader.next()
      return literal(reader, token)
    case 'parameter':
      reader.next()
      return { kind: 'parameter', name: token.text, span: reader.spanOf(token) }
    case 'name':
      reader.next()
      return { kind: 'field', path: [token.text], span: reader.spanOf(token) }
    case 'word':
      return parseWord(reader, token)
    default:
      break
  }
  if (reader.isOperator('(')) return parseBracket(reader)
  if (reader.isOperator('.') && reader.isOperator('[', 1)) return parseRowKey(reader, token)
  throw reader.unexpected(A_VALUE)
}

function literal(reader: TokenReader, token: Token): Expression {
  const span = reader.spanOf(token)
  if (token.kind === 'duration') return { kind: 'interval', value: Number(token.value), span }
  return { kind: 'literal', value: token.kind === 'number' ? token.value! : token.text, span }
}

function parseBracket(reader: TokenReader): Expression {
  const open = reader.next()
  const inner = parseOperand(reader)
  if (reader.isOperator(',')) throw reader.unexpected("')': only IN takes a list")
  if (!reader.isOperator(')') && reader.peek().kind === 'end')
    throw reader.error('this bracket is not closed', reader.spanOf(open), "expected ')'")
  reader.expectOperator(')', 'to close the bracket')
  return reader.made({ ...inner, span: reader.spanFrom(open) }, [inner])
}

/** `.['duration-ms']`: a member of the row by its name, whatever is in it. */
function parseRowKey(reader: TokenReader, dot: Token): Expression {
  reader.next()
  reader.next()
  const name = reader.peek()
  if (name.kind !== 'string') throw reader.unexpected("the field's name in quotes: .['duration-ms']")
  reader.next()
  reader.expectOperator(']', "after the field's name")
  return { kind: 'field', path: [name.text], span: reader.spanFrom(dot) }
}

function parseWord(reader: TokenReader, token: Token): Expression {
  const word = token.text.toUpperCase()
  switch (word) {
    case 'NULL':
    case 'TRUE':
    case 'FALSE':
      reader.next()
      return { kind: 'literal', value: word === 'NULL' ? null : word === 'TRUE', span: reader.spanOf(token) }
    case 'CASE':
      return parseCase(reader, token)
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      if (reader.peek(1).kind === 'string') return parseTimestamp(reader, token)
      break
    case 'INTERVAL':
      if (reader.peek(1).kind === 'string' || reader.peek(1).kind === 'number') return parseInterval(reader, token)
      break
    case 'DATE':
    case 'TIME':
      if (reader.peek(1).kind === 'string') throw reader.unexpected(`TIMESTAMP '…': there is no type ${word} here`)
      break
    case 'ARRAY':
    case 'MAP':
      if (reader.isOperator('[', 1)) return parseConstructor(reader)
      break
    default:
      break
  }
  if (reader.isOperator('(', 1) && word !== 'AND' && word !== 'OR' && word !== 'IN') return parseCall(reader)
  if (RESERVED.has(word)) throw reader.unexpected(A_VALUE)
  reader.next()
  return { kind: 'field', path: [token.text], span: reader.spanOf(token) }
}

function parseMember(reader: TokenReader, of: Expression): Expression {
  reader.next()
  const name = reader.peek()
  if (name.kind !== 'word' && name.kind !== 'name') throw reader.unexpected("a member's name after '.'")
  reader.next()
  return memberOf(reader, of, name)
}

/** A field's path grows; from any other value the member is taken by a subscript. */
function memberOf(reader: TokenReader, of: Expression, name: Token): Expression {
  const span = reader.spanFrom(of.span)
  if (of.kind === 'field') return { kind: 'field', path: [...of.path, name.text], span }
  const index: Expression = { kind: 'literal', value: name.text, span: reader.spanOf(name) }
  return reader.made({ kind: 'subscript', of, index, span }, [of, index])
}

function parseSubscript(reader: TokenReader, of: Expression): Expression {
  reader.next()
  const name = reader.peek()
  if (name.kind === 'string' && reader.isOperator(']', 1)) {
    reader.next()
    reader.next()
    return memberOf(reader, of, name)
  }
  const index = parseOperand(reader)
  reader.expectOperator(']', 'after the subscript')
  return reader.made({ kind: 'subscript', of, index, span: reader.spanFrom(of.span) }, [of, index])
}

function parseTimestamp(reader: TokenReader, token: Token): Expression {
  reader.next()
  const text = reader.next()
  const value = parseTimestampText(text.text)
  if (!Number.isNaN(value)) return { kind: 'timestamp', value, span: reader.spanOf(token, text) }
  const hint = "write TIMESTAMP '2024-05-01 10:00:00'"
  throw reader.error(`'${text.text}' is not a timestamp`, reader.spanOf(text), hint, 'E_VALUE')
}

function parseInterval(reader: TokenReader, token: Token): Expression {
  reader.next()
  const amount = reader.next()
  const from = unit(reader)
  const to = reader.acceptWord('TO') ? unit(reader) : undefined
  const span: Span = reader.spanFrom(token)
  try {
    const value = to === undefined ? parseSqlInterval(amount.text, from) : parseSqlInterval(amount.text, from, to)
    if (Number.isFinite(value)) return { kind: 'interval', value, span }
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    throw reader.error(error.message, span, error.details.hint, error.code)
  }
  throw reader.error(`'${amount.text}' is not an interval`, span, "write INTERVAL '5' MINUTE, or 5m", 'E_VALUE')
}

function unit(reader: TokenReader): string {
  const token = reader.peek()
  const singular = token.kind === 'word' ? token.text.toUpperCase().replace(/S$/, '') : ''
  if (!UNITS.has(singular)) throw reader.unexpected('a unit: DAY, HOUR, MINUTE or SECOND')
  reader.next()
  return singular
}

function parseCase(reader: TokenReader, token: Token): Expression {
  reader.next()
  const operand = reader.isWord('WHEN') ? null : parseOperand(reader)
  const whens: { when: Expression; then: Expression }[] = []
  do {
    reader.expectWord('WHEN', 'and a condition in CASE')
    const when = parseOperand(reader)
    reader.expectWord('THEN', 'after the condition of WHEN')
    // biome-ignore lint/suspicious/noThenProperty: SQL's word; never awaited
    whens.push({ when, then: parseOperand(reader) })
  } while (reader.isWord('WHEN'))
  const otherwise = reader.acceptWord('ELSE') ? parseOperand(reader) : null
  reader.expectWord('END', 'after the last branch of CASE')
  const children = [operand, otherwise, ...whens.flatMap(({ when, then }) => [when, then])]
  return reader.made({ kind: 'case', operand, whens, otherwise, span: reader.spanFrom(token) }, children)
}
