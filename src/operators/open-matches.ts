import { Matcher } from '../cep/matcher.ts'
import { grown } from '../data/grown.ts'
import { JsonReader, JsonWriter } from '../data/json-values.ts'
import { PageReader, PageWriter, type ValueReader, type ValueWriter } from '../data/page.ts'
import type { RowSlab } from '../data/row-slab.ts'
import { keyMember, keyOf, memberOf } from '../state/entry-text.ts'
import type { KeyTable } from '../state/key-table.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from '../state/structure.ts'

/** Keys per page: what one touched key costs a checkpoint beside itself. */
const PAGE_SHIFT = 3
const PAGE_KEYS = 1 << PAGE_SHIFT

/** What a matcher keeps, as pages: for each key its rows, the chains that hold them, and where its partial matches stand. */
export class OpenMatches implements StateStructure {
  readonly name = 'matches'
  readonly matcher: Matcher
  readonly #slab: RowSlab
  readonly #keys: KeyTable
  /** By key slot: 1 while anything is open for it. */
  #isOpen = new Uint8Array(64)
  /** By page. */
  #dirty = new Uint8Array(64)
  readonly #written = new Set<number>()
  #entries = 0

  constructor(matcher: Matcher, slab: RowSlab, keys: KeyTable) {
    this.matcher = matcher
    this.#slab = slab
    this.#keys = keys
  }

