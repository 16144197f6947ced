import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter, type ValueReader, type ValueWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { newTextPlace, RowTexts, type TextPlace } from '../data/row-texts.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import { EqualRows } from './equal-rows.ts'
import { grown } from './grown.ts'
import { KeyLists, type KeyRows } from './key-lists.ts'
import type { KeyTable } from './key-table.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { LikeRow } from './row-likeness.ts'
import { RowQueue } from './row-queue.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

export interface JoinRowsOptions {
  readonly name: string
  /** Of the rows' keys, which they retain; it must be restored before. */
  readonly keys: KeyTable
  /** What is kept of a row, besides its text. */
  readonly slots: RowSlabOptions['slots']
  /** Is the text of the row kept? */
  readonly keepsText: boolean
  /** Makes of a text that is read back what is kept of it now. */
  readonly asKept: (text: TextPlace) => void
  /** The watermark at which something is to be done about a row; `stamp`: its time, unless `stamp` has set another. */
  readonly dueOf: (stamp: number) => number
  /** About how far apart rows come and are due, ms. */
  readonly span: number
  /** Are the rows of a key in order of arrival alone? */
  readonly isByArrival: boolean
  /** Are rows taken back? Then `lastLike` finds them. */
  readonly isRetracted?: boolean
}

/** Rows that are due within so many parts of the span are put in order together. */
const BUCKETS = 128

