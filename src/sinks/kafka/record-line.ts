/**
 * Records on their way to Kafka, one a line, as they wait in a segment: TOPIC, KEY, HEADERS and VALUE with tabs between them. A key has \t, \n
 * and \\ for those characters, \N for none; headers are a JSON object of strings, or nothing; the value is JSON, \N for none (a tombstone).
 */
export interface RecordLine {
  readonly topic: string
  readonly key: Uint8Array | null
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
  readonly value: Uint8Array | null
}

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const NONE = 0x4e
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

/** Reads lines, each with its newline. Parts are of the bytes given. */
export class RecordLines {
  #topicBytes: Buffer = Buffer.alloc(0)
  #topic = ''

  /** `take` returns a promise where it has to be waited for. */
  async read(bytes: Buffer, take: (line: RecordLine) => void | Promise<void>): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at)
      const waiting = take(this.#line(bytes, at, end))
      if (waiting) await waiting
      at = end + 1
    }
  }

  #line(bytes: Buffer, at: number, end: number): RecordLine {
    const keyAt = bytes.indexOf(TAB, at) + 1
    const headersAt = bytes.indexOf(TAB, keyAt) + 1
    const valueAt = bytes.indexOf(TAB, headersAt) + 1
    return {
      topic: this.#topicOf(bytes, at, keyAt - 1),
      key: isNothing(bytes, keyAt, headersAt - 1) ? null : keyOf(bytes, keyAt, headersAt - 1),
      headers: headersAt === valueAt - 1 ? NO_HEADERS : headersOf(bytes.toString('utf8', headersAt, valueAt - 1)),
      value: isNothing(bytes, valueAt, end) ? null : bytes.subarray(valueAt, end),
    }
  }

  /** Nearly always the same one. */
  #topicOf(bytes: Buffer, from: number, to: number): string {
    const { length } = this.#topicBytes
    if (length !== to - from || bytes.compare(this.#topicBytes, 0, length, from, to) !== 0) {
      this.#topicBytes = Buffer.from(bytes.subarray(from, to))
      this.#topic = this.#topicBytes.toString('utf8')
    }
    return this.#topic
  }
}

const isNothing = (bytes: Buffer, from: number, to: number): boolean =>
  to - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === NONE

function keyOf(bytes: Buffer, from: number, to: number): Uint8Array {
  const raw = bytes.subarray(from, to)
  if (!raw.includes(BACKSLASH)) return raw
  return Buffer.from(raw.toString('utf8').replace(/\\([tn\\])/g, (_, one: string) => PLAIN[one]!))
}

const headersOf = (text: string): RecordLine['headers'] =>
  Object.entries(JSON.parse(text) as Record<string, string>).map(([name, value]) => [name, Buffer.from(value)] as const)
