import { Heap } from '../base/heap.ts'
import { instantOf } from '../data/json-values.ts'
import { type KeyBytes, keyBytesOf } from '../data/key-bytes.ts'
import { PageReader } from '../data/page.ts'
import { ByteArena } from './byte-arena.ts'
import { keyOf, memberOf } from './entry-text.ts'
import { HashIndex } from './hash-index.ts'
import { KeyEntries, NONE } from './key-entries.ts'
import { dumpGenerations, type Generation, PAGE_ENTRIES, pageName, writeGeneration } from './key-generation.ts'
import type { EntryTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** A generation spans this part of the time that entries are kept. */
const GENERATIONS = 8
const CUT = -2
/** Entries of a generation that goes, whose places are loaded together. */
const TOUCHED = 1024
/** Arenas kept for the next generations. */
const SPARE_ARENAS = 2

export interface KeySetOptions {
  readonly name: string
  /** ms; times of one key that differ by less count as the same. null: one time per key, whatever it is, until w >= time + keepFor. */
  readonly within: number | null
  /** ms that an entry is kept after its time; Infinity: until the end. Entries go a generation at a time, up to an eighth later. */
  readonly keepFor: number
}

/**
 * Keys and the times at which they were let through. Exact: keys are compared whole, byte by byte. Expiry costs O(1) an entry; a row costs
 * one look-up by hash and a comparison with those times of its key that are not older than its own.
 */
export class KeySet implements StateStructure {
  readonly name: string
  readonly #within: number | null
  readonly #keepFor: number
  readonly #span: number
  /** Of each key the entry with the greatest time. */
  readonly #newest = new HashIndex()
  readonly #entries = new KeyEntries()
  readonly #generations = new Map<number, Generation>()
  /** The one that was asked for last, mostly asked for again. */
  #lastIndex = Number.NaN
  #last: Generation | null = null
  #queue = new Heap<number>((a, b) => a < b)
  #nextExpiry = Infinity
  /** Pages of the store that are no more. */
  #gone: string[] = []
  readonly #spares: ByteArena[] = []
  readonly #touched = new Int32Array(TOUCHED)

  constructor({ name, within, keepFor }: KeySetOptions) {
    this.name = name
    this.#within = within
    this.#keepFor = keepFor
    this.#span = Math.max(1, Math.ceil(keepFor / GENERATIONS))
  }

  get shape(): StructureShape {
    return { kind: 'key-set', within: this.#within, keepFor: this.#keepFor === Infinity ? null : this.#keepFor }
  }

  get entries(): number {
    return this.#entries.size
  }

  /** Entries there is memory for. */
  get capacity(): number {
    return this.#entries.capacity
  }

  /** Says that keys of the first `count` hashes come next: what stands in the way of finding them is then in the processor's cache. */
  touch(hashes: Int32Array, count: number): void {
    this.#newest.touch(hashes, count)
  }

  /**
   * Tells whether a key counts as new at `time`: unless a kept time of it is less than `within` away, or, without `within`, unless any is kept at
   * this watermark. What is new is kept.
   */
  admit(key: KeyBytes, time: number, watermark: number): boolean {
    const newest = this.#find(key)
    if (this.#within === null) {
      if (newest !== NONE && !this.#isForgotten(this.#entries.times[newest]!, watermark)) return false
      // what is forgotten at once need not be kept; what is kept is newer than all before
      if (this.#isForgotten(time, watermark)) return true
    }
    if (newest === NONE) {
      this.#newest.add(key.hash, this.#add(key, time, NONE))
      return true
    }
    if (this.#within === null) {
      this.#link(newest, NONE, this.#add(key, time, newest))
      return true
    }
    const { times, older } = this.#entries
    const newer = this.#firstNewer(newest, time, this.#within)
    const nearest = newer === NONE ? newest : older[newer]!
    if (nearest !== NONE && time - times[nearest]! < this.#within) return false
    this.#link(newest, newer, this.#add(key, time, nearest))
    return true
  }

  #isForgotten(time: number, watermark: number): boolean {
    return this.#keepFor !== Infinity && time + this.#keepFor <= watermark
  }

  /** The entry of a key that has the greatest time. */
  #find(key: KeyBytes): number {
    const index = this.#newest
    for (let place = index.first(key.hash); ; place = index.after(place)) {
      const entry = index.numberAt(place)
      if (entry === NONE || this.#isOf(entry, key)) return entry
    }
  }

  #isOf(entry: number, { view, start, end }: KeyBytes): boolean {
    const { starts, lengths, times } = this.#entries
    if (lengths[entry] !== end - start) return false
    return this.#generationOf(times[entry]!).arena.isEqual(starts[entry]!, end - start, view, start)
  }

  #generationOf(time: number): Generation {
    const index = this.#indexOf(time)
    return index === this.#lastIndex ? this.#last! : this.#generations.get(index)!
  }

  /** The last entry, going down in time, that is at least `within` ahead of `time`. */
  #firstNewer(newest: number, time: number, within: number): number {
    const { times, older } = this.#entries
    let newer = NONE
    for (let at = newest; at !== NONE && times[at]! - time >= within; at = older[at]!) newer = at
    return newer
  }

  /** Puts an entry below `newer` in the chain of a key that begins with `newest`. */
  #link(newest: number, newer: number, entry: number): void {
    if (newer === NONE) this.#newest.replace(this.#entries.hashes[entry]!, newest, entry)
    else this.#entries.older[newer] = entry
  }

  #add({ view, start, end, hash }: KeyBytes, time: number, older: number): number {
    const entries = this.#entries
    const entry = entries.allocate()
    const generation = this.#reached(this.#indexOf(time))
    entries.times[entry] = time
    entries.older[entry] = older
    entries.hashes[entry] = hash
    entries.starts[entry] = generation.arena.append(view, start, end)
    entries.lengths[entry] = end - start
    entries.next[entry] = generation.head
    generation.head = entry
    generation.count += 1
    return entry
  }

  #reached(index: number): Generation {
    if (index === this.#lastIndex) return this.#last!
    const generation = this.#generations.get(index) ?? this.#begin(index)
    this.#lastIndex = index
    this.#last = generation
    return generation
  }

  #begin(index: number): Generation {
    const generation = { arena: this.#spares.pop() ?? new ByteArena(), head: NONE, count: 0, written: 0 }
    this.#generations.set(index, generation)
    this.#queue.push(index)
    this.#setNextExpiry()
    return generation
  }

  /** Rounding can only put an entry into a later generation. */
  #indexOf(time: number): number {
    return this.#keepFor === Infinity ? 0 : Math.floor((time + this.#keepFor) / this.#span)
  }

  #setNextExpiry(): void {
    const index = this.#queue.peek()
    this.#nextExpiry = index === undefined || this.#keepFor === Infinity ? Infinity : (index + 1) * this.#span
  }

  /** Forgets entries whose generation is over: w >= time + keepFor holds for all of it. */
  expire(watermark: number): void {
    if (watermark < this.#nextExpiry) return
    while (this.entries > 0 && watermark >= this.#nextExpiry) {
      this.#drop(this.#queue.pop()!)
      this.#setNextExpiry()
    }
    if (this.#entries.isSparse) this.#compact()
  }

  #drop(index: number): void {
    const generation = this.#generations.get(index)!
    const { older, next } = this.#entries
    for (let page = 0; page * PAGE_ENTRIES < generation.written; page += 1) this.#gone.push(pageName(index, page))
    for (let entry = generation.head; entry !== NONE; ) {
      this.touch(this.#touched, this.#entries.hashesFrom(entry, this.#touched))
      for (let left = TOUCHED; left > 0 && entry !== NONE; left -= 1) {
        if (older[entry] !== CUT) this.#cutKey(entry, generation, index)
        entry = next[entry]!
      }
    }
    this.#generations.delete(index)
    if (index === this.#lastIndex) this.#lastIndex = Number.NaN
    for (let entry = generation.head; entry !== NONE; ) {
      const after = next[entry]!
      this.#entries.free(entry)
      entry = after
    }
    if (this.#spares.length < SPARE_ARENAS && generation.arena.clear()) this.#spares.push(generation.arena)
  }

  /** Takes the entries of a key that are in the generation away: its oldest ones, since earlier generations are gone. */
  #cutKey(entry: number, { arena }: Generation, index: number): void {
    const { hashes, starts, lengths, times, older } = this.#entries
    const hash = hashes[entry]!
    let newer = NONE
    let at = entry
    if (this.#isNewest(entry)) this.#newest.remove(hash, entry)
    else {
      const start = starts[entry]!
      at = this.#find({ view: arena.view, start, end: start + lengths[entry]!, hash })
      for (; this.#indexOf(times[at]!) > index; at = older[at]!) newer = at
      if (newer === NONE) this.#newest.remove(hash, at)
      else older[newer] = NONE
    }
    while (at !== NONE) {
      const below = older[at]!
      older[at] = CUT
      at = below
    }
  }

  #isNewest(entry: number): boolean {
    const index = this.#newest
    let place = index.first(this.#entries.hashes[entry]!)
    while (index.numberAt(place) !== entry && index.numberAt(place) !== NONE) place = index.after(place)
    return index.numberAt(place) === entry
  }

  #compact(): void {
    const generations = [...this.#generations.values()]
    const moved = this.#entries.compact(generations.map(({ head }) => head))
    this.#newest.renumber(moved)
    for (const generation of generations) generation.head = moved(generation.head)
  }

  writeDirty(write: WritePage): void {
    const written = new Set<string>()
    for (const [index, generation] of this.#generations) {
      if (generation.written === generation.count) continue
      writeGeneration(index, generation, { entries: this.#entries, keepFor: this.#keepFor }, (page, bytes) => {
        written.add(page)
        write(page, bytes)
      })
    }
    for (const page of this.#gone) if (!written.has(page)) write(page, null)
    this.#gone = []
  }

  /**
   * Pages written when entries were kept for another time are written anew at the next epoch. Keys from when rows had no time are kept for ever:
   * nobody knows when they came.
   */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const names: string[] = []
    let isSame = true
    for (const [name, page] of pages) {
      names.push(name)
      const reader = new PageReader(page)
      isSame = reader.f64() === this.#keepFor && isSame
      while (!reader.isAtEnd) {
        const time = reader.f64()
        const isTimeless = Number.isNaN(time) && this.#keepFor !== Infinity
        this.#insert(keyBytesOf(reader.textBytes()), isTimeless ? Infinity : time)
      }
    }
    if (isSame) for (const generation of this.#generations.values()) generation.written = generation.count
    else this.#gone = names
  }

  dump(): Iterable<string> {
    return dumpGenerations(this.#generations, this.#entries)
  }

  load(entry: EntryTexts): void {
    this.#insert(keyBytesOf(Buffer.from(keyOf(entry))), instantOf(memberOf(entry, 'time')))
  }

  #insert(key: KeyBytes, time: number): void {
    const newest = this.#find(key)
    if (newest === NONE) {
      this.#newest.add(key.hash, this.#add(key, time, NONE))
      return
    }
    const newer = this.#firstNewer(newest, time, 0)
    this.#link(newest, newer, this.#add(key, time, newer === NONE ? newest : this.#entries.older[newer]!))
  }
}