  get shape(): StructureShape {
    return { kind: 'open-matches', ...this.#slab.shape }
  }

  /** Keys that something is open for. */
  get entries(): number {
    return this.#entries
  }

  /** Partial or held matches of a key changed, or came, or went. */
  changed(key: number, isIdle: boolean): void {
    this.#touch(key)
    if (isIdle === (this.#isOpen[key] === 1)) this.#setOpen(key, !isIdle)
  }

  #touch(key: number): void {
    const page = key >> PAGE_SHIFT
    if (page >= this.#dirty.length) this.#dirty = grown(this.#dirty, Math.max(page + 1, this.#dirty.length * 2))
    this.#dirty[page] = 1
  }

  #setOpen(key: number, isOpen: boolean): void {
    if (key >= this.#isOpen.length) this.#isOpen = grown(this.#isOpen, Math.max(key + 1, this.#isOpen.length * 2))
    this.#isOpen[key] = isOpen ? 1 : 0
    if (isOpen) this.#keys.retain(key)
    else this.#keys.release(key)
    this.#entries += isOpen ? 1 : -1
  }

  /** Slots of the keys that something is open for, ascending. */
  *openKeys(): Generator<number> {
    for (let key = 0; key < this.#isOpen.length; key += 1) if (this.#isOpen[key] === 1) yield key
  }

  writeDirty(write: WritePage): void {
    for (let page = 0; page < this.#dirty.length; page += 1) {
      if (this.#dirty[page] === 0) continue
      this.#dirty[page] = 0
      const bytes = this.#pageBytes(page << PAGE_SHIFT)
      if (bytes !== null) this.#written.add(page)
      else if (!this.#written.delete(page)) continue
      write(`${page}`.padStart(8, '0'), bytes)
    }
  }

  #pageBytes(first: number): Uint8Array | null {
    let page: PageWriter | null = null
    for (let key = first; key < first + PAGE_KEYS; key += 1) {
      if (this.#isOpen[key] !== 1) continue
      page ??= new PageWriter()
      page.u32(key)
      this.#writeKey(key, page)
    }
    return page === null ? null : page.bytes()
  }

  #writeKey(key: number, to: ValueWriter): void {
    const { partials, finished } = this.matcher
    const open: number[] = []
    for (let partial = partials.headOf(key); partial >= 0; partial = partials.nextOf(partial)) open.push(partial)
    const held = finished.of(key)
    const places = this.#writeChains([...open, ...held.map(({ entry }) => entry)], to)
    to.u32(open.length)
    for (const partial of open) {
      const { position, open: ways, isFresh, entry, ...times } = partials.read(partial)
      to.u32(places.get(entry)!)
      to.u32(position)
      to.u32(ways)
      to.u8(isFresh ? 1 : 0)
      to.f64(times.startTime)
      to.f64(times.startOrdinal)
      to.f64(times.lastTime)
    }
    to.u32(held.length)
    for (const { entry, startOrdinal } of held) {
      to.u32(places.get(entry)!)
      to.f64(startOrdinal)
    }
  }

  /** Writes the rows and the entries that chains are made of, each once; returns the places of the entries, counted from 1. */
  #writeChains(ends: readonly number[], to: ValueWriter): ReadonlyMap<number, number> {
    const { buffer } = this.matcher
    const places = new Map<number, number>()
    const rows = new Map<number, number>()
    for (const end of ends) {
      for (const entry of buffer.chain(end)) {
        if (!places.has(entry)) places.set(entry, places.size + 1)
        const row = buffer.rowOf(entry)
        if (!rows.has(row)) rows.set(row, rows.size)
      }
    }
    to.u32(rows.size)
    for (const row of rows.keys()) this.#slab.writeRow(row, to)
    to.u32(places.size)
    for (const entry of places.keys()) {
      to.u32(places.get(buffer.parentOf(entry)) ?? 0)
      to.u32(buffer.positionOf(entry))
      to.u32(rows.get(buffer.rowOf(entry))!)
      to.f64(buffer.ordinalOf(entry))
    }
    return places
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      this.#written.add(Number(name))
      const page = new PageReader(bytes)
      while (!page.isAtEnd) this.#readKey(page.u32(), page)
    }
  }

  #readKey(key: number, from: ValueReader): void {
    const { matcher } = this
    const { buffer } = matcher
    const entries = this.#readChains(from)
    for (let count = from.u32(); count > 0; count -= 1) {
      const [entry, position, open, isFresh] = [entries[from.u32() - 1]!, from.u32(), from.u32(), from.u8() === 1]
      const [startTime, startOrdinal, lastTime] = [from.f64(), from.f64(), from.f64()]
      buffer.retain(entry)
      matcher.restore(key, { entry, position, open, isFresh, startTime, startOrdinal, lastTime })
    }
    for (let count = from.u32(); count > 0; count -= 1) {
      const entry = entries[from.u32() - 1]!
      buffer.retain(entry)
      matcher.finished.restore(key, { entry, startOrdinal: from.f64() })
    }
    for (const entry of entries) buffer.release(entry)
    this.#setOpen(key, true)
  }

  /** Each entry with one reference, the caller's. */
  #readChains(from: ValueReader): readonly number[] {
    const { buffer } = this.matcher
    const rows = Array.from({ length: from.u32() }, () => this.#slab.readRow(from))
    const entries: number[] = []
    for (let count = from.u32(); count > 0; count -= 1) {
      const [parent, position, row] = [from.u32(), from.u32(), from.u32()]
      entries.push(buffer.add(parent === 0 ? -1 : entries[parent - 1]!, position, rows[row]!, from.f64()))
    }
    return entries
  }

  *dump(keys: KeyTexts): Generator<string> {
    const { partials, finished } = this.matcher
    const firstOf = (key: number) => {
      const partial = partials.headOf(key)
      const held = finished.of(key)[0]?.startOrdinal ?? Number.POSITIVE_INFINITY
      return partial < 0 ? held : Math.min(held, partials.startOrdinalOf(partial))
    }
    for (const key of [...this.openKeys()].sort((a, b) => firstOf(a) - firstOf(b))) {
      const writer = new JsonWriter()
      this.#writeKey(key, writer)
      yield `"open":${writer.array()},${keyMember(keys.textOf(key))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const key = keys.slotOfText(keyOf(entry))
    this.#readKey(key, new JsonReader(memberOf(entry, 'open')))
    this.#touch(key)
  }
}

/** A matcher that only holds what is read back, for who has no pattern at hand. */
export function storedMatcher(slab: RowSlab): Matcher {
  const nothing = () => {}
  const host = { keepRow: () => -1, releaseRow: (row: number) => slab.release(row), holds: () => false }
  const nfa = {
    steps: [],
    conditions: [],
    stepOf: new Int32Array(0),
    conditionOf: new Int32Array(0),
    accepts: new Uint8Array(0),
    ways: [[]],
    stays: [],
    window: Number.POSITIVE_INFINITY,
    isAmbiguous: false,
  }
  const told = { match: nothing, timeout: nothing, changed: nothing, refusePartial: nothing }
  const options = {
    skip: { kind: 'past-last' },
    maxPartials: Number.POSITIVE_INFINITY,
    maxEntries: Number.POSITIVE_INFINITY,
    dependent: new Set<number>(),
  } as const
  return new Matcher(nfa, { ...host, ...told }, options)
}
