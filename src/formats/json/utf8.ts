/**
 * Where bytes [from, to) stop being UTF-8 (Unicode 15, table 3-7): the first byte of the first ill-formed sequence, or
 * -1. Slow and plain: `buffer.isUtf8` has said before that there is something to find.
 */
export function firstInvalidByte(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const length = sequenceLength(bytes, at, to)
    if (length === 0) return at
    at += length
  }
  return -1
}

/** Bytes of the well-formed sequence at `at`; 0 if there is none. */
function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  if (length === 0 || at + length > to) return 0
  for (let i = 1; i < length; i += 1) {
    if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  }
  // no overlong forms, no surrogates, nothing beyond U+10FFFF
  const second = bytes[at + 1]!
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return 0
  if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0
  return length
}
