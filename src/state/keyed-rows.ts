import type { Batch } from '../data/batch.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { StateStructure, WritePage } from './structure.ts'

/** The rows of one key: `rows[i]`, start <= i < end, by time and then arrival. */
export interface RowRange {
  readonly rows: Int32Array
  readonly start: number
  readonly end: number
}

interface RowList {
  readonly key: string
  rows: Int32Array
  start: number
  end: number
}

const NO_ROWS: RowRange = { rows: new Int32Array(0), start: 0, end: 0 }

/**
 * Whole rows by key (canonical key text), each key's in order of time, equal times by arrival. Row numbers are those of `slab` and hold
 * until the next `add`.
 */
export class KeyedRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly #lists = new Map<string, RowList>()
  /** By row of the slab. */
  #listOf: (RowList | null)[] = []
  #arrival = new Float64Array(0)
  #arrivals = 0
  readonly #marks = new PageMarks()

  constructor(name: string, options: RowSlabOptions) {
    this.name = name
    this.slab = new RowSlab(options)
  }

  /** Rows kept. */
  get entries(): number {
    return this.slab.size
  }

  /** Keys that have rows. */
  get keys(): number {
    return this.#lists.size
  }

  /** Valid until rows are added or removed. */
  rowsOf(key: string): RowRange {
    return this.#lists.get(key) ?? NO_ROWS
  }

  /** Copies row i of a batch behind the key's rows with the same or an earlier time. */
  add(key: string, batch: Batch, i: number): number {
    if (this.slab.isSparse) this.#compact()
    const row = this.slab.append(batch, i)
    this.#place(key, row, this.#arrivals++)
    this.#marks.touch(row)
    return row
  }

  /** Removes one row. */
  remove(row: number): void {
    const list = this.#listOf[row]!
    const at = this.#indexOf(list, row)
    if (at === list.start) list.start += 1
    else {
      list.rows.copyWithin(at, at + 1, list.end)
      list.end -= 1
    }
    this.#release(row)
    this.#tidy(list)
  }

  /** Removes the rows of a key with `row time < time`; returns how many. */
  removeBefore(key: string, time: number): number {
    const list = this.#lists.get(key)
    if (list === undefined) return 0
    const from = list.start
    while (list.start < list.end && this.slab.time[list.rows[list.start]!]! < time) {
      this.#release(list.rows[list.start]!)
      list.start += 1
    }
    this.#tidy(list)
    return list.start - from
  }

  removeKey(key: string): void {
    const list = this.#lists.get(key)
    if (list === undefined) return
    for (let at = list.start; at < list.end; at += 1) this.#release(list.rows[at]!)
    this.#lists.delete(key)
  }

  #release(row: number): void {
    this.#marks.touch(row)
    this.#listOf[row] = null
    this.slab.release(row)
  }

  #tidy(list: RowList): void {
    const length = list.end - list.start
    if (length === 0) this.#lists.delete(list.key)
    else if (list.rows.length > 16 && length * 4 < list.rows.length) this.#fit(list, length * 2)
  }

  #fit(list: RowList, capacity: number): void {
    const rows = new Int32Array(capacity)
    rows.set(list.rows.subarray(list.start, list.end))
    list.rows = rows
    list.end -= list.start
    list.start = 0
  }

  #place(key: string, row: number, arrival: number): void {
    let list = this.#lists.get(key)
    if (list === undefined) {
      list = { key, rows: new Int32Array(2), start: 0, end: 0 }
      this.#lists.set(key, list)
    }
    while (this.#listOf.length < row) this.#listOf.push(null)
    this.#listOf[row] = list
    if (this.#arrival.length < this.slab.capacity) this.#fitArrivals()
    this.#arrival[row] = arrival
    if (list.end === list.rows.length) this.#fit(list, (list.end - list.start) * 2)
    const at = this.#firstAfter(list, this.slab.time[row]!)
    if (at < list.end) list.rows.copyWithin(at + 1, at, list.end)
    list.rows[at] = row
    list.end += 1
  }

  #fitArrivals(): void {
    const arrival = new Float64Array(this.slab.capacity)
    arrival.set(this.#arrival.subarray(0, Math.min(this.#arrival.length, arrival.length)))
    this.#arrival = arrival
  }

  /** Where the key's first row with a greater time is. Most rows come in order, so the end is tried first. */
  #firstAfter({ rows, start, end }: RowRange, time: number): number {
    const times = this.slab.time
    if (start === end || !(times[rows[end - 1]!]! > time)) return end
    let [low, high] = [start, end - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[rows[middle]!]! > time) high = middle
      else low = middle + 1
    }
    return low
  }

  /** From the last row with its time downwards. */
  #indexOf(list: RowList, row: number): number {
    let at = this.#firstAfter(list, this.slab.time[row]!) - 1
    while (list.rows[at] !== row) at -= 1
    return at
  }

  #compact(): void {
    this.slab.compact((from, to) => {
      const list = this.#listOf[from]!
      list.rows[this.#indexOf(list, from)] = to
      this.#listOf[to] = list
      this.#listOf[from] = null
      this.#arrival[to] = this.#arrival[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
    })
    this.#listOf = this.#listOf.slice(0, this.slab.end)
    this.#fitArrivals()
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => this.#pageBytes(first))
  }

  #pageBytes(first: number): Uint8Array | null {
    const page = new PageWriter()
    let count = 0
    for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
      if (!this.slab.isLive(row)) continue
      count += 1
      page.f64(this.#arrival[row]!)
      page.text(this.#listOf[row]!.key)
      this.slab.writeRow(row, page)
    }
    return count === 0 ? null : page.bytes()
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch, where they fall on others. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const kept: { readonly key: string; readonly row: number; readonly arrival: number }[] = []
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const arrival = page.f64()
        const key = page.text()
        const row = this.slab.readRow(page)
        if (row < first || row >= first + PAGE_ENTRIES) {
          this.#marks.touch(first)
          this.#marks.touch(row)
        }
        kept.push({ key, row, arrival })
      }
    }
    kept.sort((a, b) => a.arrival - b.arrival)
    for (const { key, row, arrival } of kept) this.#place(key, row, arrival)
    this.#arrivals = (kept.at(-1)?.arrival ?? -1) + 1
  }
}
