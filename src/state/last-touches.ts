import { Heap } from '../base/heap.ts'
import { grown } from '../data/grown.ts'
import { instantOf, instantText } from '../data/json-values.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** Slots per checkpoint page. */
const PAGE_SLOTS = 512
const PAGE_SHIFT = 9
/** Slots that expire within so many parts of the TTL are put in order together. */
const BUCKETS = 256
/** Entries of keys that are gone may be as many as those of keys that are not, and this many more. */
const SPARE_ENTRIES = 1024

/** A key in line to be looked at. It may have been touched since, or have gone. */
interface Entry {
  readonly at: number
  readonly arrival: number
  readonly slot: number
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.arrival < b.arrival)

export interface LastTouchesOptions {
  /** ms of event time; null: keys are never forgotten, and nothing is kept here. */
  readonly ttl: number | null
  /** When the group of a slot began, as a number that only grows and that no other group has. */
  readonly arrivalOf: (slot: number) => number
}

/**
 * State TTL: by slot of a key, the greatest event time at which it was touched. A key is forgotten when w >= last touch + TTL, neither before nor after: who
 * owns it asks for those that are due before each row that finds a greater watermark. A touch costs no place in a queue: each key waits in the bucket of the time at which it would
 * have been due when it was last looked at, and moves on when that bucket's time has come.
 */
export class LastTouches implements StateStructure {
  readonly name = 'touches'
  readonly #ttl: number | null
  readonly #arrivalOf: (slot: number) => number
  readonly #width: number
  /** By slot; NaN: it has no key. */
  #times = new Float64Array(PAGE_SLOTS).fill(Number.NaN)
  #isDirty = new Uint8Array(1)
  #size = 0
  /** By number: slot and arrival of each entry, one behind the other. */
  readonly #buckets = new Map<number, number[]>()
  readonly #numbers = new Heap<number>((a, b) => a < b)
  /** Entries of buckets that were opened. */
  #open = new Heap<Entry>(isBefore)
  #openNumber = -Infinity
  #entries = 0
  /** Pages in the store that belong to a TTL that was given up. */
  #gone: string[] = []

  constructor({ ttl, arrivalOf }: LastTouchesOptions) {
    this.#ttl = ttl
    this.#arrivalOf = arrivalOf
    this.#width = Math.max(1, (ttl ?? 1) / BUCKETS)
  }

