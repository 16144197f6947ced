import type { NewRecord } from '../../kafka/record-batch-writer.ts'

/**
 * A record on its way to Kafka, one a line, as it waits in a segment: TOPIC, KEY, HEADERS and VALUE with tabs between them. A key has \t, \n
 * and \\ for those characters, \N for none; headers are a JSON object of strings, or nothing; the value is JSON, \N for none (a tombstone).
 */
export interface RecordLine extends NewRecord {
  readonly topic: string
}

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const NONE = 0x4e
const NO_BYTES = Buffer.alloc(0)
const NO_HEADERS: RecordLine['headers'] = []
const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\\': '\\\\' }
const PLAIN: Readonly<Record<string, string>> = { t: '\t', n: '\n', '\\': '\\' }

/** What stands for no key, and for no value. */
export const NOTHING = '\\N'

/** All of the line before the value. */
export function recordHead(
  topic: string,
  key: string | null,
  headers: Readonly<Record<string, string>> | null,
): string {
  const written = key === null ? NOTHING : /[\t\n\\]/.test(key) ? key.replace(/[\t\n\\]/g, (one) => ESCAPES[one]!) : key
  return `${topic}\t${written}\t${headers === null ? '' : JSON.stringify(headers)}\t`
}

/** Reads lines, each with its newline. It is itself the record of the line at hand: nothing is made for a row. */
export class RecordLines implements RecordLine {
  topic = ''
  keyBytes: Buffer = NO_BYTES
  keyAt = 0
  keyLength = -1
  valueBytes: Buffer = NO_BYTES
  valueAt = 0
  valueLength = -1
  headers: RecordLine['headers'] = NO_HEADERS
  time = 0
  #topicBytes: Buffer = NO_BYTES

  /** `take` gets the same object for each line, and returns a promise where it has to be waited for. `time`: of these records, ms. */
  async read(bytes: Buffer, time: number, take: (line: RecordLine) => void | Promise<void>): Promise<void> {
    this.time = time
    this.valueBytes = bytes
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at)
      this.#line(bytes, at, end)
      const waiting = take(this)
      if (waiting) await waiting
      at = end + 1
    }
    this.valueBytes = NO_BYTES
    this.keyBytes = NO_BYTES
  }

  #line(bytes: Buffer, at: number, end: number): void {
    const keyAt = this.#readTopic(bytes, at)
    const headersAt = this.#readKey(bytes, keyAt)
    const valueAt = tabFrom(bytes, headersAt) + 1
    this.headers = headersAt === valueAt - 1 ? NO_HEADERS : headersOf(bytes.toString('utf8', headersAt, valueAt - 1))
    this.valueAt = valueAt
    this.valueLength = isNothing(bytes, valueAt, end) ? -1 : end - valueAt
  }

  /** Nearly always the same one. Returns the place behind its tab. */
  #readTopic(bytes: Buffer, at: number): number {
    const known = this.#topicBytes
    let i = 0
    while (i < known.length && known[i] === bytes[at + i]) i += 1
    // its own tab is the last of the bytes that are known
    if (i === known.length && i > 0) return at + i
    const end = tabFrom(bytes, at)
    this.#topicBytes = Buffer.from(bytes.subarray(at, end + 1))
    this.topic = bytes.toString('utf8', at, end)
    return end + 1
  }

  /** Returns the place behind its tab. */
  #readKey(bytes: Buffer, at: number): number {
    let end = at
    let isEscaped = false
    for (; bytes[end] !== TAB; end += 1) if (bytes[end] === BACKSLASH) isEscaped = true
    this.keyBytes = bytes
    this.keyAt = at
    this.keyLength = end - at
    if (isEscaped) this.#unescape(bytes, at, end)
    return end + 1
  }

  #unescape(bytes: Buffer, at: number, end: number): void {
    if (isNothing(bytes, at, end)) {
      this.keyLength = -1
      return
    }
    const text = bytes.toString('utf8', at, end).replace(/\\([tn\\])/g, (_, one: string) => PLAIN[one]!)
    this.keyBytes = Buffer.from(text)
    this.keyAt = 0
    this.keyLength = this.keyBytes.length
  }
}

function tabFrom(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] !== TAB) at += 1
  return at
}

const isNothing = (bytes: Buffer, from: number, to: number): boolean =>
  to - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === NONE

const headersOf = (text: string): RecordLine['headers'] =>
  Object.entries(JSON.parse(text) as Record<string, string>).map(([name, value]) => [name, Buffer.from(value)] as const)
