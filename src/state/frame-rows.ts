import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

const FIRST_CAPACITY = 64
const NONE = -1

/**
 * What the frames of `over` hold: of each key, by the slot of its key, the arguments of its last rows, first in, first out. It does not retain keys; who owns it clears
 * what belongs to a key before the key goes.
 */
export class FrameRows implements StateStructure {
  readonly name = 'frames'
  readonly slab: RowSlab
  /** By row of the slab: its key, its number in order of arrival, and the next row of the key. */
  #keyOf = new Int32Array(FIRST_CAPACITY)
  #number = new Float64Array(FIRST_CAPACITY)
  #next = new Int32Array(FIRST_CAPACITY)
  /** By slot: the oldest and the latest row, and how many there are. */
  #oldest = new Int32Array(FIRST_CAPACITY).fill(NONE)
  #latest = new Int32Array(FIRST_CAPACITY)
  #counts = new Int32Array(FIRST_CAPACITY)
  #numbers = 0
  readonly #marks = new PageMarks()

  constructor(slots: RowSlabOptions['slots']) {
    this.slab = new RowSlab({ slots, keepsRaw: false })
  }

  get shape(): StructureShape {
    return { kind: 'frame-rows', ...this.slab.shape }
  }

  get entries(): number {
    return this.slab.size
  }

  /** Rows of a key. */
  countOf(slot: number): number {
    return slot < this.#counts.length ? this.#counts[slot]! : 0
  }

  /** The slab's row that came first of a key; -1: it has none. Good until the next `push`. */
  oldestOf(slot: number): number {
    return slot < this.#oldest.length ? this.#oldest[slot]! : NONE
  }

  /** Copies row i of a batch behind the rows of its key; `columns`: those of the slab. */
  push(slot: number, batch: Batch, i: number, columns: readonly Column[]): void {
    const row = this.slab.append(batch, i, columns)
    this.#link(slot, row, this.#numbers++)
    this.#marks.touch(row)
  }

  /** Takes the oldest row of a key that has one from it; returns the row, which is to be released. */
  shift(slot: number): number {
    const row = this.#oldest[slot]!
    this.#oldest[slot] = this.#next[row]!
    this.#counts[slot]! -= 1
    this.#marks.touch(row)
    return row
  }

  /** Forgets the first `count` of `rows`, which were shifted. */
  releaseAll(rows: Int32Array, count: number): void {
    this.slab.releaseAll(rows, count)
  }

  /** Gives back memory that is not needed. No row may be shifted and not released. */
  tidy(): void {
    if (this.slab.isSparse) this.#compact()
  }

  clear(slot: number): void {
    while (this.oldestOf(slot) !== NONE) this.slab.release(this.shift(slot))
  }

  #link(slot: number, row: number, number: number): void {
    if (row >= this.#next.length) {
      this.#keyOf = grown(this.#keyOf, this.slab.capacity)
      this.#number = grown(this.#number, this.slab.capacity)
      this.#next = grown(this.#next, this.slab.capacity)
    }
    if (slot >= this.#counts.length) this.#reserve(slot + 1)
    this.#keyOf[row] = slot
    this.#number[row] = number
    this.#next[row] = NONE
    if (this.#oldest[slot] === NONE) this.#oldest[slot] = row
    else this.#next[this.#latest[slot]!] = row
    this.#latest[slot] = row
    this.#counts[slot]! += 1
  }

  #reserve(slots: number): void {
    const from = this.#counts.length
    const capacity = Math.max(slots, from * 2)
    this.#oldest = grown(this.#oldest, capacity).fill(NONE, from)
    this.#latest = grown(this.#latest, capacity)
    this.#counts = grown(this.#counts, capacity)
  }

  /** Rows with high numbers move to low free ones, and the memory above is given back. */
  #compact(): void {
    const places = new Map<number, number>()
    this.slab.compact((from, to) => {
      places.set(from, to)
      this.#keyOf[to] = this.#keyOf[from]!
      this.#number[to] = this.#number[from]!
      this.#next[to] = this.#next[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
    })
    const moved = (rows: Int32Array) => {
      for (let i = 0; i < rows.length; i += 1) rows[i] = places.get(rows[i]!) ?? rows[i]!
    }
    const { capacity } = this.slab
    this.#keyOf = this.#keyOf.slice(0, capacity)
    this.#number = this.#number.slice(0, capacity)
    this.#next = this.#next.slice(0, capacity)
    for (const rows of [this.#next, this.#oldest, this.#latest]) moved(rows)
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
      page.u32(this.#keyOf[row]!)
      page.f64(this.#number[row]!)
      this.slab.writeRow(row, page)
    }
    return count === 0 ? null : page.bytes()
  }

  /** Rows get new places; the pages they came from are written anew at the next epoch, where they fall on others. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const kept: { readonly slot: number; readonly number: number; readonly row: number }[] = []
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const [slot, number] = [page.u32(), page.f64()]
        const row = this.slab.readRow(page)
        if (row < first || row >= first + PAGE_ENTRIES) {
          this.#marks.touch(first)
          this.#marks.touch(row)
        }
        kept.push({ slot, number, row })
      }
    }
    kept.sort((a, b) => a.number - b.number)
    for (const { slot, number, row } of kept) this.#link(slot, row, number)
    this.#numbers = (kept.at(-1)?.number ?? -1) + 1
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const row of this.#byNumber()) {
      const writer = new JsonWriter()
      this.slab.writeRow(row, writer)
      const key = keyMember(keys.textOf(this.#keyOf[row]!))
      yield `"number":${numberText(this.#number[row]!)},"row":${writer.array()},${key}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const number = numberOf(memberOf(entry, 'number'))
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    this.#link(keys.slotOfText(keyOf(entry)), row, number)
    this.#marks.touch(row)
    this.#numbers = Math.max(this.#numbers, number + 1)
  }

  #byNumber(): readonly number[] {
    const rows: number[] = []
    for (let row = 0; row < this.slab.end; row += 1) if (this.slab.isLive(row)) rows.push(row)
    return rows.sort((a, b) => this.#number[a]! - this.#number[b]!)
  }
}