/** Rows of one side of a join, by key in order of time and then arrival, and by when they are due. */
export class JoinRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly #options: JoinRowsOptions
  readonly #texts: RowTexts | null
  readonly #lists: KeyLists
  readonly #queue: RowQueue
  readonly #marks = new PageMarks()
  readonly #equal: EqualRows | null
  readonly #place = { columns: [] as readonly Column[], row: 0, text: null as TextPlace | null }
  readonly #text: TextPlace = newTextPlace()
  /** By row: key slot, order of arrival, rows of the other side that it met, and what `dueOf` goes by. */
  #keys = new Int32Array(64)
  #arrivals = new Float64Array(64)
  #matches = new Int32Array(64)
  #stamps = new Float64Array(64)
  #nextArrival = 0

  constructor(options: JoinRowsOptions) {
    this.name = options.name
    this.#options = options
    this.slab = new RowSlab({ slots: options.slots, keepsRaw: false })
    this.#texts = options.keepsText ? new RowTexts() : null
    this.#lists = new KeyLists((a, b) => this.#isBefore(a, b))
    const span = Number.isFinite(options.span) ? options.span : 0
    this.#equal = options.isRetracted ? new EqualRows(this) : null
    this.#queue = new RowQueue(span / BUCKETS, (row) => this.#arrivals[row]!)
  }

  get shape(): StructureShape {
    return { kind: 'join-rows', lines: this.#texts !== null, columns: this.slab.shape.columns }
  }

  get entries(): number {
    return this.slab.size
  }

  /** Keeps row i of a batch that has the columns of `slots`; `text`: where its text stands, if texts are kept. */
  add(key: number, batch: Batch, i: number, text: TextPlace): number {
    if (this.slab.isSparse) this.#compact()
    if (this.#texts?.isSparse) this.#texts.rewrite(this.#liveRows())
    const row = this.slab.append(batch, i)
    this.#texts?.set(row, text)
    this.#enter(row, key, this.#nextArrival++, this.slab.time[row]!)
    this.#marks.touch(row)
    return row
  }

  remove(row: number): void {
    const key = this.#keys[row]!
    this.#marks.touch(row)
    this.#queue.remove(row)
    this.#lists.remove(key, row)
    this.#equal?.remove(row)
    this.#texts?.clear(row)
    this.slab.release(row)
    this.#options.keys.release(key)
  }

  /** The rows of a key by time, then arrival. Valid until rows are added or removed, or another key is asked for. */
  rowsOf(key: number): KeyRows {
    return this.#lists.rowsOf(key)
  }

  /** The row of the key that came last of those that are equal to this one; first of those written like it. -1: there is none. */
  lastLike(key: number, like: LikeRow): number {
    return this.#equal!.find(like, (row) => this.#keys[row] === key)
  }

  /** A row that is kept; the same object for each. */
  rowAt(row: number): LikeRow {
    const place = this.#place
    place.columns = this.slab.columns
    place.row = row
    place.text = null
    if (this.#texts === null) return place
    this.#texts.read(row, this.#text)
    place.text = this.#text
    return place
  }

  /** The first place in `rows` with a row at `time` or later. */
  firstAt({ rows, start, end }: KeyRows, time: number): number {
    const times = this.slab.time
    let [low, high] = [start, end]
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[rows[middle]!]! < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The first row, by when it is due and then arrival, that is due at this watermark; -1: none is. */
  due(watermark: number): number {
    return this.#queue.first(watermark)
  }

  dueAt(row: number): number {
    return this.#options.dueOf(this.#stamps[row]!)
  }

  keyOf(row: number): number {
    return this.#keys[row]!
  }

  matchesOf(row: number): number {
    return this.#matches[row]!
  }

  setMatches(row: number, matches: number): void {
    if (this.#matches[row] === matches) return
    this.#matches[row] = matches
    this.#marks.touch(row)
  }

  /** Gives a row another stamp, and so another watermark at which it is due. */
  stamp(row: number, stamp: number): void {
    if (this.#stamps[row] === stamp) return
    this.#stamps[row] = stamp
    this.#marks.touch(row)
    this.#queue.remove(row)
    this.#queue.push(row, this.#options.dueOf(stamp))
  }

  stampOf(row: number): number {
    return this.#stamps[row]!
  }

  /** Points `into` at the text of a row; good until the next change. */
  readText(row: number, into: TextPlace): void {
    this.#texts?.read(row, into)
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#options.isByArrival) return this.#arrivals[a]! < this.#arrivals[b]!
    const { time } = this.slab
    const [first, second] = [time[a]!, time[b]!]
    return first < second || (first === second && this.#arrivals[a]! < this.#arrivals[b]!)
  }

  #enter(row: number, key: number, arrival: number, stamp: number): void {
    if (row >= this.#keys.length) this.#reserve(this.slab.capacity)
    this.#keys[row] = key
    this.#arrivals[row] = arrival
    this.#matches[row] = 0
    this.#stamps[row] = stamp
    this.#options.keys.retain(key)
    this.#index(row)
  }

  #index(row: number): void {
    this.#lists.add(this.#keys[row]!, row)
    this.#equal?.add(row)
    this.#queue.push(row, this.#options.dueOf(this.#stamps[row]!))
  }

  #reserve(rows: number): void {
    this.#keys = grown(this.#keys, rows)
    this.#arrivals = grown(this.#arrivals, rows)
    this.#matches = grown(this.#matches, rows)
    this.#stamps = grown(this.#stamps, rows)
  }

  /** Rows with high numbers take low ones that are free, and all are put in their places anew. */
  #compact(): void {
    this.slab.compact((from, to) => {
      this.#marks.touch(from)
      this.#marks.touch(to)
      this.#texts?.move(from, to)
      for (const column of [this.#keys, this.#arrivals, this.#matches, this.#stamps]) column[to] = column[from]!
    })
    const capacity = this.slab.capacity
    this.#keys = this.#keys.slice(0, capacity)
    this.#arrivals = this.#arrivals.slice(0, capacity)
    this.#matches = this.#matches.slice(0, capacity)
    this.#stamps = this.#stamps.slice(0, capacity)
    this.#texts?.resize(capacity)
    this.#lists.clear()
    this.#queue.clear()
    this.#equal?.clear()
    for (const row of this.inOrder()) this.#index(row)
  }

  /** As they came. */
  inOrder(): readonly number[] {
    return [...this.#liveRows()].sort((a, b) => this.#arrivals[a]! - this.#arrivals[b]!)
  }

  /** Every row. */
  all(): readonly number[] {
    return [...this.#liveRows()]
  }

  *#liveRows(): Generator<number> {
    for (let row = 0; row < this.slab.end; row += 1) if (this.slab.isLive(row)) yield row
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        if (!this.slab.isLive(row)) continue
        count += 1
        page.u32(this.#keys[row]!)
        this.#write(row, page)
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
        const row = this.#read(page.u32(), page)
        if (row >= first && row < first + PAGE_ENTRIES) continue
        this.#marks.touch(first)
        this.#marks.touch(row)
      }
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const row of this.inOrder()) {
      const writer = new JsonWriter()
      this.#write(row, writer)
      yield `"arrival":${numberText(this.#arrivals[row]!)},"row":${writer.array()},${keyMember(keys.textOf(this.#keys[row]!))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    numberOf(memberOf(entry, 'arrival'))
    const row = this.#read(keys.slotOfText(keyOf(entry)), new JsonReader(memberOf(entry, 'row')))
    this.#marks.touch(row)
  }

  #write(row: number, page: ValueWriter): void {
    page.f64(this.#arrivals[row]!)
    page.f64(this.#stamps[row]!)
    page.u32(this.#matches[row]!)
    this.slab.writeRow(row, page)
    this.#texts?.write(row, page)
  }

  #read(key: number, page: ValueReader): number {
    const [arrival, stamp, matches] = [page.f64(), page.f64(), page.u32()]
    const row = this.slab.readRow(page)
    this.#texts?.load(row, page, this.#options.asKept)
    this.#enter(row, key, arrival, stamp)
    this.#matches[row] = matches
    this.#nextArrival = Math.max(this.#nextArrival, arrival + 1)
    return row
  }
}
