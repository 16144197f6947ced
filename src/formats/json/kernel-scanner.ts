import { isUtf8 } from 'node:buffer'
import { assert } from '../../base/assert.ts'
import type { Batch } from '../../data/batch.ts'
import { type Column, Tag } from '../../data/column.ts'
import type { BadLine, ScanField, Scanner, ScanResult } from '../scanner.ts'
import { DictionaryTrial } from './dictionary-trial.ts'
import { bindColumns, type KernelColumns } from './kernel-columns.ts'
import { KernelDictionary } from './kernel-dictionary.ts'
import { type Kernel, releaseKernel } from './kernel-module.ts'
import { finishRows } from './kernel-rows.ts'
import { putValue } from './number-text.ts'
import { ReferenceScanner } from './reference-scanner.ts'
import { createScanBatch } from './scan-batch.ts'
import { NEWLINE } from './syntax.ts'
import { firstInvalidByte } from './utf8.ts'

const MOST_FIELDS = 64
const LONGEST_PATH = 32
/** Longer lines are read by the reference scanner: the kernel's memory is not for them. */
const MOST_INPUT_BYTES = 1 << 26
/** Of memory: bytes of a file arrive fastest where their place in a page is that in the file. */
const PAGE = 4096
/** Bytes of another buffer that are taken at a time. */
const COPY_BYTES = 1 << 20

/** Can the kernel read these fields? It wants each member for one field, and none both as a whole and in parts. */
export function canScan(fields: readonly ScanField[]): boolean {
  if (fields.length > MOST_FIELDS || fields.some(({ path }) => path.length > LONGEST_PATH)) return false
  return fields.every(({ path }, i) =>
    fields.every((other, j) => i === j || !path.every((name, depth) => name === other.path[depth])),
  )
}

/**
 * Reads lines with the WebAssembly kernel, several times as fast as the reference scanner and with the same outcome: what the kernel does not take
 * (every bad line, and a few good ones that are rare), the reference scanner reads in its place.
 */
export class KernelScanner implements Scanner {
  readonly name = 'kernel'
  readonly #fields: readonly ScanField[]
  readonly #kernel: Kernel
  readonly #dictionary: KernelDictionary
  readonly #trial: DictionaryTrial
  readonly #reference: ReferenceScanner
  readonly #referenceBatch: Batch
  readonly #bound = new WeakMap<Batch, KernelColumns>()
  #lastBound: Batch | null = null
  #input: Buffer = Buffer.allocUnsafeSlow(0)
  #inputAddress = 0
  /** What the kernel allocated for it; it begins at a page. */
  #allocated = 0
  /** Where bytes of other buffers are copied to; 0: not yet. */
  #copyAddress = 0
  /** The stretch that a scan may have stopped within, and its first byte that is not UTF-8: to check each byte once. */
  #checked = { bytes: this.#input, next: -1, to: -1, invalid: -1 }

  /** `canScan` of the fields must be true. */
  constructor(kernel: Kernel, fields: readonly ScanField[]) {
    assert(canScan(fields), 'fields that the kernel cannot read')
    this.#fields = fields
    this.#kernel = kernel
    this.#dictionary = new KernelDictionary(kernel)
    this.#trial = new DictionaryTrial(this.#dictionary)
    this.#reference = new ReferenceScanner(fields)
    this.#referenceBatch = this.#reference.createBatch()
    this.#askMembers()
  }

