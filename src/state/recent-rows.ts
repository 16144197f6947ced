import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** The rows of one key in order of arrival; those before `head` are gone. */
interface Recent {
  rows: number[]
  head: number
}

/** Gone rows at the front of a list up to which it is left as it is. */
const MOST_GONE = 32

/**
 * The latest rows of each key, numbered by key from 1. Keys are slots that another structure retains as long as they have rows here, and that must be
 * restored before.
 */
export class RecentRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  /** By key slot. */
  #lists: (Recent | undefined)[] = []
  /** By row of the slab: its key, and its number among the rows of the key. */
  #keyOf = new Int32Array(64)
  #numberOf = new Float64Array(64)
  readonly #marks = new PageMarks()

  constructor(options: RowSlabOptions & { readonly name: string }) {
    this.name = options.name
    this.slab = new RowSlab(options)
  }

  get shape(): StructureShape {
    return { kind: 'recent-rows', ...this.slab.shape }
  }

  get entries(): number {
    return this.slab.size
  }

  /** How many rows of a key there are. */
  countOf(key: number): number {
    const list = this.#lists[key]
    return list === undefined ? 0 : list.rows.length - list.head
  }

  /** Keeps row i of a batch, with these columns, as the latest of its key; returns its number, which is one more than that of the one before. */
  add(key: number, batch: Batch, i: number, columns: readonly Column[]): number {
    const list = this.#lists[key]
    const before = list === undefined ? 0 : this.#numberOf[list.rows.at(-1)!]!
    this.#enter(this.slab.append(batch, i, columns), key, before + 1)
    return before + 1
  }

  /** The row of a key that came first. */
  oldest(key: number): number {
    const { rows, head } = this.#lists[key]!
    return rows[head]!
  }

  /** Forgets the row of a key that came first; another one must follow it. */
  dropOldest(key: number): void {
    const list = this.#lists[key]!
    this.#release(list.rows[list.head]!)
    list.head += 1
    if (list.head <= MOST_GONE || list.head * 2 < list.rows.length) return
    list.rows = list.rows.slice(list.head)
    list.head = 0
  }

  dropKey(key: number): void {
    const list = this.#lists[key]
    if (list === undefined) return
    for (let at = list.head; at < list.rows.length; at += 1) this.#release(list.rows[at]!)
    this.#lists[key] = undefined
  }

  #release(row: number): void {
    this.#marks.touch(row)
    this.slab.release(row)
  }

  /** Gives memory back that is not needed. */
  tidy(): void {
    if (!this.slab.isSparse) return
    const moved = new Map<number, number>()
    this.slab.compact((from, to) => {
      moved.set(from, to)
      this.#keyOf[to] = this.#keyOf[from]!
      this.#numberOf[to] = this.#numberOf[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
    })
    for (const list of this.#lists) {
      if (list === undefined) continue
      list.rows = list.rows.slice(list.head).map((row) => moved.get(row) ?? row)
      list.head = 0
    }
  }

  #enter(row: number, key: number, number: number): void {
    if (this.#keyOf.length < this.slab.capacity) {
      this.#keyOf = grown(this.#keyOf, this.slab.capacity)
      this.#numberOf = grown(this.#numberOf, this.slab.capacity)
    }
    this.#keyOf[row] = key
    this.#numberOf[row] = number
    this.#marks.touch(row)
    while (this.#lists.length < key) this.#lists.push(undefined)
    const list = this.#lists[key]
    if (list) list.rows.push(row)
    else this.#lists[key] = { rows: [row], head: 0 }
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        if (!this.slab.isLive(row)) continue
        count += 1
        page.u32(this.#keyOf[row]!)
        page.f64(this.#numberOf[row]!)
        this.slab.writeRow(row, page)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch, where they fall on others. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const kept: { readonly row: number; readonly key: number; readonly number: number }[] = []
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const [key, number] = [page.u32(), page.f64()]
        const row = this.slab.readRow(page)
        kept.push({ row, key, number })
        if (row < first || row >= first + PAGE_ENTRIES) this.#marks.touch(first)
      }
    }
    kept.sort((a, b) => a.number - b.number)
    for (const { row, key, number } of kept) this.#enter(row, key, number)
  }

  *dump(keys: KeyTexts): Generator<string> {
    const listed = this.#lists.flatMap((list, key) => (list ? [{ key, text: keys.textOf(key), list }] : []))
    for (const { text, list } of listed.sort((a, b) => (a.text < b.text ? -1 : 1))) {
      for (const row of list.rows.slice(list.head)) {
        const writer = new JsonWriter()
        this.slab.writeRow(row, writer)
        yield `"number":${numberText(this.#numberOf[row]!)},"row":${writer.array()},${keyMember(text)}`
      }
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    this.#enter(row, keys.slotOfText(keyOf(entry)), numberOf(memberOf(entry, 'number')))
  }
}
