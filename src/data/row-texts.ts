import type { Batch, RawLines } from './batch.ts'
import { ByteSpool } from './byte-spool.ts'
import { viewOf } from './key-bytes.ts'
import type { ValueReader, ValueWriter } from './page.ts'
import { keyTextOf, valueOfJson } from './value.ts'

const CHUNK_BYTES = 1 << 18
const FIRST_CAPACITY = 64

/** Where a text stands: bytes [start, end) of `buffer`. */
export interface TextPlace {
  buffer: Buffer
  /** The same bytes, by the same offsets. */
  view: DataView
  start: number
  end: number
  /** The line of the input it came from. */
  source: string
  line: number
  offset: number
}

const NO_TEXT = Buffer.alloc(0)

export const newTextPlace = (): TextPlace => ({
  ...{ buffer: NO_TEXT, view: viewOf(NO_TEXT), start: 0, end: 0 },
  ...{ source: '-', line: 0, offset: 0 },
})

/** Of the text of a row: equal rows, and only they, have equal ones, however they are written. */
export const canonicalOf = (text: string): string => keyTextOf(valueOfJson(text))

/** Bytes between two lines that are copied with them. */
const MOST_BETWEEN = 64

interface Chunk {
  readonly spool: ByteSpool
  /** Bytes of texts that are still kept. */
  live: number
}

/** The texts of kept rows by row number: their bytes, in chunks that are given back when none of their texts is left. */
export class RowTexts {
  #chunks: Int32Array = new Int32Array(FIRST_CAPACITY)
  #starts: Int32Array = new Int32Array(FIRST_CAPACITY)
  #ends: Int32Array = new Int32Array(FIRST_CAPACITY)
  #sources: Int32Array = new Int32Array(FIRST_CAPACITY)
  #lines: Float64Array = new Float64Array(FIRST_CAPACITY)
  #offsets: Float64Array = new Float64Array(FIRST_CAPACITY)
  readonly #names: string[] = []
  #lastId = -1
  #pool: (Chunk | null)[] = []
  #freeChunks: number[] = []
  #current = -1
  #live = 0
  #allocated = 0
  /** Memory of chunks that are gone, for the next ones. */
  readonly #spare: ByteSpool[] = []
  /** Lines of a batch, from one on and before another, that stand in the chunk at hand already: so many bytes further than in their batch. */
  #copied = { from: 0, to: 0, shift: 0 }

  /** Is most of the memory held by texts that are gone? Then the owner calls `rewrite`. */
  get isSparse(): boolean {
    return this.#allocated > 16 * CHUNK_BYTES && this.#live * 4 < this.#allocated
  }

  set(row: number, text: TextPlace): void {
    const { buffer, view, start, end } = text
    const chunk = this.#chunkFor(end - start)
    const { spool } = this.#pool[chunk]!
    const at = spool.length
    spool.appendFrom(buffer, view, start, end)
    this.#enter(row, text, chunk, at)
  }

  /** `set` of a text that lies in line i of a batch, whose lines come in their order until `endBatch`: they are copied many at a time. */
  setLine(row: number, text: TextPlace, batch: Batch, i: number): void {
    if (i < this.#copied.from || i >= this.#copied.to) this.#copyLines(batch.raw!, i, batch.length)
    this.#enter(row, text, this.#current, text.start + this.#copied.shift)
  }

  /** The lines that `setLine` knows are not those of the batch to come. */
  endBatch(): void {
    this.#copied.to = 0
  }

  /** Line i, and those behind it, of so many lines, that the chunk has room for. */
  #copyLines({ buffer, starts, ends }: RawLines, i: number, lines: number): void {
    const start = starts[i]!
    const { spool } = this.#pool[this.#chunkFor(ends[i]! - start)]!
    const most = start + spool.bytes.length - spool.length
    let next = i + 1
    while (next < lines && ends[next]! <= most && isNext(ends[next - 1]!, starts[next]!)) next += 1
    this.#copied = { from: i, to: next, shift: spool.length - start }
    spool.append(buffer, start, ends[next - 1]!)
  }

  #enter(row: number, text: TextPlace, chunk: number, start: number): void {
    if (row >= this.#starts.length) this.resize(Math.max(row + 1, this.#starts.length * 2))
    const bytes = text.end - text.start
    this.#chunks[row] = chunk
    this.#starts[row] = start
    this.#ends[row] = start + bytes
    this.#pool[chunk]!.live += bytes
    this.#live += bytes
    this.#sources[row] = this.#idOf(text.source)
    this.#lines[row] = text.line
    this.#offsets[row] = text.offset
  }

  /** Points `into` at the text of a row; good until the next change. */
  read(row: number, into: TextPlace): void {
    const { bytes, view } = this.#pool[this.#chunks[row]!]!.spool
    into.buffer = bytes
    into.view = view
    into.start = this.#starts[row]!
    into.end = this.#ends[row]!
    into.source = this.#names[this.#sources[row]!]!
    into.line = this.#lines[row]!
    into.offset = this.#offsets[row]!
  }

