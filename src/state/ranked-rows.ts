import type { Batch } from '../data/batch.ts'
import type { Column } from '../data/column.ts'
import { grown } from '../data/grown.ts'
import { instantOf, instantText, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { compareByKeys, type SortOrder } from '../data/row-order.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { rowText } from '../data/row-text.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import type { KeyTable } from './key-table.ts'
import { PAGE_ENTRIES, PageMarks } from './page-marks.ts'
import { RankedList } from './ranked-list.ts'
import { type RankedGroup, type RankedWindow, RankedWindows } from './ranked-windows.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

export interface RankedRowsOptions extends RowSlabOptions {
  readonly name: string
  /** Of the groups' keys, which they retain; it must be restored before. */
  readonly keys: KeyTable
  /** By the last columns of the slab, as many as there are orders; of equal rows the one that came first. */
  readonly orders: readonly SortOrder[]
  /** Rows of a group that are kept; null: all, since each may be taken back. */
  readonly most: number | null
}

/** Row i of a batch, with columns for those of the slab and of its orders. */
export interface NewRow {
  readonly batch: Batch
  readonly i: number
  readonly columns: readonly Column[]
  readonly keys: readonly Column[]
}

/** Whole rows by window, key and rank. A row that leaves a group stays in the slab until it is released. */
export class RankedRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly windows = new RankedWindows()
  readonly #keys: KeyTable
  readonly #orders: readonly SortOrder[]
  readonly #most: number | null
  readonly #orderColumns: readonly Column[]
  readonly #ownColumns: readonly Column[]
  /** By row of the slab. */
  #groupOf: (RankedGroup | null)[] = []
  #arrival = new Float64Array(64)
  #arrivals = 0
  #groupArrivals = 0
  readonly #marks = new PageMarks()

  constructor(options: RankedRowsOptions) {
    const { name, keys, orders, most } = options
    this.name = name
    this.slab = new RowSlab({ ...options, hidden: orders.length })
    this.#keys = keys
    this.#orders = orders
    this.#most = most
    const shown = this.slab.columns.length - orders.length
    this.#orderColumns = this.slab.columns.slice(shown)
    this.#ownColumns = this.slab.columns.slice(0, shown)
  }

  get shape(): StructureShape {
    return { kind: 'ranked-rows', orders: this.#orders, most: this.#most, ...this.slab.shape }
  }

  get entries(): number {
    return this.slab.size
  }

  /** The groups where there are no windows, by the slots of their keys. */
  get groups(): ReadonlyMap<number, RankedGroup> {
    return this.windows.at(-Infinity, Infinity).groups
  }

  /** When the group of a key began where there are no windows; -1: it has none. */
  arrivalOf(key: number): number {
    return this.groups.get(key)?.arrival ?? -1
  }

  groupOf(window: RankedWindow, key: number): RankedGroup {
    return window.groups.get(key) ?? this.#begin(window, key, this.#groupArrivals++)
  }

  #begin(window: RankedWindow, key: number, arrival: number): RankedGroup {
    const byText = this.#most === null ? new Map<string, number[]>() : null
    const group = { window, key, arrival, list: new RankedList(), byText }
    window.groups.set(key, group)
    this.#keys.retain(key)
    return group
  }

  /** Puts a row into a group; returns its rank from 0, or -1: the group is full of rows before it. One that is full has one too many then. */
  insert(group: RankedGroup, { batch, i, columns, keys }: NewRow): number {
    const { list } = group
    const own = { columns: keys, row: i }
    if (this.#most !== null && list.size >= this.#most && !this.#isBefore(own, list.last)) return -1
    const row = this.slab.append(batch, i, columns)
    this.slab.kinds[row] = 0
    this.#enter(row, group, this.#arrivals++)
    return list.insert(row, (other) => this.#isBefore(own, other))
  }

  #isBefore(own: { readonly columns: readonly Column[]; readonly row: number }, other: number): boolean {
    return compareByKeys(own, { columns: this.#orderColumns, row: other }, this.#orders) < 0
  }

  /** The rank of the row of a group that is equal to one of a batch, of several the one that came first; -1: there is none. */
  find({ byText, list }: RankedGroup, { batch, i, columns }: NewRow): number {
    const line = this.slab.keepsLines ? lineOf(batch, i) : null
    const row = byText!.get(rowText(columns.slice(0, this.#ownColumns.length), i, line))?.[0]
    if (row === undefined) return -1
    const own = { columns: this.#orderColumns, row }
    return list.rankOf((other) => {
      const compared = compareByKeys(own, { columns: this.#orderColumns, row: other }, this.#orders)
      return compared < 0 || (compared === 0 && this.#arrival[other]! > this.#arrival[row]!)
    })
  }

  /** Takes the row of a rank out of its group, which ends with its last one. The row is to be released. */
  remove(group: RankedGroup, rank: number): number {
    const row = group.list.at(rank)
    group.list.removeAt(rank)
    this.#groupOf[row] = null
    this.#marks.touch(row)
    if (group.byText) this.#forgetText(group.byText, row)
    if (group.list.size === 0) this.#end(group)
    return row
  }

  release(row: number): void {
    this.slab.release(row)
  }

  /** Ends a group with all of its rows. */
  drop(group: RankedGroup): void {
    for (const row of group.list) {
      this.#groupOf[row] = null
      this.#marks.touch(row)
      this.slab.release(row)
    }
    this.#end(group)
  }

  /** Ends a group that nothing was put into. */
  dropIfEmpty(group: RankedGroup): void {
    if (group.list.size === 0) this.#end(group)
  }

  #end({ window, key }: RankedGroup): void {
    window.groups.delete(key)
    this.#keys.release(key)
  }

  /** Gives memory back that is not needed. No row may wait to be released. */
  tidy(): void {
    if (!this.slab.isSparse) return
    const moved = new Map<number, number>()
    this.slab.compact((from, to) => {
      moved.set(from, to)
      this.#arrival[to] = this.#arrival[from]!
      this.#groupOf[to] = this.#groupOf[from]!
      this.#marks.touch(from)
      this.#marks.touch(to)
    })
    const numberOf = (row: number) => moved.get(row) ?? row
    for (const { groups } of this.windows) {
      for (const { list, byText } of groups.values()) {
        list.renumber(numberOf)
        for (const [text, rows] of byText ?? []) byText!.set(text, rows.map(numberOf))
      }
    }
    this.#groupOf.length = this.slab.end
    this.#arrival = this.#arrival.slice(0, this.slab.capacity)
  }

  #enter(row: number, group: RankedGroup, arrival: number): void {
    if (this.#arrival.length < this.slab.capacity) this.#arrival = grown(this.#arrival, this.slab.capacity)
    this.#arrival[row] = arrival
    while (this.#groupOf.length < row) this.#groupOf.push(null)
    this.#groupOf[row] = group
    this.#marks.touch(row)
    if (group.byText === null) return
    const text = rowText(this.#ownColumns, row, this.slab.lineOf(row))
    const equals = group.byText.get(text)
    if (equals) equals.push(row)
    else group.byText.set(text, [row])
  }

  #forgetText(byText: Map<string, number[]>, row: number): void {
    const text = rowText(this.#ownColumns, row, this.slab.lineOf(row))
    const equals = byText.get(text)!
    if (equals.length === 1) byText.delete(text)
    else equals.splice(equals.indexOf(row), 1)
  }

  writeDirty(write: WritePage): void {
    this.#marks.write(write, (first) => {
      const page = new PageWriter()
      let count = 0
      for (let row = first; row < Math.min(first + PAGE_ENTRIES, this.slab.end); row += 1) {
        const group = this.#groupOf[row]
        if (!group) continue
        count += 1
        page.f64(group.window.start)
        page.f64(group.window.end)
        page.u32(group.key)
        page.f64(group.arrival)
        page.f64(this.#arrival[row]!)
        this.slab.writeRow(row, page)
      }
      return count === 0 ? null : page.bytes()
    })
  }

  /** Rows get new numbers; the pages they came from are written anew at the next epoch, where they fall on others. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const kept: KeptRow[] = []
    for (const [name, bytes] of pages) {
      const first = this.#marks.restored(name)
      const page = new PageReader(bytes)
      while (!page.isAtEnd) {
        const [start, end, key, group, arrival] = [page.f64(), page.f64(), page.u32(), page.f64(), page.f64()]
        const row = this.slab.readRow(page)
        kept.push({ start, end, key, group, arrival, row })
        if (row < first || row >= first + PAGE_ENTRIES) this.#marks.touch(first)
      }
    }
    this.#enterAll(kept)
  }

  #enterAll(kept: KeptRow[]): void {
    kept.sort((a, b) => a.group - b.group || a.arrival - b.arrival)
    for (const { start, end, key, group, arrival, row } of kept) {
      const window = this.windows.at(start, end)
      const own = { columns: this.#orderColumns, row }
      const known = window.groups.get(key) ?? this.#begin(window, key, group)
      this.#enter(row, known, arrival)
      known.list.insert(row, (other) => this.#isBefore(own, other))
      this.#arrivals = Math.max(this.#arrivals, arrival + 1)
      this.#groupArrivals = Math.max(this.#groupArrivals, group + 1)
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    const rows: number[] = []
    for (let row = 0; row < this.slab.end; row += 1) if (this.#groupOf[row]) rows.push(row)
    const groupOf = (row: number) => this.#groupOf[row]!
    rows.sort((a, b) => groupOf(a).arrival - groupOf(b).arrival || this.#arrival[a]! - this.#arrival[b]!)
    for (const row of rows) {
      const { window, key, arrival } = groupOf(row)
      const writer = new JsonWriter()
      this.slab.writeRow(row, writer)
      const bounds = `"start":${instantText(window.start)},"end":${instantText(window.end)}`
      const arrivals = `"group":${numberText(arrival)},"arrival":${numberText(this.#arrival[row]!)}`
      yield `${bounds},${arrivals},"row":${writer.array()},${keyMember(keys.textOf(key))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const row = this.slab.readRow(new JsonReader(memberOf(entry, 'row')))
    const key = keys.slotOfText(keyOf(entry))
    const [group, arrival] = [numberOf(memberOf(entry, 'group')), numberOf(memberOf(entry, 'arrival'))]
    const [start, end] = [instantOf(memberOf(entry, 'start')), instantOf(memberOf(entry, 'end'))]
    this.#enterAll([{ start, end, key, group, arrival, row }])
  }
}

interface KeptRow {
  readonly start: number
  readonly end: number
  readonly key: number
  /** Arrival of its group. */
  readonly group: number
  readonly arrival: number
  readonly row: number
}

const lineOf = ({ raw }: Batch, i: number): string => raw!.buffer.toString('utf8', raw!.starts[i]!, raw!.ends[i]!)