  get shape(): StructureShape {
    return { kind: 'last-touches', ttl: this.#ttl }
  }

  get entries(): number {
    return this.#size
  }

  /** Entries in line, those of keys that are gone included: what the memory goes by besides the slots. */
  get waiting(): number {
    return this.#entries
  }

  /** Nothing is due below this watermark. */
  get nextDue(): number {
    const bucket = this.#numbers.peek()
    const inBucket = bucket === undefined ? Infinity : bucket * this.#width - 1 // one less, for rounding
    return Math.min(this.#open.peek()?.at ?? Infinity, inBucket)
  }

  has(slot: number): boolean {
    return slot < this.#times.length && !Number.isNaN(this.#times[slot]!)
  }

  /** A key that has no touch yet begins to be counted. */
  begin(slot: number, time: number): void {
    if (this.#ttl === null) return
    this.#reserve(slot + 1)
    this.#times[slot] = time
    this.#isDirty[slot >> PAGE_SHIFT] = 1
    this.#size += 1
    this.#enter(slot, this.#arrivalOf(slot), time + this.#ttl)
    if (this.#entries > 2 * this.#size + SPARE_ENTRIES) this.#rebuild()
  }

  touch(slot: number, time: number): void {
    if (this.#ttl === null || !(time > this.#times[slot]!)) return
    this.#times[slot] = time
    this.#isDirty[slot >> PAGE_SHIFT] = 1
  }

  end(slot: number): void {
    if (this.#ttl === null || !this.has(slot)) return
    this.#times[slot] = Number.NaN
    this.#isDirty[slot >> PAGE_SHIFT] = 1
    this.#size -= 1
  }

  /** The next key that is to be forgotten at this watermark, by the time it is due and then arrival; null: none. `end` takes it out. */
  due(watermark: number): { readonly slot: number; readonly at: number } | null {
    if (this.#ttl === null) return null
    while (this.nextDue <= watermark) {
      const entry = this.#open.peek()
      const bucket = this.#numbers.peek()
      if (bucket !== undefined && (entry === undefined || bucket * this.#width - 1 <= entry.at)) {
        this.#openNext()
        continue
      }
      if (entry === undefined) return null
      const at = this.#dueOf(entry)
      if (at === entry.at) return entry
      this.#open.pop()
      this.#entries -= 1
      if (at !== null) this.#enter(entry.slot, entry.arrival, at)
    }
    return null
  }

  /** When the key of an entry is due by now; null: it has gone. */
  #dueOf({ slot, arrival }: { readonly slot: number; readonly arrival: number }): number | null {
    return this.has(slot) && this.#arrivalOf(slot) === arrival ? this.#times[slot]! + this.#ttl! : null
  }

  #enter(slot: number, arrival: number, at: number): void {
    this.#entries += 1
    const number = Math.floor(at / this.#width)
    if (number <= this.#openNumber) {
      this.#open.push({ slot, arrival, at })
      return
    }
    const bucket = this.#buckets.get(number)
    if (bucket !== undefined) bucket.push(slot, arrival)
    else {
      this.#buckets.set(number, [slot, arrival])
      this.#numbers.push(number)
    }
  }

  #openNext(): void {
    const number = this.#numbers.pop()!
    const bucket = this.#buckets.get(number)!
    this.#buckets.delete(number)
    this.#openNumber = number
    this.#entries -= bucket.length / 2
    for (let i = 0; i < bucket.length; i += 2) {
      const [slot, arrival] = [bucket[i]!, bucket[i + 1]!]
      const at = this.#dueOf({ slot, arrival })
      if (at !== null) this.#enter(slot, arrival, at)
    }
  }

  /** Leaves the entries of keys that are gone behind. */
  #rebuild(): void {
    this.#buckets.clear()
    this.#numbers.clear()
    this.#open.clear()
    this.#entries = 0
    for (let slot = 0; slot < this.#times.length; slot += 1) {
      if (this.has(slot)) this.#enter(slot, this.#arrivalOf(slot), this.#times[slot]! + this.#ttl!)
    }
  }

  *dump(keys: KeyTexts): Generator<string> {
    const slots = [...this.#times.keys()].filter((slot) => this.has(slot))
    for (const slot of slots.sort((a, b) => this.#arrivalOf(a) - this.#arrivalOf(b)))
      yield `"time":${instantText(this.#times[slot]!)},${keyMember(keys.textOf(slot))}`
  }

  /** Of groups that were loaded before. */
  load(entry: EntryTexts, keys: KeyTexts): void {
    this.begin(keys.slotOfText(keyOf(entry)), instantOf(memberOf(entry, 'time')))
  }

  #reserve(slots: number): void {
    if (slots <= this.#times.length) return
    const pages = Math.max((slots + PAGE_SLOTS - 1) >> PAGE_SHIFT, this.#isDirty.length * 2)
    const from = this.#times.length
    this.#times = grown(this.#times, pages << PAGE_SHIFT).fill(Number.NaN, from)
    this.#isDirty = grown(this.#isDirty, pages)
  }

  writeDirty(write: WritePage): void {
    for (const page of this.#gone) write(page, null)
    this.#gone = []
    for (let page = 0; page < this.#isDirty.length; page += 1) {
      if (this.#isDirty[page] === 0) continue
      this.#isDirty[page] = 0
      write(`${page}`.padStart(8, '0'), this.#pageBytes(page))
    }
  }

  /** Slot and time of each key. */
  #pageBytes(page: number): Uint8Array | null {
    const writer = new PageWriter()
    let count = 0
    for (let slot = page << PAGE_SHIFT; slot < (page + 1) << PAGE_SHIFT; slot += 1) {
      if (!this.has(slot)) continue
      count += 1
      writer.u32(slot)
      writer.f64(this.#times[slot]!)
    }
    return count === 0 ? null : writer.bytes()
  }

  /** Of groups that were restored before. Without a TTL what another run kept is deleted with the next epoch. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const [name, bytes] of pages) {
      if (this.#ttl === null) {
        this.#gone.push(name)
        continue
      }
      const reader = new PageReader(bytes)
      while (!reader.isAtEnd) {
        const slot = reader.u32()
        this.begin(slot, reader.f64())
      }
    }
    this.#isDirty.fill(0)
  }
}
