import { Heap } from '../base/heap.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { EntryIndex } from './entry-index.ts'
import type { StateStructure, WritePage } from './structure.ts'

/** Entries per checkpoint page. */
const PAGE_ENTRIES = 1024
/** A generation spans this part of the time that entries are kept. */
const GENERATIONS = 8
const FIRST_CAPACITY = 1024
const NONE = -1
const CUT = -2

export interface KeySetOptions {
  readonly name: string
  /** ms; times of one key that differ by less count as the same. null: one time per key, whatever it is. */
  readonly within: number | null
  /** ms that an entry is kept after its time; Infinity: until the end. Entries go a generation at a time, up to an eighth later. */
  readonly keepFor: number
}

/** Entries that expire together. They are only ever added to, so a full page never changes until all go. */
interface Generation {
  /** The entry added last; `next` leads to the ones before. */
  head: number
  count: number
  /** Entries that are in the store. */
  written: number
}

/**
 * Keys and the times at which they were let through. Exact: keys are compared whole. Expiry costs O(1) an entry; a row costs one look-up
 * and a comparison with those times of its key that are not older than its own.
 */
export class KeySet implements StateStructure {
  readonly name: string
  readonly #within: number | null
  readonly #keepFor: number
  readonly #span: number
  /** Key to its entry with the greatest time. */
  readonly #newest = new EntryIndex((entry) => this.#keys[entry]!)
  #keys: string[] = []
  #times = new Float64Array(FIRST_CAPACITY)
  /** The key's entry with the next smaller time. */
  #older = new Int32Array(FIRST_CAPACITY)
  /** The entry added to the same generation before; of free entries, the next free one. */
  #next = new Int32Array(FIRST_CAPACITY)
  #free = NONE
  #size = 0
  #generations = new Map<number, Generation>()
  #queue = new Heap<number>((a, b) => a < b)
  #nextExpiry = Infinity
  /** Pages of the store that are no more. */
  #gone: string[] = []

  constructor({ name, within, keepFor }: KeySetOptions) {
    this.name = name
    this.#within = within
    this.#keepFor = keepFor
    this.#span = Math.max(1, Math.ceil(keepFor / GENERATIONS))
  }

  get entries(): number {
    return this.#size
  }

  /** Entries there is memory for. */
  get capacity(): number {
    return this.#times.length
  }

  /** Adds (key, time) unless a kept time of that key is less than `within` away; tells whether it did. */
  admit(key: string, time: number): boolean {
    const newest = this.#newest.get(key)
    if (newest === NONE) {
      this.#newest.set(key, this.#add(key, time, NONE))
      return true
    }
    if (this.#within === null) return false
    const newer = this.#firstNewer(newest, time, this.#within)
    const nearest = newer === NONE ? newest : this.#older[newer]!
    if (nearest !== NONE && time - this.#times[nearest]! < this.#within) return false
    this.#link(key, this.#add(key, time, nearest), newer)
    return true
  }

  /** The last entry, going down in time, that is at least `within` ahead of `time`. */
  #firstNewer(newest: number, time: number, within: number): number {
    let newer = NONE
    for (let at = newest; at !== NONE && this.#times[at]! - time >= within; at = this.#older[at]!) newer = at
    return newer
  }

  #link(key: string, entry: number, newer: number): void {
    if (newer === NONE) this.#newest.set(key, entry)
    else this.#older[newer] = entry
  }

  #add(key: string, time: number, older: number): number {
    if (this.#free === NONE) this.#grow()
    const entry = this.#free
    this.#free = this.#next[entry]!
    this.#keys[entry] = key
    this.#times[entry] = time
    this.#older[entry] = older
    this.#size += 1
    this.#join(entry, this.#generationOf(time))
    return entry
  }

  #join(entry: number, index: number): void {
    let generation = this.#generations.get(index)
    if (generation === undefined) {
      generation = { head: NONE, count: 0, written: 0 }
      this.#generations.set(index, generation)
      this.#queue.push(index)
      this.#setNextExpiry()
    }
    this.#next[entry] = generation.head
    generation.head = entry
    generation.count += 1
  }

