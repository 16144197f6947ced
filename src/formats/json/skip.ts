import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  describeByte,
  expectedFault,
  IS_ESCAPE,
  IS_HEX,
  IS_SPACE,
  LOWER_E,
  LOWER_U,
  MINUS,
  NESTING_LIMIT,
  NEWLINE,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLAIN_IN_STRING,
  PLUS,
  QUOTE,
  SyntaxFault,
  UPPER_E,
  ZERO,
} from './syntax.ts'

/*
 * Readers that validate and materialise nothing. Each takes the position of its first byte and returns the one behind
 * its last, or throws a SyntaxFault. They need no bounds: a newline follows every line, and none of them passes it.
 */

export function skipSpace(bytes: Buffer, at: number): number {
  while (IS_SPACE[bytes[at]!] === 1) at += 1
  return at
}

/** `at` is behind the opening quote; returns the position behind the closing one. */
export function skipString(bytes: Buffer, at: number): number {
  for (;;) {
    let byte = bytes[at]!
    while (PLAIN_IN_STRING[byte] === 1) byte = bytes[++at]!
    if (byte === QUOTE) return at + 1
    at = skipEscape(bytes, at)
  }
}

/**
 * `at` is on a byte that does not stand for itself and is not the closing quote; returns the position behind a valid
 * escape.
 */
export function skipEscape(bytes: Buffer, at: number): number {
  const byte = bytes[at]!
  if (byte === NEWLINE) throw new SyntaxFault(at, 'unexpected end of string')
  if (byte < 0x20) throw new SyntaxFault(at, `${describeByte(byte)} in a string must be escaped`)
  const escaped = bytes[at + 1]!
  if (IS_ESCAPE[escaped] !== 1) {
    if (escaped === NEWLINE) throw new SyntaxFault(at + 1, 'unexpected end of string')
    throw new SyntaxFault(at, `no escape: a backslash before ${describeByte(escaped)}`)
  }
  if (escaped !== LOWER_U) return at + 2
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    if (IS_HEX[bytes[digit]!] !== 1) throw expectedFault(bytes, digit, "four hexadecimal digits after '\\u'", 'string')
  }
  return at + 6
}

export function skipNumber(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at += 1
  if (bytes[at] === ZERO) {
    at += 1
    if (bytes[at]! >= ZERO && bytes[at]! <= NINE) throw new SyntaxFault(at, 'a number begins with a 0 too many')
  } else at = skipDigits(bytes, at)
  if (bytes[at] === DOT) at = skipDigits(bytes, at + 1)
  const byte = bytes[at]
  if (byte !== LOWER_E && byte !== UPPER_E) return at
  const sign = bytes[at + 1]
  return skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
}

/** One digit or more. */
function skipDigits(bytes: Buffer, at: number): number {
  const first = at
  let byte = bytes[at]!
  while (byte >= ZERO && byte <= NINE) byte = bytes[++at]!
  if (at === first) throw expectedFault(bytes, at, 'a digit', 'number')
  return at
}

/** `true`, `false` or `null`. `container` is what the value stands in, for the message. */
export function skipLiteral(bytes: Buffer, at: number, container: string): number {
  const word = bytes[at] === 0x74 ? 'true' : bytes[at] === 0x66 ? 'false' : bytes[at] === 0x6e ? 'null' : ''
  if (word === '') {
    if (bytes[at] === MINUS || (bytes[at]! >= ZERO && bytes[at]! <= NINE)) return skipNumber(bytes, at)
    throw expectedFault(bytes, at, 'a value', container)
  }
  for (let i = 1; i < word.length; i += 1) {
    if (bytes[at + i] !== word.charCodeAt(i)) throw expectedFault(bytes, at + i, `'${word}'`, container)
  }
  return at + word.length
}

/** Any value. `depth` counts the containers around it. */
export function skipValue(bytes: Buffer, at: number, depth: number, container: string): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return skipString(bytes, at + 1)
  if (byte === OPEN_BRACE) return skipObject(bytes, at + 1, depth + 1)
  if (byte === OPEN_BRACKET) return skipArray(bytes, at + 1, depth + 1)
  return byte >= ZERO && byte <= NINE ? skipNumber(bytes, at) : skipLiteral(bytes, at, container)
}

function skipObject(bytes: Buffer, at: number, depth: number): number {
  checkDepth(at, depth)
  at = skipSpace(bytes, at)
  if (bytes[at] === CLOSE_BRACE) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) throw expectedFault(bytes, at, 'a member name in quotes', 'object')
    at = skipColon(bytes, skipString(bytes, at + 1))
    at = skipSpace(bytes, skipValue(bytes, at, depth, 'object'))
    if (bytes[at] === CLOSE_BRACE) return at + 1
    if (bytes[at] !== COMMA) throw expectedFault(bytes, at, "',' or '}' after a member", 'object')
    at = skipSpace(bytes, at + 1)
  }
}

/** From behind a member's name to its value. */
export function skipColon(bytes: Buffer, at: number): number {
  at = skipSpace(bytes, at)
  if (bytes[at] !== COLON) throw expectedFault(bytes, at, "':' after the member name", 'object')
  return skipSpace(bytes, at + 1)
}

function skipArray(bytes: Buffer, at: number, depth: number): number {
  checkDepth(at, depth)
  at = skipSpace(bytes, at)
  if (bytes[at] === CLOSE_BRACKET) return at + 1
  for (;;) {
    at = skipSpace(bytes, skipValue(bytes, at, depth, 'array'))
    if (bytes[at] === CLOSE_BRACKET) return at + 1
    if (bytes[at] !== COMMA) throw expectedFault(bytes, at, "',' or ']' after an element", 'array')
    at = skipSpace(bytes, at + 1)
  }
}

/** `at` is behind the bracket that opened level `depth`. */
export function checkDepth(at: number, depth: number): void {
  if (depth > NESTING_LIMIT) throw new SyntaxFault(at - 1, `nested deeper than ${NESTING_LIMIT} levels`)
}
