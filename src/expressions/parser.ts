import { type Span, spanning } from '../base/span.ts'
import type { BinaryOperator, Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import { parsePrimary } from './parse-primary.ts'
import type { TokenReader } from './token-reader.ts'

/** How tightly operators bind, loosest first: Calcite's table, which Flink SQL has too. */
export const Power = {
  Or: 1,
  And: 2,
  Not: 3,
  Is: 4,
  Comparison: 5,
  Predicate: 6,
  Sum: 7,
  Product: 8,
  Sign: 9,
  Postfix: 10,
} as const

export const BINARY_POWER: Readonly<Record<BinaryOperator, number>> = {
  OR: Power.Or,
  AND: Power.And,
  'IS DISTINCT FROM': Power.Is,
  'IS NOT DISTINCT FROM': Power.Is,
  '=': Power.Comparison,
  '<>': Power.Comparison,
  '<': Power.Comparison,
  '<=': Power.Comparison,
  '>': Power.Comparison,
  '>=': Power.Comparison,
  '+': Power.Sum,
  '-': Power.Sum,
  '*': Power.Product,
  '/': Power.Product,
  '%': Power.Product,
  '||': Power.Product,
}

/** Reads an expression whose operators bind at least as tightly as `power`. Pratt's method. */
export function parseOperand(reader: TokenReader, power: number = Power.Or): Expression {
  return reader.nested(() => {
    let left = parsePrefix(reader, power)
    for (;;) {
      const next = parseInfix(reader, left, power)
      if (!next) return left
      left = next
    }
  })
}

function parsePrefix(reader: TokenReader, power: number): Expression {
  const token = reader.peek()
  if (reader.isWord('NOT')) {
    if (power > Power.Not) throw reader.unexpected('a value (put brackets around NOT …)')
    reader.next()
    return unary(reader, token, 'NOT', parseOperand(reader, Power.Not))
  }
  if (token.kind === 'operator' && (token.text === '-' || token.text === '+')) {
    reader.next()
    return unary(reader, token, token.text, parseOperand(reader, Power.Sign))
  }
  return parsePrimary(reader)
}

function unary(reader: TokenReader, token: Token, operator: '-' | '+' | 'NOT', operand: Expression): Expression {
  return reader.made({ kind: 'unary', operator, operand, span: reader.spanFrom(token) }, [operand])
}

/** The operator that goes on from `left`, with all that belongs to it; undefined if none binds tightly enough. */
function parseInfix(reader: TokenReader, left: Expression, power: number): Expression | undefined {
  const token = reader.peek()
  if (token.kind === 'word') return parseWordOperator(reader, left, power)
  const operatorPower = token.kind === 'operator' ? symbolPower(token.text) : undefined
  if (operatorPower === undefined || operatorPower < power) return undefined
  reader.next()
  return binary(reader, token.text as BinaryOperator, left, parseOperand(reader, operatorPower + 1))
}

const symbolPower = (text: string): number | undefined =>
  Object.hasOwn(BINARY_POWER, text) ? BINARY_POWER[text as BinaryOperator] : undefined

function binary(reader: TokenReader, operator: BinaryOperator, left: Expression, right: Expression): Expression {
  const span = spanning(left.span, right.span)
  return reader.made({ kind: 'binary', operator, left, right, span }, [left, right])
}

function parseWordOperator(reader: TokenReader, left: Expression, power: number): Expression | undefined {
  const word = reader.peek().text.toUpperCase()
  if (word === 'AND' || word === 'OR') {
    const wordPower = BINARY_POWER[word]
    if (wordPower < power) return undefined
    reader.next()
    return binary(reader, word, left, parseOperand(reader, wordPower + 1))
  }
  if (word === 'IS') return power <= Power.Is ? parseIs(reader, left) : undefined
  const negated = word === 'NOT'
  const predicate = negated ? PREDICATES.find((name) => reader.isWord(name, 1)) : word
  if (power > Power.Predicate || predicate === undefined || !PREDICATES.includes(predicate)) return undefined
  if (predicate === 'SIMILAR' && !reader.isWord('TO', negated ? 2 : 1)) return undefined
  if (negated) reader.next()
  reader.next()
  if (predicate === 'SIMILAR') return parseSimilar(reader, left, negated)
  if (predicate === 'IN') return parseIn(reader, left, negated)
  return predicate === 'LIKE' ? parseLike(reader, left, negated) : parseBetween(reader, left, negated)
}

const PREDICATES: readonly string[] = ['IN', 'BETWEEN', 'LIKE', 'SIMILAR']

function parseIs(reader: TokenReader, left: Expression): Expression {
  reader.next()
  const negated = reader.acceptWord('NOT')
  if (reader.acceptWord('DISTINCT')) {
    reader.expectWord('FROM', 'after IS DISTINCT')
    const right = parseOperand(reader, Power.Is + 1)
    return binary(reader, negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM', left, right)
  }
  for (const what of ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const) {
    if (!reader.acceptWord(what)) continue
    return reader.made({ kind: 'is', operand: left, what, negated, span: reader.spanFrom(left.span) }, [left])
  }
  if (reader.isWord('JSON')) return parseIsJson(reader, left, negated)
  throw reader.unexpected('NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS')
}

/** `x IS JSON ARRAY` is a call, and with NOT its negation. */
function parseIsJson(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const nameSpan = reader.spanOf(reader.next())
  const args: Expression[] = [operand]
  const kind = ['VALUE', 'SCALAR', 'ARRAY', 'OBJECT'].find((word) => reader.isWord(word))
  if (kind !== undefined) args.push({ kind: 'literal', value: kind, span: reader.spanOf(reader.next()) })
  return predicateCall(reader, { name: 'is_json', nameSpan, args, negated })
}

function parseIn(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  reader.expectOperator('(', 'and a list of values after IN')
  const list = [parseOperand(reader)]
  while (reader.acceptOperator(',')) list.push(parseOperand(reader))
  reader.expectOperator(')', 'or a comma in the list of IN')
  const span = reader.spanFrom(operand.span)
  return reader.made({ kind: 'in', operand, list, negated, span }, [operand, ...list])
}

function parseBetween(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const order = ['SYMMETRIC', 'ASYMMETRIC'].find((word) => reader.isWord(word) && !reader.isWord('AND', 1))
  const nameSpan = reader.spanOf(order === undefined ? reader.peek() : reader.next())
  const first = parseOperand(reader, Power.Sum)
  reader.expectWord('AND', 'between the two bounds of BETWEEN')
  const second = parseOperand(reader, Power.Sum)
  const bounds = { nameSpan, args: [first, second], span: spanning(first.span, second.span) }
  const inOrder = order !== 'SYMMETRIC'
  const low = inOrder ? first : plainCall(reader, { ...bounds, name: 'least' })
  const high = inOrder ? second : plainCall(reader, { ...bounds, name: 'greatest' })
  const span = spanning(operand.span, second.span)
  return reader.made({ kind: 'between', operand, low, high, negated, span }, [operand, low, high])
}

type PlainCall = Pick<Extract<Expression, { readonly kind: 'call' }>, 'name' | 'nameSpan' | 'args' | 'span'>

const plainCall = (reader: TokenReader, call: PlainCall): Expression =>
  reader.made({ kind: 'call', distinct: false, star: false, filter: null, ...call }, call.args)

function parseLike(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const pattern = parseOperand(reader, Power.Sum)
  const escaping = reader.acceptWord('ESCAPE') ? parseOperand(reader, Power.Sum) : null
  const span = reader.spanFrom(operand.span)
  return reader.made({ kind: 'like', operand, pattern, escape: escaping, negated, span }, [operand, pattern, escaping])
}

/** `x SIMILAR TO pattern` is a call, and with NOT its negation. */
function parseSimilar(reader: TokenReader, operand: Expression, negated: boolean): Expression {
  const nameSpan = reader.spanOf(reader.next())
  const args = [operand, parseOperand(reader, Power.Sum)]
  if (reader.acceptWord('ESCAPE')) args.push(parseOperand(reader, Power.Sum))
  return predicateCall(reader, { name: 'similar_to', nameSpan, args, negated })
}

interface PredicateCall {
  readonly name: string
  readonly nameSpan: Span
  /** The first stands before the predicate. */
  readonly args: readonly Expression[]
  readonly negated: boolean
}

function predicateCall(reader: TokenReader, { name, nameSpan, args, negated }: PredicateCall): Expression {
  const span = reader.spanFrom(args[0]!.span)
  const test = plainCall(reader, { name, nameSpan, args, span })
  return negated ? reader.made({ kind: 'unary', operator: 'NOT', operand: test, span }, [test]) : test
}
