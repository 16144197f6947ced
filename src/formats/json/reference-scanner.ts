import { isUtf8 } from 'node:buffer'
import { assert } from '../../base/assert.ts'
import type { Batch } from '../../data/batch.ts'
import { type Column, Tag } from '../../data/column.ts'
import { JsonText } from '../../data/value.ts'
import type { BadLine, ScanField, Scanner, ScanResult } from '../scanner.ts'
import { ByteDictionary, hashStart, hashStep } from './byte-dictionary.ts'
import { DictionaryTrial } from './dictionary-trial.ts'
import { type FieldNode, fieldTree, type MemberTable } from './field-tree.ts'
import { putValue, readNumber } from './number-text.ts'
import { createScanBatch } from './scan-batch.ts'
import { checkDepth, skipColon, skipLiteral, skipSpace, skipString, skipValue } from './skip.ts'
import {
  CLOSE_BRACE,
  COMMA,
  expectedFault,
  MINUS,
  NEWLINE,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLAIN_IN_STRING,
  QUOTE,
  SPACE,
  SyntaxFault,
  ZERO,
} from './syntax.ts'
import { unescaped } from './unescaped.ts'
import { firstInvalidByte } from './utf8.ts'

/**
 * Our own plain recursive-descent reader: says what every line means, fuzzed against JSON.parse. Any other scanner must
 * agree with it.
 */
export class ReferenceScanner implements Scanner {
  readonly name = 'reference'
  readonly #fields: readonly ScanField[]
  readonly #root: MemberTable
  readonly #dictionary = new ByteDictionary()
  readonly #trial = new DictionaryTrial(this.#dictionary)
  #input: Buffer = Buffer.allocUnsafeSlow(0)
  #bytes: Buffer = this.#input
  #columns: Column[] = []
  /** The stretch that a scan may have stopped within, and whether all of it is UTF-8: to check each byte once. */
  #checked = { bytes: this.#input, next: -1, to: -1, isUtf8: true }

  constructor(fields: readonly ScanField[]) {
    for (const { path } of fields) assert(path.length > 0, 'a field without a path')
    this.#fields = fields
    this.#root = fieldTree(fields.map(({ path }) => path))
  }

  inputBuffer(size: number, keep: number): Buffer {
    if (this.#input.length >= size) return this.#input
    const bigger = Buffer.allocUnsafeSlow(size)
    this.#input.copy(bigger, 0, 0, keep)
    this.#input = bigger
    return bigger
  }

  createBatch(): Batch {
    return createScanBatch(this.#fields, this.#dictionary)
  }

  /**
   * See `Scanner.scan`. A scan that goes on where the last one stopped, towards the same `to`, must find the same bytes
   * there. A line that is neither UTF-8 nor JSON is E_ROW_UTF8.
   */
  scan(buffer: Buffer, from: number, to: number, batch: Batch, firstLine: number): ScanResult {
    this.#begin(buffer, batch)
    const allUtf8 = this.#isUtf8(buffer, from, to)
    const raw = batch.raw!
    const capacity = batch.capacity
    let row = batch.length
    let line = firstLine
    let at = from
    let bad: BadLine | null = null
    while (at < to && row < capacity) {
      const start = at
      try {
        if (!allUtf8) checkLine(buffer, start)
        const object = buffer[at] === OPEN_BRACE ? at : skipSpace(buffer, at)
        if (buffer[object] === NEWLINE) {
          at = object + 1
          line += 1
          continue
        }
        at = this.#readLine(object, row)
        raw.starts[row] = start
        raw.ends[row] = at
        raw.lines[row] = line
        row += 1
        at += 1
        line += 1
      } catch (fault) {
        if (!(fault instanceof SyntaxFault)) throw fault
        const end = buffer.indexOf(NEWLINE, start)
        bad = { code: codeOf(fault), reason: fault.reason, start, end, at: Math.min(fault.at, end) }
        for (const column of this.#columns) column.tags[row] = Tag.Missing
        at = end + 1
        line += 1
        break
      }
    }
    const first = batch.length
    batch.length = row
    this.#checked.next = at
    this.#trial.look(batch, first)
    return { next: at, nextLine: line, bad }
  }

  close(): void {}

  endRound(): void {
    this.#trial.endRound()
  }

  #begin(buffer: Buffer, batch: Batch): void {
    const raw = batch.raw
    assert(raw !== null, 'a scanned batch has raw lines')
    assert(batch.length === 0 || raw.buffer === buffer, 'rows of a batch come from one buffer')
    raw.buffer = buffer
    this.#bytes = buffer
    this.#columns = batch.columns
    for (const column of batch.columns) {
      column.buffer = buffer
      column.tags.fill(Tag.Missing, batch.length, batch.capacity)
    }
  }

  #isUtf8(buffer: Buffer, from: number, to: number): boolean {
    const checked = this.#checked
    if (checked.bytes !== buffer || checked.next !== from || checked.to !== to) {
      this.#checked = { bytes: buffer, next: from, to, isUtf8: isUtf8(buffer.subarray(from, to)) }
    }
    return this.#checked.isUtf8
  }

  /** One line that is not blank, from its first byte that is not white space; returns the position of its newline. */
  #readLine(at: number, row: number): number {
    const bytes = this.#bytes
    const isObject = bytes[at] === OPEN_BRACE
    let end = isObject ? this.#readObject(at + 1, row, this.#root, 1) : skipValue(bytes, at, 0, 'line')
    if (bytes[end] !== NEWLINE) end = skipSpace(bytes, end)
    if (bytes[end] !== NEWLINE)
      throw expectedFault(bytes, end, `nothing after the ${isObject ? 'object' : 'value'}`, 'line')
    if (!isObject) throw new NotAnObject(at, `a row must be an object, this is ${typeAt(bytes, at)}`)
    return end
  }

