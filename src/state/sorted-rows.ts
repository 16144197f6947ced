import { BATCH_ROWS, type Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { instantText, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { compareCells, type SortOrder } from '../data/row-order.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { memberOf } from './entry-text.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import { SortedRuns } from './sorted-runs.ts'
import type { EntryTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

export interface SortedRowsOptions extends RowSlabOptions {
  readonly name: string
  /** How rows of the same time sort: by the last columns of the slab, as many as there are keys. */
  readonly keys: readonly SortOrder[]
  /** After the keys: by arrival, or by the bytes of their lines, which must be kept then. */
  readonly ties: 'arrival' | 'bytes'
}

/** Whole rows that wait for the watermark, in order of time, then by keys, then by arrival or bytes. */
export class SortedRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly #keys: readonly SortOrder[]
  readonly #ties: 'arrival' | 'bytes'
  readonly #keyColumns: readonly Column[]
  readonly #runs: SortedRuns
  /** By row of the slab. */
  #arrival = new Float64Array(64)
  #arrivals = 0
  readonly #marks = new PageMarks()
  /** Numbers of the rows that are being added. */
  #rows = new Int32Array(0)
  /** The most rows since memory was last looked after. */
  #peak = 0

  constructor(options: SortedRowsOptions) {
    const { name, keys, ties } = options
    this.name = name
    this.slab = new RowSlab({ ...options, hidden: keys.length })
    this.#keys = keys
    this.#ties = ties
    this.#keyColumns = this.slab.columns.slice(this.slab.columns.length - keys.length)
    this.#runs = new SortedRuns(keys.length > 0 || ties === 'bytes' ? this.#compare : null)
  }

  get shape(): StructureShape {
    return { kind: 'sorted-rows', keys: this.#keys, ties: this.#ties, ...this.slab.shape }
  }

  get entries(): number {
    return this.slab.size
  }

  /** Keeps rows [from, to) of a batch; `columns`: those of the slab. */
  addAll(batch: Batch, from: number, to: number, columns: readonly Column[]): void {
    if (this.#rows.length < to - from) this.#rows = new Int32Array(Math.max(to - from, BATCH_ROWS))
    const rows = this.#rows
    this.slab.appendAll(batch, from, to, { columns, rows })
    if (this.#arrival.length < this.slab.capacity) this.#arrival = grown(this.#arrival, this.slab.capacity)
    for (let i = from; i < to; i += 1) {
      const row = rows[i - from]!
      this.#arrival[row] = this.#arrivals++
      this.#runs.add(row, batch.time[i]!)
      this.#marks.touch(row)
    }
    if (this.slab.size > this.#peak) this.#peak = this.slab.size
  }

  /** The first rows with `time <= watermark`, at most `most`, in order. They stay in the slab until they are released. Returns how many. */
  take(watermark: number, into: Int32Array, most: number): number {
    return this.#runs.take(watermark, into, most)
  }

  /** Forgets the first `count` of `rows`, which were taken. */
  releaseAll(rows: Int32Array, count: number): void {
    for (let r = 0; r < count; r += 1) this.#marks.touch(rows[r]!)
    this.slab.releaseAll(rows, count)
  }

  /** Gives memory back that was not needed since the last call. No row may be taken and not released. */
  tidy(): void {
    if (this.slab.isSparse && this.#peak * 4 < this.slab.capacity) this.#compact()
    this.#peak = this.slab.size
  }

  readonly #compare = (a: number, b: number): number => {
    for (let k = 0; k < this.#keys.length; k += 1) {
      const column = this.#keyColumns[k]!
      const compared = compareCells(column, a, column, b, this.#keys[k]!)
      if (compared !== 0) return compared
    }
    return this.#ties === 'bytes' ? this.slab.compareLines(a, b) : 0
  }

  #compact(): void {
    const moved = new Map<number, number>()
    this.slab.compact((from, to) => {
      moved.set(from, to)
      this.#arrival[to] = this.#arrival[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
    })
    this.#runs.renumber((row) => moved.get(row) ?? row)
    this.#arrival = this.#arrival.slice(0, this.slab.capacity)
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        if (!this.slab.isLive(row)) continue
        count += 1
        page.f64(this.#arrival[row]!)
        this.slab.writeRow(row, page)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch, where they fall on others. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const arrival = page.f64()
        const row = this.#enter(this.slab.readRow(page), arrival)
        if (row >= first && row < first + PAGE_ENTRIES) continue
        this.#marks.touch(first)
        this.#marks.touch(row)
      }
    }
    this.#sortAll()
  }

  *dump(): Generator<string> {
    for (const row of this.#byArrival()) {
      const writer = new JsonWriter()
      this.slab.writeRow(row, writer)
      const members = `"arrival":${numberText(this.#arrival[row]!)},"row":${writer.array()}`
      yield `"time":${instantText(this.slab.time[row]!)},${members}`
    }
  }

  /** Entries come in order of arrival. */
  load(entry: EntryTexts): void {
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    this.#enter(row, numberOf(memberOf(entry, 'arrival')))
    this.#runs.add(row, this.slab.time[row]!)
    this.#marks.touch(row)
  }

  #enter(row: number, arrival: number): number {
    if (this.#arrival.length < this.slab.capacity) this.#arrival = grown(this.#arrival, this.slab.capacity)
    this.#arrival[row] = arrival
    this.#arrivals = Math.max(this.#arrivals, arrival + 1)
    return row
  }

  #sortAll(): void {
    for (const row of this.#byArrival()) this.#runs.add(row, this.slab.time[row]!)
    this.#peak = this.slab.size
  }

  #byArrival(): Int32Array {
    const rows = new Int32Array(this.slab.size)
    let count = 0
    for (let row = 0; row < this.slab.end; row += 1) if (this.slab.isLive(row)) rows[count++] = row
    return rows.sort((a, b) => this.#arrival[a]! - this.#arrival[b]!)
  }
}
