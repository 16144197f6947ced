/**
 * Bytes of JSON's grammar (RFC 8259). A newline is never white space here: it ends the line, and every reader stops at
 * it.
 */
export const NEWLINE = 0x0a
export const SPACE = 0x20
export const QUOTE = 0x22
export const PLUS = 0x2b
export const COMMA = 0x2c
export const MINUS = 0x2d
export const DOT = 0x2e
export const ZERO = 0x30
export const NINE = 0x39
export const COLON = 0x3a
export const UPPER_E = 0x45
export const OPEN_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_BRACKET = 0x5d
export const LOWER_E = 0x65
export const LOWER_U = 0x75
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d

/** Objects and arrays within each other, the row itself included. */
export const NESTING_LIMIT = 1000

/** 1 for the bytes that stand for themselves inside a string: all but quote, backslash and control characters. */
export const PLAIN_IN_STRING = new Uint8Array(256).fill(1, SPACE)
PLAIN_IN_STRING[QUOTE] = 0
PLAIN_IN_STRING[BACKSLASH] = 0

/** 1 for white space inside a line. */
export const IS_SPACE = new Uint8Array(256)
for (const byte of [SPACE, 0x09, 0x0d]) IS_SPACE[byte] = 1

/** 1 for what may follow a backslash. */
export const IS_ESCAPE = new Uint8Array(256)
for (const character of '"\\/bfnrtu') IS_ESCAPE[character.charCodeAt(0)] = 1

export const IS_HEX = new Uint8Array(256)
for (const character of '0123456789abcdefABCDEF') IS_HEX[character.charCodeAt(0)] = 1

/**
 * Why a line is not JSON: thrown by the readers, caught by whoever scans lines. Not an Error: bad lines may be many,
 * stacks cost.
 */
export class SyntaxFault {
  readonly at: number
  readonly reason: string

  constructor(at: number, reason: string) {
    this.at = at
    this.reason = reason
  }
}

/** A byte as a message shows it: `'x'`, `control character U+0001`, `a character beyond ASCII`. */
export function describeByte(byte: number): string {
  if (byte === 0) return 'a NUL byte'
  if (byte < SPACE || byte === 0x7f) return `control character U+${byte.toString(16).toUpperCase().padStart(4, '0')}`
  return byte < 0x80 ? `'${String.fromCharCode(byte)}'` : 'a character beyond ASCII'
}

/** The fault at `at` inside a `container` that wanted `expected` there. The line's end has words of its own. */
export function expectedFault(bytes: Buffer, at: number, expected: string, container: string): SyntaxFault {
  const byte = bytes[at]
  if (byte === undefined || byte === NEWLINE) return new SyntaxFault(at, `unexpected end of ${container}`)
  return new SyntaxFault(at, `expected ${expected}, not ${describeByte(byte)}`)
}
