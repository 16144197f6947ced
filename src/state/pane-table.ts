import { instantOf, instantText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { type AccumulatorLayout, PAGE_ROWS, shapeOf } from './accumulator-table.ts'
import { accumulatorMembers, keyMember, keyOf, loadAccumulators, memberOf } from './entry-text.ts'
import type { KeyTable } from './key-table.ts'
import { Pane, type PaneBounds } from './pane.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** Dropped panes kept for reuse, and how large they may be: enough that a stream of windows allocates nothing. */
const SPARE_PANES = 2
const SPARE_ROWS = 1 << 18

/**
 * State of window aggregates: panes (windows or slices) outside, keys inside. It retains its keys in the `KeyTable`, whose pages must be restored
 * before this table's. Nothing is kept of a pane that was dropped.
 */
export class PaneTable implements StateStructure {
  readonly name = 'panes'
  /** Live panes, ascending by start. */
  readonly panes: Pane[] = []
  readonly #layout: AccumulatorLayout
  readonly #keys: KeyTable
  readonly #boundsOf: (start: number) => PaneBounds
  readonly #spares: Pane[] = []
  /** Names of stored pages whose pane is gone. */
  #gone: string[] = []
  #entries = 0

  /** `boundsOf`: of the pane that begins at `start`. The structure's name is `panes`. */
  constructor(layout: AccumulatorLayout, keys: KeyTable, boundsOf: (start: number) => PaneBounds) {
    this.#layout = layout
    this.#keys = keys
    this.#boundsOf = boundsOf
  }

  get shape(): StructureShape {
    return { kind: 'pane-table', aggregates: shapeOf(this.#layout) }
  }

  /** Groups in all panes. */
  get entries(): number {
    return this.#entries
  }

  /** Index of the first pane that begins at `start` or later; `panes.length` if none does. */
  indexFrom(start: number): number {
    let low = 0
    let high = this.panes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.panes[middle]!.start < start) low = middle + 1
      else high = middle
    }
    return low
  }

  find(start: number): Pane | undefined {
    const pane = this.panes[this.indexFrom(start)]
    return pane?.start === start ? pane : undefined
  }

  /** The panes that begin in [start, end), ascending. */
  between(start: number, end: number): readonly Pane[] {
    return this.panes.slice(this.indexFrom(start), this.indexFrom(end))
  }

  /** A new empty pane; there must be none that begins at `start`. */
  create(start: number): Pane {
    const pane = this.#spares.pop() ?? new Pane(this.#layout)
    pane.start = start
    pane.bounds = this.#boundsOf(start)
    this.panes.splice(this.indexFrom(start), 0, pane)
    return pane
  }

  /** Appends a row for a key that `pane` does not have yet. */
  append(pane: Pane, slot: number, arrival: number): number {
    this.#keys.retain(slot)
    this.#entries += 1
    return pane.append(slot, arrival)
  }

  /** Merges the first `count` panes, ascending by start, into the one that begins at `start`: the first of them, or a new one before it. */
  mergeFirst(count: number, start: number): void {
    const isNew = this.panes[0]!.start !== start
    const target = isNew ? this.create(start) : this.panes[0]!
    for (const pane of this.panes.splice(1, isNew ? count : count - 1)) {
      this.#merge(target, pane)
      this.#drop(pane)
    }
  }

  #merge(target: Pane, pane: Pane): void {
    const targets = new Int32Array(pane.length)
    for (let row = 0; row < pane.length; row += 1) {
      const slot = pane.slots[row]!
      const arrival = pane.arrivals[row]!
      let to = target.rowOf(slot)
      if (to < 0) to = this.append(target, slot, arrival)
      else if (arrival < target.arrivals[to]!) target.arrivals[to] = arrival
      target.touch(to)
      targets[row] = to
    }
    target.mergeAll(targets, pane, 0, pane.length)
  }

  /** Drops the first `count` panes with all their rows. */
  dropFirst(count: number): void {
    for (const pane of this.panes.splice(0, count)) this.#drop(pane)
  }

  #drop(pane: Pane): void {
    this.#keys.releaseAll(pane.slots.subarray(0, pane.length))
    for (let page = 0; page < pane.storedPages; page += 1) this.#gone.push(pageName(pane.start, page))
    this.#entries -= pane.length
    if (this.#spares.length >= SPARE_PANES || pane.capacity > SPARE_ROWS) return
    pane.clear()
    this.#spares.push(pane)
  }

  writeDirty(write: WritePage): void {
    for (const name of this.#gone) write(name, null)
    this.#gone = []
    for (const pane of this.panes) {
      const pages = Math.ceil(pane.length / PAGE_ROWS)
      for (let page = 0; page < pages; page += 1) {
        if (pane.isDirty[page] === 0) continue
        pane.isDirty[page] = 0
        write(pageName(pane.start, page), pageBytes(pane, page * PAGE_ROWS))
      }
      pane.storedPages = pages
    }
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      const [start, page] = name.split('/').map(Number) as [number, number]
      const pane = this.find(start) ?? this.create(start)
      this.#readPage(pane, bytes)
      pane.isDirty[page] = 0
      pane.storedPages = page + 1
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const pane of this.panes) {
      const start = `"start":${instantText(pane.start)}`
      for (let row = 0; row < pane.length; row += 1)
        yield `${start},${accumulatorMembers(pane, row)},${keyMember(keys.textOf(pane.slots[row]!))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const start = instantOf(memberOf(entry, 'start'))
    const pane = this.find(start) ?? this.create(start)
    loadAccumulators(pane, this.append(pane, keys.slotOfText(keyOf(entry)), 0), entry)
  }

  #readPage(pane: Pane, bytes: Uint8Array): void {
    const reader = new PageReader(bytes)
    const from = pane.length
    const to = from + reader.u32()
    const slots = new Int32Array(to - from)
    reader.i32s(slots, 0, slots.length)
    for (const slot of slots) this.append(pane, slot, 0)
    pane.readRows(reader, from, to)
  }
}

/** Pages of a pane sort by their rows. */
const pageName = (start: number, page: number): string => `${start}/${`${page}`.padStart(8, '0')}`

function pageBytes(pane: Pane, from: number): Uint8Array {
  const to = Math.min(from + PAGE_ROWS, pane.length)
  const writer = new PageWriter()
  writer.u32(to - from)
  writer.i32s(pane.slots, from, to)
  pane.writeRows(writer, from, to)
  return writer.bytes()
}
