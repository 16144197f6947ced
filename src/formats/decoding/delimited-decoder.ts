import { TidemarkError } from '../../base/errors.ts'
import { RowKind } from '../../data/row-kind.ts'
import { type FixedText, fixedText, type OutputBuffer } from '../output-buffer.ts'
import { csvRecordEnd } from './csv-records.ts'
import { type DecodedRows, lineEnd, type RecordDecoder, type RecordFault } from './record-decoder.ts'

const COMMA = 0x2c
const TAB = 0x09
const QUOTE = 0x22
const RETURN = 0x0d
const BACKSLASH = 0x5c
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const TSV_UNESCAPED: Readonly<Record<number, string>> = { 116: '\t', 110: '\n', 114: '\r', 92: '\\' }

/** One field: bytes [start, end) as they stand, without quotes. */
interface FieldText {
  start: number
  end: number
  isQuoted: boolean
  /** It holds doubled quotes (CSV) or a backslash (TSV). */
  isEscaped: boolean
}

export interface DelimitedInput {
  readonly format: 'csv' | 'tsv'
  /** Names of the columns; null: each file begins with a line of them. */
  readonly header: readonly string[] | null
}

/**
 * CSV (RFC 4180; quotes count at the beginning of a field, lines may end with CR LF) and TSV (backslash before t, n, r and itself). What
 * stands without quotes is a number if JSON would call it one, a truth value if it is `true` or `false`, NULL if it is empty; anything else, and
 * all that is quoted, is a string. Every record has as many fields as there are names, else it is a bad row.
 */
export class DelimitedDecoder implements RecordDecoder {
  readonly hasKinds = false
  readonly mostRows = 1
  readonly #isCsv: boolean
  readonly #hasNames: boolean
  #names: readonly string[] = []
  /** `{"a":`, `,"b":` … */
  #before: readonly FixedText[] = []
  #awaitsNames: boolean
  readonly #fields: FieldText[] = []

  constructor({ format, header }: DelimitedInput) {
    this.#isCsv = format === 'csv'
    this.#hasNames = header !== null
    this.#awaitsNames = header === null
    if (header) this.#setNames(header)
  }

  beginFile(): void {
    this.#awaitsNames = !this.#hasNames
  }

  recordEnd(buffer: Buffer, from: number, to: number): number {
    return this.#isCsv ? csvRecordEnd(buffer, from, to) : lineEnd(buffer, from)
  }

