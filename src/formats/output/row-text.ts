import type { Batch } from '../../data/batch.ts'
import { RowMembers } from '../json/members.ts'
import type { RowWriter } from '../json/row-writer.ts'
import { unescaped } from '../json/unescaped.ts'
import { OutputBuffer } from '../output-buffer.ts'

const QUOTE = 0x22
const LOWER_N = 0x6e

/** One row after another as JSON, and its members: what formats other than NDJSON are made from. */
export class RowText {
  readonly members = new RowMembers()
  readonly #writer: RowWriter
  readonly #buffer = new OutputBuffer()

  constructor(writer: RowWriter) {
    this.#writer = writer
  }

  /** Of the row read last. */
  get bytes(): Buffer {
    return this.#buffer.bytes
  }

  /** Without the newline. */
  get length(): number {
    return this.#buffer.length - 1
  }

  load(batch: Batch, row: number): void {
    this.#buffer.clear()
    this.#writer.write(batch, row, this.#buffer)
  }

  loadMembers(batch: Batch, row: number): void {
    this.load(batch, row)
    this.members.read(this.#buffer.bytes, 0, this.length)
  }

  isString(i: number): boolean {
    return this.bytes[this.members.valueStarts[i]!] === QUOTE
  }

  isNull(i: number): boolean {
    return this.bytes[this.members.valueStarts[i]!] === LOWER_N
  }

  /** A string's characters, the JSON text of anything else. */
  text(i: number): string {
    const start = this.members.valueStarts[i]!
    const end = this.members.valueEnds[i]!
    return this.isString(i) ? unescaped(this.bytes, start + 1, end - 1) : this.bytes.toString('utf8', start, end)
  }

  /** The row as JSON, a copy. */
  toString(): string {
    return this.bytes.toString('utf8', 0, this.length)
  }
}
