// Reading bytes of a line, 16 at a time. Nothing here needs bounds: every line ends with a newline, which is neither white space nor part
// of any value, and at least 64 bytes that may be read stand behind the last one. A position of 0 means: this is not JSON.

export const NEWLINE: u32 = 10
export const SPACE: u32 = 32
export const QUOTE: u32 = 34
export const COMMA: u32 = 44
export const MINUS: u32 = 45
export const DOT: u32 = 46
export const ZERO: u32 = 48
export const COLON: u32 = 58
export const OPEN_BRACKET: u32 = 91
export const BACKSLASH: u32 = 92
export const CLOSE_BRACKET: u32 = 93
export const LOWER_E: u32 = 101
export const LOWER_F: u32 = 102
export const OPEN_BRACE: u32 = 123
export const CLOSE_BRACE: u32 = 125

/** Objects and arrays within each other, the row itself included; as in syntax.ts. */
export const NESTING_LIMIT: i32 = 1000

/** The words of JSON as the bytes that a 32-bit load gives. */
const TRUE_WORD: u32 = 0x65757274
const NULL_WORD: u32 = 0x6c6c756e
const ALSE_WORD: u32 = 0x65736c61

/** One bit for each of 16 bytes: is it a quote, a backslash or a control character? */
@inline
export function stringStops(at: usize): i32 {
  const bytes = v128.load(at)
  const quotes = i8x16.eq(bytes, i8x16.splat(34))
  const backslashes = i8x16.eq(bytes, i8x16.splat(92))
  const controls = i8x16.eq(i8x16.min_u(bytes, i8x16.splat(31)), bytes)
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls))
}

/** The first byte from `at` that is a quote, a backslash or a control character. */
@inline
export function nextStop(at: usize): usize {
  let stops = stringStops(at)
  while (stops == 0) {
    at += 16
    stops = stringStops(at)
  }
  return at + ctz(stops)
}

@inline
function isHex(byte: u32): bool {
  return byte - ZERO < 10 || (byte | 32) - 97 < 6
}

/** `at` is on a stop inside a string; returns the position behind the closing quote. */
export function skipStringFrom(at: usize): usize {
  while (true) {
    at = nextStop(at)
    const byte: u32 = load<u8>(at)
    if (byte == QUOTE) return at + 1
    if (byte != BACKSLASH) return 0
    const escaped: u32 = load<u8>(at + 1)
    if (escaped == 117) {
      for (let digit: usize = 2; digit < 6; digit++) if (!isHex(load<u8>(at + digit))) return 0
      at += 6
    } else if (isEscape(escaped)) at += 2
    else return 0
  }
}

/** May this byte follow a backslash? `u` is not among them, it takes more. */
@inline
function isEscape(byte: u32): bool {
  return (
    byte == QUOTE ||
    byte == BACKSLASH ||
    byte == 47 ||
    byte == 98 ||
    byte == 102 ||
    byte == 110 ||
    byte == 114 ||
    byte == 116
  )
}

/** `at` is behind the opening quote; returns the position behind the closing one. */
@inline
export function skipString(at: usize): usize {
  const stop = nextStop(at)
  return load<u8>(stop) == QUOTE ? stop + 1 : skipStringFrom(stop)
}

/** One bit for each of 16 bytes: is it a decimal digit? */
@inline
export function digitBits(at: usize): u32 {
  const values = i8x16.sub(v128.load(at), i8x16.splat(48))
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(values, i8x16.splat(9)), values))
}

/** How many bits are set before the first that is not. */
@inline
export function runOf(bits: u32): u32 {
  return ctz(~bits)
}

/** One digit or more. */
function skipDigits(at: usize): usize {
  let count = runOf(digitBits(at))
  if (count == 0) return 0
  at += count
  while (count == 16) {
    count = runOf(digitBits(at))
    at += count
  }
  return at
}

export function skipNumber(at: usize): usize {
  if (load<u8>(at) == MINUS) at++
  if (load<u8>(at) == ZERO) {
    at++
    if (<u32>load<u8>(at) - ZERO < 10) return 0
  } else {
    at = skipDigits(at)
    if (at == 0) return 0
  }
  if (load<u8>(at) == DOT) {
    at = skipDigits(at + 1)
    if (at == 0) return 0
  }
  if (((<u32>load<u8>(at)) | 32) != LOWER_E) return at
  const sign: u32 = load<u8>(at + 1)
  return skipDigits(sign == 43 || sign == MINUS ? at + 2 : at + 1)
}

@inline
export function skipSpace(at: usize): usize {
  let byte: u32 = load<u8>(at)
  while (byte == SPACE || byte == 9 || byte == 13) byte = load<u8>(++at)
  return at
}

/** Does a word of JSON stand at `at`? Which one is not asked, so that their order need not be predicted. */
@inline
export function isWord(at: usize): bool {
  const word = load<u32>(at)
  const isFalse = <u32>(load<u32>(at + 1) == ALSE_WORD) & <u32>((word & 0xff) == LOWER_F)
  return (<u32>(word == TRUE_WORD) | <u32>(word == NULL_WORD) | isFalse) != 0
}

/** Behind the word of JSON at `at`, 0 if there is none. */
@inline
export function wordEnd(at: usize): usize {
  const word = load<u32>(at)
  if (word == TRUE_WORD || word == NULL_WORD) return at + 4
  return load<u32>(at + 1) == ALSE_WORD && (word & 0xff) == LOWER_F ? at + 5 : 0
}

/** Any value; `depth` counts the containers around it. */
export function skipValue(at: usize, depth: i32): usize {
  const byte: u32 = load<u8>(at)
  if (byte == QUOTE) return skipString(at + 1)
  if (byte == MINUS || byte - ZERO < 10) return skipNumber(at)
  if (byte != OPEN_BRACE && byte != OPEN_BRACKET) return wordEnd(at)
  if (depth >= NESTING_LIMIT) return 0
  if (byte == OPEN_BRACE) return skipObject(at + 1, depth + 1)
  return skipArray(at + 1, depth + 1)
}

/** `at` is behind the opening brace. */
function skipObject(at: usize, depth: i32): usize {
  at = skipSpace(at)
  if (load<u8>(at) == CLOSE_BRACE) return at + 1
  while (true) {
    if (load<u8>(at) != QUOTE) return 0
    at = skipString(at + 1)
    if (at == 0) return 0
    at = skipSpace(at)
    if (load<u8>(at) != COLON) return 0
    at = skipValue(skipSpace(at + 1), depth)
    if (at == 0) return 0
    at = skipSpace(at)
    const byte: u32 = load<u8>(at)
    if (byte != COMMA) return byte == CLOSE_BRACE ? at + 1 : 0
    at = skipSpace(at + 1)
  }
}

/** `at` is behind the opening bracket. */
function skipArray(at: usize, depth: i32): usize {
  at = skipSpace(at)
  if (load<u8>(at) == CLOSE_BRACKET) return at + 1
  while (true) {
    at = skipValue(at, depth)
    if (at == 0) return 0
    at = skipSpace(at)
    const byte: u32 = load<u8>(at)
    if (byte != COMMA) return byte == CLOSE_BRACKET ? at + 1 : 0
    at = skipSpace(at + 1)
  }
}

/** Are `length` bytes the same? Reads up to 15 more, which do not count. */
@inline
export function sameBytes(a: usize, b: usize, length: i32): bool {
  while (length > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) != 0xffff) return false
    a += 16
    b += 16
    length -= 16
  }
  const counted = (1 << length) - 1
  return (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & counted) == counted
}
