import { canonicalNumber } from '../data/number.ts'
import type { Expression } from './expression.ts'
import { BINARY_POWER, Power } from './parser.ts'
import { RESERVED } from './token-reader.ts'

/** The expression as SQL with no more brackets than needed; parsing it again gives an equal tree. */
export const printExpression = (expression: Expression): string => print(expression, Power.Or)

/** Before a `[` these begin a value. */
const CONSTRUCTOR = /^(?:array|map)$/i

/** A name as it must be written: bare where that is read back as the same name, else in double quotes. */
export function printName(name: string): string {
  const isBare =
    /^@?[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) && !RESERVED.has(name.toUpperCase()) && !CONSTRUCTOR.test(name)
  return isBare ? name : `"${name.replaceAll('"', '""')}"`
}

export const printPath = (path: readonly string[]): string => path.map(printName).join('.')

export const printString = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Prints a node where operators looser than `power` need brackets. */
function print(node: Expression, power: number): string {
  const text = printNode(node)
  return powerOf(node) < power ? `(${text})` : text
}

function powerOf(node: Expression): number {
  switch (node.kind) {
    case 'binary':
      return BINARY_POWER[node.operator]
    case 'unary':
      return node.operator === 'NOT' ? Power.Not : Power.Sign
    case 'is':
      return Power.Is
    case 'in':
    case 'between':
    case 'like':
      return Power.Predicate
    case 'call':
      return isSimilar(node) ? Power.Predicate : Power.Postfix
    case 'literal':
      return isNegative(node.value) ? Power.Sign : Power.Postfix
    case 'interval':
    case 'timestamp':
      return Power.Sign
    default:
      return Power.Postfix
  }
}

const isNegative = (value: unknown) => (typeof value === 'number' || typeof value === 'bigint') && value < 0

function printNode(node: Expression): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node.value)
    case 'timestamp':
      return `TIMESTAMP '${new Date(node.value)
        .toISOString()
        .replace('T', ' ')
        .replace(/(?:\.000)?Z$/, '')}'`
    case 'interval':
      return `INTERVAL '${canonicalNumber(node.value / 1000)}' SECOND`
    case 'field':
      return printPath(node.path)
    case 'parameter':
      return `:${node.name}`
    case 'subscript':
      return `${print(node.of, Power.Postfix)}[${print(node.index, Power.Or)}]`
    case 'unary':
      return printUnary(node.operator, node.operand)
    case 'binary':
      return printBinary(node)
    case 'is':
      return `${print(node.operand, Power.Is)} IS ${node.negated ? 'NOT ' : ''}${node.what}`
    case 'case':
      return printCase(node)
    case 'cast':
      if (isReturning(node)) return printJsonValue(node.operand as Call)
      return `${node.isTry ? 'TRY_CAST' : 'CAST'}(${print(node.operand, Power.Or)} AS ${node.to})`
    case 'call':
      return printSpecialCall(node) ?? printCall(node)
    default:
      return printPredicate(node)
  }
}

function printLiteral(value: null | boolean | number | bigint | string): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return printString(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  return canonicalNumber(value)
}

/** A blank keeps `- -1` from becoming a comment. */
function printUnary(operator: '-' | '+' | 'NOT', operand: Expression): string {
  if (operator === 'NOT') return `NOT ${print(operand, Power.Not)}`
  const text = print(operand, Power.Sign)
  return text.startsWith('-') || text.startsWith('+') ? `${operator} ${text}` : `${operator}${text}`
}

/** Operators group to the left, so an equal one on the right needs brackets. */
function printBinary(node: Extract<Expression, { kind: 'binary' }>): string {
  const power = BINARY_POWER[node.operator]
  return `${print(node.left, power)} ${node.operator} ${print(node.right, power + 1)}`
}

function printPredicate(node: Extract<Expression, { kind: 'in' | 'between' | 'like' }>): string {
  const start = `${print(node.operand, Power.Predicate)} ${node.negated ? 'NOT ' : ''}`
  if (node.kind === 'in') return `${start}IN (${printList(node.list)})`
  if (node.kind === 'between') return `${start}BETWEEN ${print(node.low, Power.Sum)} AND ${print(node.high, Power.Sum)}`
  const escaping = node.escape ? ` ESCAPE ${print(node.escape, Power.Sum)}` : ''
  return `${start}LIKE ${print(node.pattern, Power.Sum)}${escaping}`
}

const printList = (list: readonly Expression[]) => list.map((item) => print(item, Power.Or)).join(', ')

function printCase({ operand, whens, otherwise }: Extract<Expression, { kind: 'case' }>): string {
  const start = operand ? `CASE ${print(operand, Power.Or)}` : 'CASE'
  const branches = whens.map(({ when, then }) => ` WHEN ${print(when, Power.Or)} THEN ${print(then, Power.Or)}`)
  return `${start}${branches.join('')}${otherwise ? ` ELSE ${print(otherwise, Power.Or)}` : ''} END`
}

