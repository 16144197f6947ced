import type { Batch } from '../data/batch.ts'
import { instantOf, instantText, JsonReader, JsonWriter, numberOf, numberText } from '../data/json-values.ts'
import { RowSlab, type RowSlabOptions } from '../data/row-slab.ts'
import { type Due, DueQueue } from '../state/due-queue.ts'
import { keyMember, keyOf, memberOf } from '../state/entry-text.ts'
import type { KeyTable } from '../state/key-table.ts'
import { type Placed, Places } from '../state/places.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from '../state/structure.ts'

/** Rows of one key within `within` of the first that came. */
export interface RowGroup {
  /** Slot of its key. */
  readonly key: number
  /** Event time of the row that came first. */
  readonly first: number
  /** The slab's row with the greatest time so far; -1 once the group has been emitted. */
  readonly row: number
  /** The watermark at which something is to be done about it: emit it, or after that forget it. */
  readonly at: number
}

interface Group extends RowGroup, Due, Placed {
  row: number
  /** Number of the row that came first, in order of arrival. */
  readonly arrival: number
  at: number
  /** Groups of the same key by time of their first rows. */
  newer: Group | null
  older: Group | null
}

export interface LastRowsOptions extends RowSlabOptions {
  readonly name: string
  /** Of the groups' keys, which they retain; it must be restored before. */
  readonly keys: KeyTable
  /** ms; Infinity: one group per key. */
  readonly within: number
  /** ms that a group is remembered after it was emitted. */
  readonly allowedLateness: number
  /** ms from the time of the row that a group holds until it is complete and forgotten, whatever `within` is; null: `within` says when. */
  readonly stateTtl: number | null
}

/** Times of groups that begin within so many parts of `within` are put in order together. */
const BUCKETS = 256

/** The groups of `dedup --keep last`: the row of each that is to be emitted, and those already emitted that rows may still belong to. */
export class LastRows implements StateStructure {
  readonly name: string
  readonly slab: RowSlab
  readonly #keys: KeyTable
  readonly #within: number
  readonly #allowedLateness: number
  readonly #stateTtl: number | null
  /** By slot: the group of the key whose first row has the greatest time. */
  readonly #newest: (Group | null)[] = []
  readonly #places = new Places<Group>()
  readonly #queue: DueQueue<Group>
  /** By row of the slab. */
  #groupOf: (Group | null)[] = []
  #arrivals = 0

  constructor(options: LastRowsOptions) {
    this.name = options.name
    this.#keys = options.keys
    const span = options.stateTtl ?? options.within
    this.#queue = new DueQueue(span === Infinity ? 1 : Math.max(1, span / BUCKETS))
    this.slab = new RowSlab(options)
    this.#within = options.within
    this.#allowedLateness = options.stateTtl === null ? options.allowedLateness : 0
    this.#stateTtl = options.stateTtl
  }

  get shape(): StructureShape {
    const within = this.#within === Infinity ? null : this.#within
    const spans = { within, allowedLateness: this.#allowedLateness, stateTtl: this.#stateTtl }
    return { kind: 'last-rows', ...spans, ...this.slab.shape }
  }

  get entries(): number {
    return this.#places.size
  }

  /** Rows waiting to be emitted. */
  get held(): number {
    return this.slab.size
  }

  /** The group that a row belongs to: of two, the one that began first. */
  find(key: number, time: number): RowGroup | null {
    let group = this.#newest[key] ?? null
    if (group === null || this.#within === Infinity) return group
    while (group !== null && group.first - time >= this.#within) group = group.older
    let found: Group | null = null
    for (; group !== null && time - group.first < this.#within; group = group.older) {
      if (found === null || group.arrival < found.arrival) found = group
    }
    return found
  }

  /** Begins a group with row i; no group may be near its time. */
  open(key: number, batch: Batch, i: number): RowGroup {
    const first = batch.time[i]!
    const group: Group = {
      key,
      first,
      row: this.#append(batch, i),
      arrival: this.#arrivals++,
      at: this.#dueOf(first, first),
      place: 0,
      newer: null,
      older: null,
    }
    this.#places.add(group)
    this.#enter(group)
    return group
  }

  /** Puts row i in the place of the group's row if its time is not earlier. Tells whether it did. */
  replace(found: RowGroup, batch: Batch, i: number): boolean {
    const group = found as Group
    if (batch.time[i]! < this.slab.time[group.row]!) return false
    this.slab.release(group.row)
    group.row = this.#append(batch, i)
    this.#groupOf[group.row] = group
    this.#places.touch(group)
    return true
  }

  /** The next group to emit at this watermark, by the time it is complete and then arrival; null: no more. Forgets old groups. */
  due(watermark: number): RowGroup | null {
    for (let group = this.#queue.peek(watermark); group !== undefined; group = this.#queue.peek(watermark)) {
      const at = this.#putOff(group)
      if (group.row >= 0 && at === group.at) return group
      this.#queue.pop()
      if (group.row < 0) this.#forget(group)
      else {
        group.at = at
        this.#queue.push(group)
      }
    }
    return null
  }

  /** The group that `due` gave has been emitted: its row goes. */
  emitted(): void {
    const group = this.#queue.pop()
    this.#groupOf[group.row] = null
    this.slab.release(group.row)
    group.row = -1
    group.at += this.#allowedLateness
    this.#places.touch(group)
    this.#queue.push(group)
  }

  /** Of a group whose first row came at `first`, and whose row has the time `held`. */
  #dueOf(first: number, held: number): number {
    if (this.#stateTtl !== null) return held + this.#stateTtl
    return this.#within === Infinity ? Infinity : first + this.#within
  }

  /** Under a TTL later rows have put it off; the queue learns of it when it comes to the group. */
  #putOff({ at, row }: Group): number {
    return this.#stateTtl === null || row < 0 ? at : this.slab.time[row]! + this.#stateTtl
  }

  #append(batch: Batch, i: number): number {
    if (this.slab.isSparse) this.#compact()
    return this.slab.append(batch, i)
  }

  #compact(): void {
    this.slab.compact((from, to) => {
      const group = this.#groupOf[from]!
      group.row = to
      this.#groupOf[to] = group
    })
    this.#groupOf.length = this.slab.end
  }

