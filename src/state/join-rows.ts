import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter, type ValueReader, type ValueWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { newTextPlace, RowTexts, type TextPlace } from '../data/row-texts.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import { EqualRows } from './equal-rows.ts'
import { JoinStamps } from './join-stamps.ts'
import { firstAt, KeyLists, type KeyRows } from './key-lists.ts'
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
  readonly #by = new JoinStamps()
  #nextArrival = 0

  constructor(options: JoinRowsOptions) {
    this.name = options.name
    this.#options = options
    this.slab = new RowSlab({ slots: options.slots, keepsRaw: false })
    this.#texts = options.keepsText ? new RowTexts() : null
    this.#lists = new KeyLists((a, b) => this.#isBefore(a, b))
    const span = Number.isFinite(options.span) ? options.span : 0
    this.#equal = options.isRetracted ? new EqualRows(this) : null
    this.#queue = new RowQueue(span / BUCKETS, (row) => this.#by.arrivals[row]!)
  }

  get shape(): StructureShape {
    return { kind: 'join-rows', lines: this.#texts !== null, columns: this.slab.shape.columns }
  }

  get entries(): number {
    return this.slab.size
  }

  /**
   * Keeps row i of a batch that has the columns of `slots`; `text`: where its text stands, if texts are kept. One that stands in the batch's lines is that of its
   * line i, and rows come in their order until `endBatch`.
   */
  add(key: number, batch: Batch, i: number, text: TextPlace): number {
    if (this.slab.isSparse) this.#compact()
    if (this.#texts?.isSparse) this.#texts.rewrite(this.#liveRows())
    const row = this.slab.append(batch, i)
    if (text.buffer === batch.raw?.buffer) this.#texts?.setLine(row, text, batch, i)
    else this.#texts?.set(row, text)
    this.#enter(row, key, this.#nextArrival++, this.slab.time[row]!)
    this.#marks.touch(row)
    return row
  }

  remove(row: number): void {
    const key = this.#by.keys[row]!
    this.#marks.touch(row)
    this.#queue.remove(row)
    this.#lists.remove(key, row)
    this.#equal?.remove(row)
    this.#texts?.clear(row)
    this.slab.release(row)
    this.#options.keys.release(key)
  }

  /** The rows to come are those of another batch. */
  endBatch(): void {
    this.#texts?.endBatch()
  }

  /** Lets go of rows that are due at this watermark, in no order; a few stay until all have passed that are due about the same time. Not together with `due`. */
  forget(watermark: number): void {
    let rows = this.#queue.takePassed(watermark)
    for (; rows.length > 0; rows = this.#queue.takePassed(watermark)) this.#removeAll(rows)
  }

  #removeAll(rows: Int32Array): void {
    const keys = new Int32Array(rows.length)
    for (let r = 0; r < rows.length; r += 1) {
      const row = rows[r]!
      keys[r] = this.#by.keys[row]!
      this.#marks.touch(row)
      this.#lists.remove(keys[r]!, row)
      this.#equal?.remove(row)
    }
    this.#texts?.clearAll(rows)
    this.slab.releaseAll(rows, rows.length)
    this.#options.keys.releaseAll(keys)
  }

  /** The rows of a key by time, then arrival. Valid until rows are added or removed, or another key is asked for. */
  rowsOf(key: number): KeyRows {
    return this.#lists.rowsOf(key)
  }

  /** The row of the key that came last of those that are equal to this one; first of those written like it. -1: there is none. */
  lastLike(key: number, like: LikeRow): number {
    return this.#equal!.find(like, (row) => this.#by.keys[row] === key)
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
  firstAt(rows: KeyRows, time: number): number {
    return firstAt(rows, this.slab.time, time)
  }

  /** The first row, by when it is due and then arrival, that is due at this watermark; -1: none is. */
  due(watermark: number): number {
    return this.#queue.first(watermark)
  }

  dueAt(row: number): number {
    return this.#options.dueOf(this.#by.stamps[row]!)
  }

  keyOf(row: number): number {
    return this.#by.keys[row]!
  }

  matchesOf(row: number): number {
    return this.#by.matches[row]!
  }

  setMatches(row: number, matches: number): void {
    if (this.#by.matches[row] === matches) return
    this.#by.matches[row] = matches
    this.#marks.touch(row)
  }

  /** Gives a row another stamp, and so another watermark at which it is due. */
  stamp(row: number, stamp: number): void {
    if (this.stampOf(row) === stamp) return
    this.#by.stamps[row] = stamp
    this.#marks.touch(row)
    this.#queue.remove(row)
    this.#queue.push(row, this.#options.dueOf(stamp))
  }

  stampOf(row: number): number {
    return this.#by.stamps[row]!
  }

  /** Points `into` at the text of a row; good until the next change. */
  readText(row: number, into: TextPlace): void {
    this.#texts?.read(row, into)
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#options.isByArrival) return this.#by.arrivals[a]! < this.#by.arrivals[b]!
    const [first, second] = [this.slab.time[a]!, this.slab.time[b]!]
    return first < second || (first === second && this.#by.arrivals[a]! < this.#by.arrivals[b]!)
  }

  #enter(row: number, key: number, arrival: number, stamp: number): void {
    if (row >= this.#by.capacity) this.#by.reserve(this.slab.capacity)
    this.#by.set(row, key, arrival, stamp)
    this.#options.keys.retain(key)
    this.#index(row)
  }

  #index(row: number): void {
    this.#lists.add(this.#by.keys[row]!, row)
    this.#equal?.add(row)
    this.#queue.push(row, this.#options.dueOf(this.#by.stamps[row]!))
  }

  /** Rows with high numbers take low ones that are free, and all are put in their places anew. */
  #compact(): void {
    this.slab.compact((from, to) => {
      this.#marks.touch(from)
      this.#marks.touch(to)
      this.#texts?.move(from, to)
      this.#by.move(from, to)
    })
    const { capacity } = this.slab
    this.#by.shrink(capacity)
    this.#texts?.resize(capacity)
    this.#lists.clear()
    this.#queue.clear()
    this.#equal?.clear()
    for (const row of this.inOrder()) this.#index(row)
  }

  /** As they came. */
  inOrder(): readonly number[] {
    return this.all().sort((a, b) => this.#by.arrivals[a]! - this.#by.arrivals[b]!)
  }

  /** Every row. */
  all(): number[] {
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
        page.u32(this.#by.keys[row]!)
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
      yield `"arrival":${numberText(this.#by.arrivals[row]!)},"row":${writer.array()},${keyMember(keys.textOf(this.#by.keys[row]!))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    numberOf(memberOf(entry, 'arrival'))
    this.#marks.touch(this.#read(keys.slotOfText(keyOf(entry)), new JsonReader(memberOf(entry, 'row'))))
  }

  #write(row: number, page: ValueWriter): void {
    this.#by.write(row, page)
    this.slab.writeRow(row, page)
    this.#texts?.write(row, page)
  }

  #read(key: number, page: ValueReader): number {
    const [arrival, stamp, matches] = [page.f64(), page.f64(), page.u32()] // see `JoinStamps.write`
    const row = this.slab.readRow(page)
    this.#texts?.load(row, page, this.#options.asKept)
    this.#enter(row, key, arrival, stamp)
    this.#by.matches[row] = matches
    this.#nextArrival = Math.max(this.#nextArrival, arrival + 1)
    return row
  }
}