  /** Rounding can only put an entry into a later generation. */
  #generationOf(time: number): number {
    return this.#keepFor === Infinity ? 0 : Math.floor((time + this.#keepFor) / this.#span)
  }

  #setNextExpiry(): void {
    const index = this.#queue.peek()
    this.#nextExpiry = index === undefined || this.#keepFor === Infinity ? Infinity : (index + 1) * this.#span
  }

  /** Forgets entries whose generation is over: w >= time + keepFor holds for all of it. */
  expire(watermark: number): void {
    if (watermark < this.#nextExpiry) return
    while (this.#size > 0 && watermark >= this.#nextExpiry) {
      this.#drop(this.#queue.pop()!)
      this.#setNextExpiry()
    }
    if (this.#times.length > FIRST_CAPACITY && this.#size * 8 < this.#times.length) this.#compact()
  }

  #drop(index: number): void {
    const generation = this.#generations.get(index)!
    this.#generations.delete(index)
    for (let page = 0; page * PAGE_ENTRIES < generation.written; page += 1) this.#gone.push(pageName(index, page))
    for (let entry = generation.head; entry !== NONE; entry = this.#next[entry]!) {
      if (this.#older[entry] !== CUT) this.#cutKey(this.#keys[entry]!, index)
    }
    for (let entry = generation.head; entry !== NONE; ) {
      const next = this.#next[entry]!
      this.#keys[entry] = ''
      this.#next[entry] = this.#free
      this.#free = entry
      entry = next
    }
    this.#size -= generation.count
  }

  /** Takes a key's entries of the generation away: its oldest ones, since earlier generations are gone. */
  #cutKey(key: string, index: number): void {
    let newer = NONE
    let at = this.#newest.get(key)
    while (this.#generationOf(this.#times[at]!) > index) {
      newer = at
      at = this.#older[at]!
    }
    if (newer === NONE) this.#newest.delete(key)
    else this.#older[newer] = NONE
    while (at !== NONE) {
      const older = this.#older[at]!
      this.#older[at] = CUT
      at = older
    }
  }

  #grow(): void {
    const used = this.#keys.length
    if (used === this.#times.length) this.#resize(used * 2)
    this.#keys.push('')
    this.#next[used] = this.#free
    this.#free = used
  }

  #resize(capacity: number): void {
    const [times, older, next] = [this.#times, this.#older, this.#next]
    this.#times = new Float64Array(capacity)
    this.#older = new Int32Array(capacity)
    this.#next = new Int32Array(capacity)
    this.#times.set(times)
    this.#older.set(older)
    this.#next.set(next)
  }

  /** Numbers the entries anew, without gaps, and gives the rest of the memory back. */
  #compact(): void {
    const [keys, times, older, next] = [this.#keys, this.#times, this.#older, this.#next]
    const live = new Int32Array(this.#size)
    const renumbered = new Int32Array(keys.length)
    let count = 0
    for (const { head } of this.#generations.values()) {
      for (let entry = head; entry !== NONE; entry = next[entry]!) {
        renumbered[entry] = count
        live[count++] = entry
      }
    }
    const isNewest = live.map((entry) => (this.#newest.get(keys[entry]!) === entry ? 1 : 0))
    this.#newest.clear()
    const moved = (entry: number) => (entry === NONE ? NONE : renumbered[entry]!)
    const capacity = Math.max(FIRST_CAPACITY, count * 2)
    this.#keys = Array.from(live, (entry) => keys[entry]!)
    this.#times = new Float64Array(capacity)
    this.#older = new Int32Array(capacity)
    this.#next = new Int32Array(capacity)
    for (let to = 0; to < count; to += 1) {
      this.#times[to] = times[live[to]!]!
      this.#older[to] = moved(older[live[to]!]!)
      this.#next[to] = moved(next[live[to]!]!)
      if (isNewest[to] === 1) this.#newest.set(this.#keys[to]!, to)
    }
    for (const generation of this.#generations.values()) generation.head = moved(generation.head)
    this.#free = NONE
  }

  writeDirty(write: WritePage): void {
    const written = new Set<string>()
    for (const [index, generation] of this.#generations) {
      if (generation.written < generation.count) this.#writeGeneration(index, generation, written, write)
    }
    for (const page of this.#gone) if (!written.has(page)) write(page, null)
    this.#gone = []
  }

  /** Pages from the one that the first new entry is on. A page: for how long entries were kept, then time and key of each. */
  #writeGeneration(index: number, generation: Generation, written: Set<string>, write: WritePage): void {
    const first = Math.floor(generation.written / PAGE_ENTRIES)
    let entry = generation.head
    let end = generation.count
    for (let page = Math.floor((end - 1) / PAGE_ENTRIES); page >= first; page -= 1) {
      const writer = new PageWriter()
      writer.f64(this.#keepFor)
      for (; end > page * PAGE_ENTRIES; end -= 1) {
        writer.f64(this.#times[entry]!)
        writer.text(this.#keys[entry]!)
        entry = this.#next[entry]!
      }
      write(pageName(index, page), writer.bytes())
      written.add(pageName(index, page))
    }
    generation.written = generation.count
  }

  /** Pages written when entries were kept for another time are written anew at the next epoch. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const names: string[] = []
    let isSame = true
    for (const [name, bytes] of pages) {
      names.push(name)
      const reader = new PageReader(bytes)
      isSame = reader.f64() === this.#keepFor && isSame
      while (!reader.isAtEnd) {
        const time = reader.f64()
        this.#insert(reader.text(), time)
      }
    }
    if (isSame) for (const generation of this.#generations.values()) generation.written = generation.count
    else this.#gone = names
  }

  #insert(key: string, time: number): void {
    const newest = this.#newest.get(key)
    const newer = newest === NONE ? NONE : this.#firstNewer(newest, time, 0)
    this.#link(key, this.#add(key, time, newer === NONE ? newest : this.#older[newer]!), newer)
  }
}

const pageName = (generation: number, page: number): string => `${generation}/${`${page}`.padStart(8, '0')}`