  /** Into the key's chain, the slab's owners and the queue. */
  #enter(group: Group): void {
    if (group.row >= 0) {
      while (this.#groupOf.length < group.row) this.#groupOf.push(null)
      this.#groupOf[group.row] = group
    }
    this.#queue.push(group)
    this.#keys.retain(group.key)
    while (this.#newest.length < group.key) this.#newest.push(null)
    let older = this.#newest[group.key] ?? null
    let newer: Group | null = null
    while (older !== null && older.first > group.first) {
      newer = older
      older = older.older
    }
    this.#link(newer, group, group.key)
    this.#link(group, older, group.key)
  }

  #forget(group: Group): void {
    this.#places.remove(group)
    this.#link(group.newer, group.older, group.key)
    this.#keys.release(group.key)
  }

  #link(newer: Group | null, older: Group | null, key: number): void {
    if (older !== null) older.newer = newer
    if (newer !== null) newer.older = older
    else this.#newest[key] = older
  }

  writeDirty(write: WritePage): void {
    this.#places.write(write, (page, group) => {
      page.u32(group.key)
      page.f64(group.first)
      page.f64(group.arrival)
      page.u8(group.row >= 0 ? 1 : 0)
      if (group.row >= 0) this.slab.writeRow(group.row, page)
    })
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const groups = this.#places.restore(pages, (page): Group => {
      const [key, first, arrival] = [page.u32(), page.f64(), page.f64()]
      const row = page.u8() === 1 ? this.slab.readRow(page) : -1
      const at = this.#restoredDue(first, row)
      return { key, first, row, arrival, at, place: 0, newer: null, older: null }
    })
    for (const group of groups) {
      this.#enter(group)
      this.#arrivals = Math.max(this.#arrivals, group.arrival + 1)
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const { key, first, arrival, row } of this.#byArrival()) {
      const writer = new JsonWriter()
      if (row >= 0) this.slab.writeRow(row, writer)
      const held = row >= 0 ? writer.array() : 'null'
      yield `"first":${instantText(first)},"arrival":${numberText(arrival)},"row":${held},${keyMember(keys.textOf(key))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const [first, arrival] = [instantOf(memberOf(entry, 'first')), numberOf(memberOf(entry, 'arrival'))]
    const held = memberOf(entry, 'row')
    const row = held === 'null' ? -1 : this.slab.readRow(new JsonReader(held))
    const at = this.#restoredDue(first, row)
    const key = keys.slotOfText(keyOf(entry))
    const group: Group = { key, first, row, arrival, at, place: 0, newer: null, older: null }
    this.#places.add(group)
    this.#enter(group)
    this.#arrivals = Math.max(this.#arrivals, arrival + 1)
  }

  #restoredDue(first: number, row: number): number {
    return row >= 0 ? this.#dueOf(first, this.slab.time[row]!) : this.#dueOf(first, first) + this.#allowedLateness
  }

  #byArrival(): readonly Group[] {
    const groups: Group[] = []
    for (const newest of this.#newest) {
      for (let group = newest; group !== null; group = group.older) groups.push(group)
    }
    return groups.sort((a, b) => a.arrival - b.arrival)
  }
}