  /** Writes the texts of the first `count` of `rows` as lines behind those that `out` has, and as the lines of rows `at` and later of a batch. */
  copyLines(rows: Int32Array, count: number, out: ByteSpool, { to, at }: { readonly to: RawLines; at: number }): void {
    const origins = to.origins!
    for (let r = 0; r < count; r += 1) {
      const row = rows[r]!
      to.starts[at + r] = out.length
      out.appendLine(this.#pool[this.#chunks[row]!]!.spool.bytes, this.#starts[row]!, this.#ends[row]!)
      to.ends[at + r] = out.length - 1
      to.lines[at + r] = this.#lines[row]!
      origins.offsets[at + r] = this.#offsets[row]!
      origins.sources[at + r] = this.#names[this.#sources[row]!]!
    }
    to.buffer = out.bytes
  }

  textOf(row: number): string {
    return this.#pool[this.#chunks[row]!]!.spool.bytes.toString('utf8', this.#starts[row]!, this.#ends[row]!)
  }

  clear(row: number): void {
    const at = this.#chunks[row]!
    const chunk = this.#pool[at]!
    const bytes = this.#ends[row]! - this.#starts[row]!
    chunk.live -= bytes
    this.#live -= bytes
    if (chunk.live === 0 && at !== this.#current) this.#drop(at)
  }

  /** `clear` of each of `rows`. */
  clearAll(rows: Int32Array): void {
    for (let r = 0; r < rows.length; r += 1) this.clear(rows[r]!)
  }

  move(from: number, to: number): void {
    for (const column of [this.#chunks, this.#starts, this.#ends, this.#sources]) column[to] = column[from]!
    this.#lines[to] = this.#lines[from]!
    this.#offsets[to] = this.#offsets[from]!
  }

  /** Copies the texts of these rows into new chunks and gives the old ones back. */
  rewrite(rows: Iterable<number>): void {
    const old = this.#pool
    this.#pool = []
    this.#freeChunks = []
    this.#leaveCurrent()
    this.#live = 0
    this.#allocated = 0
    for (const row of rows) {
      const { spool } = old[this.#chunks[row]!]!
      const text = { buffer: spool.bytes, view: spool.view, start: this.#starts[row]!, end: this.#ends[row]! }
      this.set(row, {
        ...text,
        source: this.#names[this.#sources[row]!]!,
        line: this.#lines[row]!,
        offset: this.#offsets[row]!,
      })
    }
  }

  /** Room for rows below `capacity`. */
  resize(capacity: number): void {
    const ints = (from: Int32Array) => sized(from, new Int32Array(capacity))
    this.#chunks = ints(this.#chunks)
    this.#starts = ints(this.#starts)
    this.#ends = ints(this.#ends)
    this.#sources = ints(this.#sources)
    this.#lines = sized(this.#lines, new Float64Array(capacity))
    this.#offsets = sized(this.#offsets, new Float64Array(capacity))
  }

  write(row: number, page: ValueWriter): void {
    const { bytes } = this.#pool[this.#chunks[row]!]!.spool
    page.latin1(bytes.toString('latin1', this.#starts[row]!, this.#ends[row]!))
    page.text(this.#names[this.#sources[row]!]!)
    page.f64(this.#lines[row]!)
    page.f64(this.#offsets[row]!)
  }

  /** `change`: what is done to the text that was written before it is kept. */
  load(row: number, page: ValueReader, change?: (text: TextPlace) => void): void {
    const buffer = Buffer.from(page.latin1(), 'latin1')
    const text = { buffer, view: viewOf(buffer), start: 0, end: buffer.length }
    const place = { ...text, source: page.text(), line: page.f64(), offset: page.f64() }
    change?.(place)
    this.set(row, place)
  }

  #idOf(source: string): number {
    if (this.#names[this.#lastId] === source) return this.#lastId
    const known = this.#names.lastIndexOf(source)
    this.#lastId = known >= 0 ? known : this.#names.push(source) - 1
    return this.#lastId
  }

  #chunkFor(bytes: number): number {
    if (this.#current >= 0) {
      const { spool, live } = this.#pool[this.#current]!
      if (spool.hasRoom(bytes)) return this.#current
      const full = this.#current
      this.#leaveCurrent()
      if (live === 0) this.#drop(full)
    }
    const capacity = Math.max(CHUNK_BYTES, bytes)
    const spool = (capacity === CHUNK_BYTES ? this.#spare.pop() : undefined) ?? new ByteSpool(capacity)
    const at = this.#freeChunks.pop() ?? this.#pool.length
    this.#pool[at] = { spool, live: 0 }
    this.#allocated += capacity
    this.#current = at
    return at
  }

  #leaveCurrent(): void {
    this.#current = -1
    this.endBatch()
  }

  #drop(at: number): void {
    const { spool } = this.#pool[at]!
    const { length } = spool.bytes
    this.#allocated -= length
    this.#pool[at] = null
    this.#freeChunks.push(at)
    // new memory for each chunk would keep the collector busy; as much as a quarter of what is in use may wait
    if (length !== CHUNK_BYTES || this.#spare.length * CHUNK_BYTES * 4 > this.#allocated) return
    spool.clear()
    this.#spare.push(spool)
  }
}

const isNext = (end: number, start: number): boolean => start >= end && start - end <= MOST_BETWEEN

function sized<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set((from.length > to.length ? from.subarray(0, to.length) : from) as never)
  return to
}
