import type { Expression } from './expression.ts'
import type { Token } from './lexer.ts'
import { parseOperand } from './parser.ts'
import type { TokenReader } from './token-reader.ts'

/**
 * What stands in `JSON_OBJECT([KEY] k VALUE v, … [NULL ON NULL])` and `JSON_ARRAY(v, … [ABSENT ON NULL])`: the word before ON NULL, or its
 * default, then the values.
 */
export function parseJsonArguments(reader: TokenReader, name: Token): Expression[] {
  const isObject = name.text.toUpperCase() === 'JSON_OBJECT'
  const args: Expression[] = []
  while (!reader.isOperator(')') && !startsOnNull(reader)) {
    if (isObject) args.push(parseKey(reader))
    args.push(parseOperand(reader))
    if (!reader.acceptOperator(',')) break
  }
  const token = reader.peek()
  const word = startsOnNull(reader) ? token.text.toUpperCase() : isObject ? 'NULL' : 'ABSENT'
  if (startsOnNull(reader)) for (let i = 0; i < 3; i += 1) reader.next()
  return [{ kind: 'literal', value: word, span: reader.spanOf(name) }, ...args]
}

const startsOnNull = (reader: TokenReader): boolean =>
  (reader.isWord('NULL') || reader.isWord('ABSENT')) && reader.isWord('ON', 1) && reader.isWord('NULL', 2)

/** `KEY` is a word here only where a key follows. */
function parseKey(reader: TokenReader): Expression {
  if (reader.isWord('KEY') && !reader.isWord('VALUE', 1)) reader.next()
  const key = parseOperand(reader)
  reader.expectWord('VALUE', 'and the value after a key of JSON_OBJECT')
  return key
}
