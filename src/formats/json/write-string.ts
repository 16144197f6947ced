import { jsonOf } from '../../data/value.ts'
import type { OutputBuffer } from '../output-buffer.ts'
import { BACKSLASH, QUOTE } from './syntax.ts'

/** Up to here, a loop over the units of a text is faster than a call of the encoder. */
const SHORT_TEXT = 24

/** Appends `jsonOf(text)`. */
export function writeString(out: OutputBuffer, text: string): void {
  const { length } = text
  out.reserve(3 * length + 2)
  const { bytes } = out
  const start = out.length
  bytes[start] = QUOTE
  const end = length > SHORT_TEXT ? -1 : writePlain(bytes, start + 1, text)
  if (end >= 0) {
    bytes[end] = QUOTE
    out.length = end + 1
    return
  }
  const behind = start + 1 + bytes.write(text, start + 1)
  if (needsEscape(bytes, start + 1, behind)) {
    out.text(jsonOf(text))
    return
  }
  bytes[behind] = QUOTE
  out.length = behind + 1
}

/** Where the text ends, or -1 if some unit is not ASCII or has to be escaped. */
function writePlain(bytes: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit >= 0x80 || unit === QUOTE || unit === BACKSLASH) return -1
    bytes[at + i] = unit
  }
  return at + text.length
}

/** Is there anything in these bytes that `JSON.stringify` escapes? Lone surrogates have become U+FFFD. */
function needsEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i]!
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return true
  }
  return false
}

/** Appends the canonical form of a string that was read as these bytes between quotes. */
export function writeSpan(out: OutputBuffer, from: Buffer, start: number, end: number): void {
  out.reserve(end - start + 2)
  const before = out.length
  out.bytes[before] = QUOTE
  out.length = before + 1
  out.range(from, start, end)
  const behind = out.length
  if (hasBackslash(out.bytes, before + 1, behind)) {
    out.length = before
    const text = from.toString('utf8', start, end)
    out.text(jsonOf(JSON.parse(`"${text}"`) as string))
    return
  }
  out.bytes[behind] = QUOTE
  out.length = behind + 1
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i] === BACKSLASH) return true
  return false
}