  /** `at` is behind the opening brace of level `depth`; returns the position behind the closing one. */
  #readObject(at: number, row: number, members: MemberTable, depth: number): number {
    const bytes = this.#bytes
    checkDepth(at, depth)
    if (bytes[at] !== QUOTE) {
      at = skipSpace(bytes, at)
      if (bytes[at] === CLOSE_BRACE) return at + 1
    }
    for (;;) {
      if (bytes[at] !== QUOTE) throw expectedFault(bytes, at, 'a member name in quotes', 'object')
      const start = at + 1
      at = start
      while (PLAIN_IN_STRING[bytes[at]!] === 1) at += 1
      let node: FieldNode | undefined
      if (bytes[at] === QUOTE) node = members.find(bytes, start, at)
      else {
        at = skipString(bytes, at) - 1
        node = members.findText(unescaped(bytes, start, at))
      }
      at = skipColon(bytes, at + 1)
      at = node === undefined ? skipValue(bytes, at, depth, 'object') : this.#readMember(at, row, node, depth)
      if (bytes[at]! <= SPACE) at = skipSpace(bytes, at)
      if (bytes[at] === CLOSE_BRACE) return at + 1
      if (bytes[at] !== COMMA) throw expectedFault(bytes, at, "',' or '}' after a member", 'object')
      at += 1
      if (bytes[at]! <= SPACE) at = skipSpace(bytes, at)
    }
  }

  /** The value of a member that is asked for, or that holds members that are. */
  #readMember(at: number, row: number, node: FieldNode, depth: number): number {
    const { fields, fieldsBelow } = node
    if (fieldsBelow.length === 0) {
      let end = at
      for (let f = 0; f < fields.length; f += 1) end = this.#readValue(at, row, this.#columns[fields[f]!]!, depth)
      return end
    }
    for (let f = 0; f < fieldsBelow.length; f += 1) this.#columns[fieldsBelow[f]!]!.tags[row] = Tag.Missing
    const bytes = this.#bytes
    const end =
      bytes[at] === OPEN_BRACE
        ? this.#readObject(at + 1, row, node.members, depth + 1)
        : skipValue(bytes, at, depth, 'object')
    for (let f = 0; f < fields.length; f += 1) this.#readValue(at, row, this.#columns[fields[f]!]!, depth)
    return end
  }

  #readValue(at: number, row: number, column: Column, depth: number): number {
    const bytes = this.#bytes
    const byte = bytes[at]!
    if (byte === QUOTE) return this.#readString(at + 1, row, column)
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return readNumber(bytes, at, column, row)
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const end = skipValue(bytes, at, depth, 'object')
      column.tags[row] = Tag.Json
      if (column.encoding === 'span') {
        column.ids[row] = at
        column.ends[row] = end
      } else putValue(column, row, new JsonText(bytes.toString('utf8', at, end)))
      return end
    }
    const end = skipLiteral(bytes, at, 'object')
    column.tags[row] = byte === 0x6e ? Tag.Null : byte === 0x74 ? Tag.True : Tag.False
    return end
  }

  /** `at` is behind the opening quote. */
  #readString(at: number, row: number, column: Column): number {
    const bytes = this.#bytes
    if (column.encoding === 'interned') return this.#readInterned(at, row, column)
    const end = skipString(bytes, at) - 1
    column.tags[row] = Tag.String
    if (column.encoding === 'span') {
      column.ids[row] = at
      column.ends[row] = end
    } else putValue(column, row, unescaped(bytes, at, end))
    return end + 1
  }

  #readInterned(start: number, row: number, column: Column): number {
    const bytes = this.#bytes
    let at = start
    let hash = hashStart
    let byte = bytes[at]!
    while (PLAIN_IN_STRING[byte] === 1) {
      hash = hashStep(hash, byte)
      byte = bytes[++at]!
    }
    if (byte === QUOTE) column.ids[row] = this.#dictionary.intern(bytes, start, at, hash)
    else {
      at = skipString(bytes, at) - 1
      column.ids[row] = this.#dictionary.internText(unescaped(bytes, start, at))
    }
    column.tags[row] = Tag.String
    return at + 1
  }
}

class NotAnObject extends SyntaxFault {}
class NotUtf8 extends SyntaxFault {}

const codeOf = (fault: SyntaxFault): BadLine['code'] =>
  fault instanceof NotAnObject ? 'E_ROW_OBJECT' : fault instanceof NotUtf8 ? 'E_ROW_UTF8' : 'E_ROW_JSON'

function checkLine(buffer: Buffer, start: number): void {
  const end = buffer.indexOf(NEWLINE, start)
  if (isUtf8(buffer.subarray(start, end))) return
  const at = firstInvalidByte(buffer, start, end)
  throw new NotUtf8(at, `not UTF-8: byte 0x${buffer[at]!.toString(16).toUpperCase().padStart(2, '0')}`)
}

function typeAt(bytes: Buffer, at: number): string {
  const byte = bytes[at]
  if (byte === OPEN_BRACKET) return 'an array'
  if (byte === QUOTE) return 'a string'
  return byte === 0x6e ? 'null' : byte === 0x74 || byte === 0x66 ? 'a boolean' : 'a number'
}