type Call = Extract<Expression, { kind: 'call' }>

const isPlain = ({ distinct, star, filter }: Call) => !distinct && !star && !filter
const isSimilar = (node: Call) =>
  node.name === 'similar_to' && (node.args.length === 2 || node.args.length === 3) && isPlain(node)

/** Calls that have a form of their own in SQL. */
function printSpecialCall(node: Call): string | undefined {
  const { name, args } = node
  if (!isPlain(node)) return undefined
  if (name === 'array' || name === 'map') return `${name.toUpperCase()}[${printList(args)}]`
  if (isSimilar(node)) {
    const [text, pattern, escaping] = args as readonly [Expression, Expression, Expression?]
    const end = escaping ? ` ESCAPE ${print(escaping, Power.Sum)}` : ''
    return `${print(text, Power.Predicate)} SIMILAR TO ${print(pattern, Power.Sum)}${end}`
  }
  const clauses = jsonClauses(node)
  if (clauses !== undefined) return `${name}(${printList(args.slice(0, 2))}${clauses})`
  const [word, ...values] = args
  if (word?.kind !== 'literal' || (word.value !== 'NULL' && word.value !== 'ABSENT')) return undefined
  if (name === 'json_array') return `${name}(${[printList(values), `${word.value} ON NULL`].join(' ').trim()})`
  if (name !== 'json_object' || values.length % 2 === 1) return undefined
  const pairs = values.flatMap((value, i) =>
    i % 2 === 0 ? [`KEY ${print(value, Power.Or)} VALUE ${print(values[i + 1]!, Power.Or)}`] : [],
  )
  return `${name}(${[pairs.join(', '), `${word.value} ON NULL`].join(' ').trim()})`
}

/** Function names that were quoted cannot occur: the parser takes words only. */
function printCall({ name, args, distinct, star, filter }: Extract<Expression, { kind: 'call' }>): string {
  const written = star ? '*' : `${distinct ? 'DISTINCT ' : ''}${printArguments(name, args)}`
  return `${name}(${written})${filter ? ` FILTER (WHERE ${print(filter, Power.Or)})` : ''}`
}

/** The keyword forms whose first argument is a unit are printed as SQL writes them. */
function printArguments(name: string, args: readonly Expression[]): string {
  const [first, second] = args
  const unit =
    first?.kind === 'literal' && typeof first.value === 'string' && /^[A-Z]+$/.test(first.value) ? first.value : ''
  if (unit === '' || !second) return printList(args)
  if (name === 'extract' && args.length === 2) return `${unit} FROM ${print(second, Power.Or)}`
  if ((name === 'floor' || name === 'ceil' || name === 'ceiling') && args.length === 2)
    return `${print(second, Power.Or)} TO ${unit}`
  return name === 'timestampdiff' || name === 'timestampadd'
    ? [unit, printList(args.slice(1))].join(', ')
    : printList(args)
}

/** What a call of JSON_VALUE, JSON_QUERY or JSON_EXISTS says behind its path; undefined: nothing, or it is no such call. */
function jsonClauses(node: Call): string | undefined {
  const { name, args } = node
  const words = args.slice(2).map((arg) => (arg.kind === 'literal' && typeof arg.value === 'string' ? arg.value : ''))
  const [first, second, third] = words
  if (name === 'json_exists' && args.length === 3) return ` ${first} ON ERROR`
  if (name === 'json_query' && args.length === 5) {
    const wrapper = first === 'WITHOUT' ? 'WITHOUT' : `WITH ${first}`
    return ` ${wrapper} WRAPPER ${second} ON EMPTY ${third} ON ERROR`
  }
  return name === 'json_value' && args.length === 7 && first === 'STRING' ? valueClauses(node) : undefined
}

function valueClauses({ args }: Call): string {
  const [type, onEmpty, emptyValue, onError, errorValue] = args.slice(2) as [Expression, ...Expression[]]
  const word = (arg: Expression | undefined) => (arg?.kind === 'literal' ? String(arg.value) : '')
  const outcome = (arg: Expression | undefined, value: Expression | undefined) =>
    word(arg) === 'DEFAULT' ? `DEFAULT ${print(value!, Power.Or)}` : word(arg)
  return ` RETURNING ${word(type)} ${outcome(onEmpty, emptyValue)} ON EMPTY ${outcome(onError, errorValue)} ON ERROR`
}

const printJsonValue = (node: Call): string => `${node.name}(${printList(node.args.slice(0, 2))}${valueClauses(node)})`

/** RETURNING is a cast of what the function gives. */
const isReturning = ({ operand, to, isTry }: Extract<Expression, { kind: 'cast' }>): boolean => {
  if (isTry || operand.kind !== 'call' || operand.name !== 'json_value' || operand.args.length !== 7) return false
  const type = operand.args[2]!
  return type.kind === 'literal' && type.value === to
}