  decode(buffer: Buffer, start: number, end: number, { json, endRow }: DecodedRows): RecordFault | null {
    const last = end > start && buffer[end - 1] === RETURN ? end - 1 : end
    const found = this.#split(buffer, start, last)
    if (typeof found !== 'number') return found
    const fields = this.#fields
    if (this.#awaitsNames) {
      this.#awaitsNames = false
      this.#setNames(fields.slice(0, found).map((field) => this.#text(buffer, field)))
      return null
    }
    if (found !== this.#names.length) {
      const reason = `${found} ${found === 1 ? 'field' : 'fields'}, the header has ${this.#names.length}`
      return { code: 'E_ROW_FIELDS', reason, at: start }
    }
    for (let i = 0; i < found; i += 1) {
      json.fixed(this.#before[i]!)
      this.#writeValue(buffer, fields[i]!, json)
    }
    json.text('}')
    endRow(RowKind.Insert)
    return null
  }

  save(): unknown {
    return { names: this.#names, awaitsNames: this.#awaitsNames }
  }

  restore(saved: unknown): void {
    const { names, awaitsNames } = saved as { names: readonly string[]; awaitsNames: boolean }
    if (this.#hasNames) return
    this.#setNames(names)
    this.#awaitsNames = awaitsNames
  }

  #setNames(names: readonly string[]): void {
    const repeated = names.find((name, i) => names.indexOf(name) !== i)
    if (repeated !== undefined) {
      throw new TidemarkError('E_HEADER', `two columns are called '${repeated}'`, {
        hint: '--csv-header a,b,c gives the columns other names; for files with a line of names: tail -n +2',
      })
    }
    this.#names = names
    this.#before = names.map((name, i) => fixedText(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`))
  }

  /** How many fields there are, in `#fields`. */
  #split(buffer: Buffer, start: number, end: number): number | RecordFault {
    let count = 0
    let at = start
    for (;;) {
      const field = (this.#fields[count] ??= { start: 0, end: 0, isQuoted: false, isEscaped: false })
      count += 1
      const isQuoted = this.#isCsv && buffer[at] === QUOTE && at < end
      at = isQuoted ? readQuoted(buffer, at, end, field) : this.#readPlain(buffer, at, end, field)
      if (at < 0) return { code: 'E_ROW_FIELDS', reason: 'a quote is never closed', at: field.start - 1 }
      if (at >= end) return count
      if (buffer[at] !== (this.#isCsv ? COMMA : TAB))
        return { code: 'E_ROW_FIELDS', reason: 'text behind a closing quote; a quote within quotes is doubled', at }
      at += 1
    }
  }

  #readPlain(buffer: Buffer, start: number, end: number, field: FieldText): number {
    const separator = this.#isCsv ? COMMA : TAB
    let at = start
    field.isEscaped = false
    while (at < end && buffer[at] !== separator) {
      if (buffer[at] === BACKSLASH && !this.#isCsv) field.isEscaped = true
      at += 1
    }
    field.start = start
    field.end = at
    field.isQuoted = false
    return at
  }

  #text(buffer: Buffer, { start, end, isQuoted, isEscaped }: FieldText): string {
    const text = buffer.toString('utf8', start, end)
    if (!isEscaped) return text
    if (isQuoted) return text.replaceAll('""', '"')
    return text.replace(/\\([tnr\\])/g, (_, letter: string) => TSV_UNESCAPED[letter.charCodeAt(0)]!)
  }

  #writeValue(buffer: Buffer, field: FieldText, json: OutputBuffer): void {
    const { start, end, isQuoted, isEscaped } = field
    if (!isQuoted && start === end) json.text('null')
    else if (isEscaped) this.#writeUnescaped(buffer, field, json)
    else if (!isQuoted && isLiteral(buffer, start, end)) json.range(buffer, start, end)
    else writeEscaped(buffer, start, end, json)
  }

  #writeUnescaped(buffer: Buffer, field: FieldText, json: OutputBuffer): void {
    const bytes = this.#bytes(buffer, field)
    writeEscaped(bytes, 0, bytes.length, json)
  }

  /** Without a detour over text: bytes that are not UTF-8 stay so, and are told. */
  #bytes(buffer: Buffer, { start, end, isQuoted }: FieldText): Buffer {
    const bytes: number[] = []
    for (let i = start; i < end; i += 1) {
      const byte = buffer[i]!
      const next = i + 1 < end ? buffer[i + 1]! : 0
      const unescaped = !isQuoted && byte === BACKSLASH ? TSV_UNESCAPED[next] : undefined
      if (unescaped !== undefined) bytes.push(unescaped.charCodeAt(0))
      else bytes.push(byte)
      if (unescaped !== undefined || (isQuoted && byte === QUOTE)) i += 1
    }
    return Buffer.from(bytes)
  }
}

/** Returns the place behind the closing quote; -1: there is none. */
function readQuoted(buffer: Buffer, start: number, end: number, field: FieldText): number {
  field.start = start + 1
  field.isQuoted = true
  field.isEscaped = false
  for (let at = start + 1; ; at += 2) {
    at = buffer.indexOf(QUOTE, at)
    if (at < 0 || at >= end) return -1
    if (at + 1 < end && buffer[at + 1] === QUOTE) {
      field.isEscaped = true
      continue
    }
    field.end = at
    return at + 1
  }
}

/** A number or truth value of JSON. */
function isLiteral(buffer: Buffer, start: number, end: number): boolean {
  const first = buffer[start]!
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return NUMBER.test(buffer.toString('latin1', start, end))
  if (first !== 0x74 && first !== 0x66) return false
  const text = end - start <= 5 ? buffer.toString('latin1', start, end) : ''
  return text === 'true' || text === 'false'
}

/** Bytes [start, end) as a JSON string, quotes included. */
function writeEscaped(bytes: Buffer, start: number, end: number, json: OutputBuffer): void {
  json.text('"')
  let from = start
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i]!
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue
    json.range(bytes, from, i)
    json.text(JSON.stringify(String.fromCharCode(byte)).slice(1, -1))
    from = i + 1
  }
  json.range(bytes, from, end)
  json.text('"')
}