  inputBuffer(size: number, keep: number): Buffer {
    if (this.#input.length >= size) return this.#input
    const old = this.#input
    const released = this.#allocated
    let allocated = 0
    if (size > MOST_INPUT_BYTES) {
      this.#inputAddress = 0
      this.#input = Buffer.allocUnsafeSlow(size)
    } else {
      allocated = this.#kernel.allocate(size + PAGE)
      this.#inputAddress = Math.ceil(allocated / PAGE) * PAGE
      this.#input = Buffer.from(this.#kernel.memory.buffer, this.#inputAddress, size)
    }
    old.copy(this.#input, 0, 0, keep)
    if (released !== 0) this.#kernel.release(released)
    this.#allocated = allocated
    return this.#input
  }

  close(): void {
    releaseKernel(this.#kernel)
  }

  createBatch(): Batch {
    return createScanBatch(this.#fields, this.#dictionary)
  }

  /**
   * See `Scanner.scan`. A scan that goes on where the last one stopped, towards the same `to`, must find the same bytes
   * there.
   */
  scan(buffer: Buffer, from: number, to: number, batch: Batch, firstLine: number): ScanResult {
    this.#begin(buffer, batch)
    const invalid = this.#firstInvalid(buffer, from, to)
    const valid = invalid < 0 ? to : buffer.lastIndexOf(NEWLINE, invalid) + 1
    const end = Math.max(from, valid)
    let at = from
    let line = firstLine
    let bad: BadLine | null = null
    const first = batch.length
    while (at < to && batch.length < batch.capacity && bad === null) {
      let isRefused = true
      if (at < end) {
        isRefused = this.#scanLines(buffer, at, end, batch, line)
        at = this.#next
        line = this.#nextLine
      }
      if (!isRefused) continue
      const behind = buffer.indexOf(NEWLINE, at) + 1
      bad = this.#scanByReference(buffer, at, behind, batch, line)
      at = behind
      line += 1
    }
    this.#checked.next = at
    this.#trial.look(batch, first)
    return { next: at, nextLine: line, bad }
  }

  endRound(): void {
    this.#trial.endRound()
    this.#reference.endRound()
  }

  #askMembers(): void {
    const kernel = this.#kernel
    const asked = new Map<string, number>()
    this.#fields.forEach(({ path }, field) => {
      let parent = -1
      path.forEach((name, depth) => {
        const key = JSON.stringify(path.slice(0, depth + 1))
        let member = asked.get(key)
        if (member === undefined || depth === path.length - 1) {
          const bytes = Buffer.from(name)
          const address = kernel.allocate(bytes.length)
          Buffer.from(kernel.memory.buffer, address, bytes.length).set(bytes)
          member = kernel.askMember(parent, address, bytes.length, depth === path.length - 1 ? field : -1)
          asked.set(key, member)
        }
        parent = member
      })
    })
  }

  #begin(buffer: Buffer, batch: Batch): void {
    const { raw } = batch
    assert(raw !== null, 'a scanned batch has raw lines')
    assert(batch.length === 0 || raw.buffer === buffer, 'rows of a batch come from one buffer')
    let columns = this.#bound.get(batch)
    if (columns === undefined) {
      columns = bindColumns(this.#kernel, batch)
      this.#bound.set(batch, columns)
    }
    if (this.#lastBound !== batch) {
      columns.use()
      this.#lastBound = batch
    }
    raw.buffer = buffer
    for (const column of batch.columns) column.buffer = buffer
  }

  /** The first byte of [from, to) that is not UTF-8, -1 if there is none. */
  #firstInvalid(buffer: Buffer, from: number, to: number): number {
    const checked = this.#checked
    if (checked.bytes === buffer && checked.next === from && checked.to === to) {
      if (checked.invalid < 0 || checked.invalid >= from) return checked.invalid
      checked.invalid = firstInvalidByte(buffer, from, to)
      return checked.invalid
    }
    const invalid = isUtf8(buffer.subarray(from, to)) ? -1 : firstInvalidByte(buffer, from, to)
    this.#checked = { bytes: buffer, next: from, to, invalid }
    return invalid
  }

  #next = 0
  #nextLine = 0

  /** Lines that are UTF-8, by the kernel; true: it refused the one at `#next`. */
  #scanLines(buffer: Buffer, from: number, to: number, batch: Batch, line: number): boolean {
    const kernel = this.#kernel
    const isOwn = buffer === this.#input && this.#inputAddress !== 0
    let base = this.#inputAddress
    let end = to
    if (!isOwn) {
      if (to - from > COPY_BYTES) end = buffer.lastIndexOf(NEWLINE, from + COPY_BYTES - 1) + 1
      this.#next = from
      this.#nextLine = line
      if (end <= from) return true
      base = this.#copy(buffer, from, end) - from
    }
    const first = batch.length
    const row = kernel.scan(base + from, base + end, base, first, batch.capacity, line)
    batch.length = row
    this.#next = kernel.nextPosition() - base
    this.#nextLine = kernel.nextLine()
    const isRefused = kernel.hasRefused() !== 0
    finishRows({ kernel, batch, dictionary: this.#dictionary, bound: this.#bound.get(batch)! }, first)
    return isRefused
  }

  #copy(buffer: Buffer, from: number, to: number): number {
    if (this.#copyAddress === 0) this.#copyAddress = this.#kernel.allocate(COPY_BYTES)
    buffer.copy(Buffer.from(this.#kernel.memory.buffer, this.#copyAddress, COPY_BYTES), 0, from, to)
    return this.#copyAddress
  }

  /** One line, as the reference scanner reads it. */
  #scanByReference(buffer: Buffer, from: number, to: number, batch: Batch, line: number): BadLine | null {
    const read = this.#referenceBatch
    read.clear()
    const { bad } = this.#reference.scan(buffer, from, to, read, line)
    if (read.length === 0) return bad
    const row = batch.length
    batch.columns.forEach((column, c) => {
      this.#takeOver(read.columns[c]!, column, row)
    })
    const raw = batch.raw!
    raw.starts[row] = from
    raw.ends[row] = to - 1
    raw.lines[row] = line
    raw.shapes!.numbers[row] = 0
    batch.length = row + 1
    return null
  }

  /** Row 0 of the reference scanner's column to a row of ours, whose ids are of another dictionary. */
  #takeOver(from: Column, to: Column, row: number): void {
    const tag = from.tags[0]!
    to.tags[row] = tag
    if (tag === Tag.Number) to.numbers[row] = from.numbers[0]!
    else if (tag === Tag.String && to.encoding === 'interned') to.ids[row] = this.#dictionary.internText(from.text(0))
    else if (tag >= Tag.String && tag !== Tag.Exact && to.encoding === 'span') {
      to.ids[row] = from.ids[0]!
      to.ends[row] = from.ends[0]!
    } else if (tag >= Tag.String) putValue(to, row, from.values[0]!)
  }
}
