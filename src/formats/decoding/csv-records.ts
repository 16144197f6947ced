import type { RecordCutter } from '../line-stretch.ts'

const NEWLINE = 0x0a
const COMMA = 0x2c
const QUOTE = 0x22
/** First byte of a byte order mark, which does not begin a field. */
const isMark = (byte: number) => byte === 0xef || byte === 0xbb || byte === 0xbf

const FIELD_START = 0
const PLAIN = 1
const QUOTED = 2
/** Behind a quote within quotes: the closing one, or the first of two. */
const QUOTE_SEEN = 3

function nextState(state: number, byte: number): number {
  if (state === QUOTED) return byte === QUOTE ? QUOTE_SEEN : QUOTED
  if (byte === QUOTE && state === QUOTE_SEEN) return QUOTED
  if (byte === COMMA || byte === NEWLINE) return FIELD_START
  if (state === FIELD_START && byte === QUOTE) return QUOTED
  return state === FIELD_START && isMark(byte) ? FIELD_START : PLAIN
}

/** Where the CSV record that begins at `from` ends: behind its newline; `to` if a quote stays open. */
export function csvRecordEnd(buffer: Buffer, from: number, to: number): number {
  let state: number = FIELD_START
  for (let at = from; at < to; at += 1) {
    const byte = buffer[at]!
    if (byte === NEWLINE && state !== QUOTED) return at + 1
    state = nextState(state, byte)
  }
  return to
}

/** Newlines within quotes end no record. Sees every byte once, in order. */
export class CsvCutter implements RecordCutter {
  #state: number = FIELD_START

  reset(): void {
    this.#state = FIELD_START
  }

  lastEnd(buffer: Buffer, from: number, to: number): number {
    if (this.#state < QUOTED && !buffer.subarray(from, to).includes(QUOTE)) return this.#lastNewline(buffer, from, to)
    let state = this.#state
    let end = -1
    for (let at = from; at < to; at += 1) {
      const byte = buffer[at]!
      if (byte === NEWLINE && state !== QUOTED) end = at + 1
      state = nextState(state, byte)
    }
    this.#state = state
    return end
  }

  #lastNewline(buffer: Buffer, from: number, to: number): number {
    if (to - from > 4) this.#state = PLAIN
    for (let at = Math.max(from, to - 4); at < to; at += 1) this.#state = nextState(this.#state, buffer[at]!)
    const end = buffer.subarray(from, to).lastIndexOf(NEWLINE)
    return end < 0 ? -1 : from + end + 1
  }
}
