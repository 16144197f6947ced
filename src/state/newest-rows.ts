import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { JsonReader, JsonWriter } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import type { KeyTable } from './key-table.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** One whole row for each key. Retains its keys in the `KeyTable`, whose pages must be restored before its own. */
export class NewestRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly #keys: KeyTable
  /** By key slot: row + 1; 0: none. */
  #rowOf = new Int32Array(512)
  /** By row: key slot. */
  #slotOf = new Int32Array(64)
  readonly #marks = new PageMarks()

  constructor(name: string, keys: KeyTable, options: RowSlabOptions) {
    this.name = name
    this.#keys = keys
    this.slab = new RowSlab(options)
  }

  get shape(): StructureShape {
    return { kind: 'newest-rows', ...this.slab.shape }
  }

  get entries(): number {
    return this.slab.size
  }

  /** The row of a key, valid until rows are put or removed; -1: none. */
  rowOf(slot: number): number {
    return slot < this.#rowOf.length ? this.#rowOf[slot]! - 1 : -1
  }

  /** Keeps row i for a key that has none. `columns`: those of the slab. Returns its number. */
  add(slot: number, batch: Batch, i: number, columns: readonly Column[]): number {
    const row = this.slab.append(batch, i, columns)
    this.#enter(slot, row)
    return row
  }

  remove(slot: number): void {
    const row = this.rowOf(slot)
    this.#marks.touch(row)
    this.slab.release(row)
    this.#rowOf[slot] = 0
    this.#keys.release(slot)
  }

  /** Gives memory back that is not needed any more: rows get other numbers. */
  tidy(): void {
    if (!this.slab.isSparse) return
    this.slab.compact((from, to) => {
      this.#marks.touch(from)
      this.#marks.touch(to)
      const slot = this.#slotOf[from]!
      this.#slotOf[to] = slot
      this.#rowOf[slot] = to + 1
    })
  }

  #enter(slot: number, row: number): void {
    if (slot >= this.#rowOf.length) this.#rowOf = grown(this.#rowOf, Math.max(slot + 1, this.#rowOf.length * 2))
    if (row >= this.#slotOf.length) this.#slotOf = grown(this.#slotOf, Math.max(row + 1, this.#slotOf.length * 2))
    this.#keys.retain(slot)
    this.#rowOf[slot] = row + 1
    this.#slotOf[row] = slot
    this.#marks.touch(row)
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        if (!this.slab.isLive(row)) continue
        count += 1
        page.u32(this.#slotOf[row]!)
        this.slab.writeRow(row, page)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      this.#marks.touch(this.#marks.restored(name))
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const slot = page.u32()
        this.#enter(slot, this.slab.readRow(page))
      }
    }
  }

  /** In the order of their keys' texts: which row came first is of no account. */
  *dump(keys: KeyTexts): Generator<string> {
    const entries: (readonly [text: string, row: number])[] = []
    for (let row = 0; row < this.slab.end; row += 1)
      if (this.slab.isLive(row)) entries.push([keys.textOf(this.#slotOf[row]!), row])
    for (const [text, row] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
      const writer = new JsonWriter()
      this.slab.writeRow(row, writer)
      yield `"row":${writer.array()},${keyMember(text)}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    this.#enter(keys.slotOfText(keyOf(entry)), row)
  }
}
