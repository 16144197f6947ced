import { type Batch, rawOrigins } from '../../data/batch.ts'
import { newlinesIn } from '../line-stretch.ts'
import { OutputBuffer } from '../output-buffer.ts'
import type { BadLine, Scanner, ScanResult } from '../scanner.ts'
import type { RecordDecoder } from './record-decoder.ts'

/** Where the record of a row stands, and what came of it. */
interface DecodedRow {
  readonly start: number
  readonly end: number
  readonly next: number
  readonly line: number
  readonly nextLine: number
  readonly kind: number
  readonly jsonEnd: number
  /** Another row of the same record follows. */
  hasMore: boolean
}

interface FoundFault {
  /** Rows before it. */
  readonly at: number
  readonly next: number
  readonly nextLine: number
  readonly bad: BadLine
}

/**
 * Records of another format, as a JSON scanner reads them once they are decoded: so every format has the same columns, and rows that pass
 * through whole. A row's place in messages is that of its record; its raw line is the JSON.
 */
export class DecodingScanner implements Scanner {
  readonly #inner: Scanner
  readonly #decoder: RecordDecoder
  readonly #json = new OutputBuffer()
  #input: Buffer = Buffer.alloc(0)
  #own: Buffer = Buffer.alloc(0)
  #rows: DecodedRow[] = []
  #faults: FoundFault[] = []
  /** Of the decoded rows and faults, those that were handed on. */
  #row = 0
  #fault = 0
  #jsonAt = 0
  #end = { next: 0, nextLine: 1, isFull: false }

  constructor(inner: Scanner, decoder: RecordDecoder) {
    this.#inner = inner
    this.#decoder = decoder
  }

  get name(): Scanner['name'] {
    return this.#inner.name
  }

  inputBuffer(size: number, keep: number): Buffer {
    if (this.#own.length >= size) return this.#own
    const bigger = Buffer.allocUnsafeSlow(size)
    this.#own.copy(bigger, 0, 0, keep)
    this.#own = bigger
    return bigger
  }

  createBatch(): Batch {
    const batch = this.#inner.createBatch()
    batch.raw!.origins = rawOrigins(batch.capacity)
    if (this.#decoder.hasKinds) batch.withKinds()
    return batch
  }

  scan(buffer: Buffer, from: number, to: number, batch: Batch, firstLine: number): ScanResult {
    if (this.#row === this.#rows.length && this.#fault === this.#faults.length) {
      if (firstLine === 1) this.#decoder.beginFile()
      this.#decode({ buffer, from, to, line: firstLine, room: batch.capacity - batch.length })
    }
    const fault = this.#faults[this.#fault]
    const bad = this.#take(fault?.at ?? this.#rows.length, batch)
    if (bad !== null) return bad
    if (fault === undefined) return { ...this.#end, bad: null }
    this.#fault += 1
    return { next: fault.next, nextLine: fault.nextLine, bad: fault.bad }
  }

  endRound(): void {
    this.#inner.endRound()
  }

  close(): void {
    this.#inner.close()
  }

  save(): unknown {
    return this.#decoder.save?.() ?? null
  }

  restore(saved: unknown): void {
    if (saved) this.#decoder.restore?.(saved)
  }

  /** Decodes as many records as there is room for. */
  #decode({
    buffer,
    from,
    to,
    line,
    room,
  }: {
    buffer: Buffer
    from: number
    to: number
    line: number
    room: number
  }): void {
    const decoder = this.#decoder
    const json = this.#json
    json.clear()
    this.#rows = []
    this.#faults = []
    this.#row = 0
    this.#fault = 0
    this.#jsonAt = 0
    let at = from
    while (at < to && this.#rows.length + decoder.mostRows <= room) {
      const next = decoder.recordEnd(buffer, at, to)
      const nextLine = line + newlinesIn(buffer, at, next)
      const place = { start: at, end: next - 1, next, line, nextLine }
      if (!isBlank(buffer, at, next)) this.#decodeRecord(buffer, place)
      at = next
      line = nextLine
    }
    this.#end = { next: at, nextLine: line, isFull: at < to }
    this.#input = this.#inner.inputBuffer(json.length, 0)
    json.contents().copy(this.#input)
  }

  #decodeRecord(buffer: Buffer, place: Pick<DecodedRow, 'start' | 'end' | 'next' | 'line' | 'nextLine'>): void {
    const json = this.#json
    const rows = this.#rows
    const [firstRow, firstByte] = [rows.length, json.length]
    const { start, end, next, line, nextLine } = place
    const endRow = (kind: number) => {
      json.text('\n')
      rows.push({ start, end, next, line, nextLine, kind, jsonEnd: json.length, hasMore: true })
    }
    const fault = this.#decoder.decode(buffer, start, end, { json, endRow })
    if (fault === null) {
      if (rows.length > firstRow) rows.at(-1)!.hasMore = false
      return
    }
    rows.length = firstRow
    json.length = firstByte
    this.#faults.push({ at: firstRow, next, nextLine, bad: { ...fault, start, end, line } })
  }

  /** Rows up to number `to`; a result only where one of them is not what it should be. */
  #take(to: number, batch: Batch): ScanResult | null {
    if (this.#row === to) return null
    const first = batch.length
    const jsonTo = this.#rows[to - 1]!.jsonEnd
    const { bad, next } = this.#inner.scan(this.#input, this.#jsonAt, jsonTo, batch, 1)
    this.#jsonAt = next
    this.#place(batch, first)
    if (bad === null) return null
    const { start, end, next: behind, line, nextLine, hasMore } = this.#rows[this.#row]!
    this.#row += 1
    const found: BadLine = { code: bad.code, reason: bad.reason, start, end, at: start, line }
    // the other row of its record is still to come
    return hasMore ? { next: start, nextLine: line, bad: found } : { next: behind, nextLine, bad: found }
  }

  /** Gives the rows that were scanned the places of their records. */
  #place(batch: Batch, first: number): void {
    const raw = batch.raw!
    const origins = raw.origins!
    for (let i = first; i < batch.length; i += 1) {
      const { start, line, kind } = this.#rows[this.#row++]!
      raw.lines[i] = line
      origins.sources[i] = raw.source
      origins.offsets[i] = raw.base + start
      if (batch.kinds) batch.kinds[i] = kind
    }
  }
}

function isBlank(buffer: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (buffer[i] !== 0x20 && buffer[i] !== 0x0a && buffer[i] !== 0x0d) return false
  return true
}
