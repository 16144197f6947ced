import { type Column, Tag } from '../data/column.ts'
import type { ColumnType } from '../data/column-type.ts'
import { grown } from '../data/grown.ts'
import { type KeyBytes, keyBytesOf } from '../data/key-bytes.ts'
import { KeyText } from '../data/key-text.ts'
import { PageReader } from '../data/page.ts'
import { RowKeys } from '../data/row-keys.ts'
import type { Value } from '../data/value.ts'
import { HashIndex } from './hash-index.ts'
import { IntStack } from './int-stack.ts'
import { KeyCache } from './key-cache.ts'
import { keyPage } from './key-page.ts'
import { KeyParts } from './key-parts.ts'
import { SlotReferences } from './slot-references.ts'
import { StringSlots } from './string-slots.ts'
import type { StateStructure, StructureShape, WritePage } from './structure.ts'

/** With so many slots without references, operators let some go; at least as many as a batch can make. */
export const SPARED_SLOTS = 1 << 14
/** Slots per checkpoint page. */
const PAGE_SLOTS = 512
const PAGE_SHIFT = 9

/**
 * Keys as dense slots: equal keys (DESIGN 4.7: by JSON value and type, NULL is a key like any other) have one slot for as long as something
 * retains it. A key without parts is one group. Slots are reference-counted by rows of other structures; a slot without references
 * stays valid until `recycle()`, so that a batch may look its keys up before it uses them.
 *
 * Pages hold the keys only: on restore the structures that refer to slots retain them again, so the table must be restored first.
 */
export class KeyTable implements StateStructure {
  readonly name = 'keys'
  readonly #types: readonly ColumnType[]
  readonly #parts: KeyParts
  /** Slots by key; of keys that are one string in `#strings` instead. */
  readonly #index = new HashIndex()
  readonly #strings = new StringSlots()
  readonly #cache: KeyCache
  /** The key that is looked for, and where each of its parts ends. */
  readonly #text = new KeyText()
  readonly #ends: Int32Array
  readonly #rowKeys = new RowKeys()
  readonly #references = new SlotReferences(PAGE_SLOTS)
  readonly #free = new IntStack()
  #allocated = 0
  #isDirty = new Uint8Array(1)

  /** `types`: the static type of each part; a BIGINT part is given back as a bigint. */
  constructor(types: readonly ColumnType[]) {
    this.#types = types
    this.#parts = new KeyParts(types)
    this.#cache = new KeyCache(types.length)
    this.#ends = new Int32Array(types.length)
  }

  get shape(): StructureShape {
    return { kind: 'key-table', types: this.#types }
  }

  get parts(): number {
    return this.#types.length
  }

  /** Keys that something retains. */
  get entries(): number {
    return this.#references.retained
  }

  /** Slots that exist, free ones included: what the table's memory goes by. */
  get capacity(): number {
    return this.#references.capacity
  }

  /** The slot of row i's key; a new key gets one. `columns`: one per part. */
  slotOf(columns: readonly Column[], i: number): number {
    this.#follow(columns)
    return this.#slotAt(columns, i)
  }

  /** `slotOf` for rows [from, to), into the same places of `into`. */
  slotsOf(columns: readonly Column[], from: number, to: number, into: Int32Array): void {
    if (columns.length === 0) {
      if (from < to) into.fill(this.#slotAt(columns, from), from, to)
      return
    }
    this.#follow(columns)
    if (columns.length === 1 && columns[0]!.encoding === 'span') {
      this.#findSpans(columns, from, to, into)
      return
    }
    this.#cache.findAll(columns, from, to, into)
    for (let i = from; i < to; i += 1) if (into[i]! < 0) into[i] = this.#slotAt(columns, i)
  }

  /** Spans are mostly rare texts, whose places no processor's cache holds: they are loaded for many rows at a time, and nothing is copied. */
  #findSpans(columns: readonly Column[], from: number, to: number, into: Int32Array): void {
    const { tags } = columns[0]!
    const keys = this.#rowKeys
    const index = this.#strings.index ?? this.#indexStrings()
    keys.load(columns, from, to)
    index.firstOf(keys.hashes, from, to, into)
    this.#parts.touch(into, from, to)
    for (let i = from; i < to; i += 1) {
      if (tags[i] !== Tag.String) into[i] = this.#slotAt(columns, i)
      else if (into[i]! < 0 || !this.#parts.isEqual(into[i]!, keys.at(i))) into[i] = this.#slotOfSpan(index, keys.at(i))
    }
  }

  #slotOfSpan(index: HashIndex, key: KeyBytes): number {
    const known = this.#findIn(index, key)
    if (known >= 0) return known
    this.#ends[0] = key.end
    this.#strings.addStranger()
    return this.#add(index, key)
  }

  /** Sees to it that ids mean what the columns mean by them. */
  #follow(columns: readonly Column[]): void {
    if (this.#cache.isFollowing(columns)) return
    if (!this.#cache.isOfSameDictionaries(columns)) this.#strings.keepIndex()
    this.#cache.follow(columns)
    if (this.#strings.index) this.#strings.setAllStrangers()
    else if (this.#types.length === 1) this.#indexStrings()
    this.#strings.dropUnneeded()
  }

  #indexStrings(): HashIndex {
    const hashOf = (slot: number) => this.#parts.hashOf(slot)
    return this.#strings.makeIndex(this.#parts.strings(this.#allocated), hashOf, (slot) => this.#cache.hasId(slot))
  }

  retain(slot: number): void {
    if (this.#references.retain(slot)) this.#isDirty[slot >> PAGE_SHIFT] = 1
  }

  release(slot: number): void {
    if (this.#references.release(slot)) this.#isDirty[slot >> PAGE_SHIFT] = 1
  }

  /** `release` of each of `slots`, which is used up. */
  releaseAll(slots: Int32Array): void {
    const count = this.#references.releaseAll(slots)
    const isDirty = this.#isDirty
    for (let i = 0; i < count; i += 1) isDirty[slots[i]! >> PAGE_SHIFT] = 1
  }

  /**
   * Frees slots without references. Nobody may hold such a slot across this call: operators make it when they begin a new batch. With a `limit` it
   * waits until there are more of them, since keys that went often come again, and then frees at most so many.
   */
  recycle(limit = 0): void {
    if (this.#references.pending <= limit) return
    this.#forgetPending(limit === 0 ? Infinity : limit)
    this.#parts.tidy(this.#allocated)
  }

  /** By itself: what the engine makes of a loop while it runs should end with it. */
  #forgetPending(limit: number): void {
    for (let left = Math.min(limit, this.#references.pending); left > 0; left -= 1) {
      const slot = this.#references.takePending()
      if (!this.#references.has(slot)) this.#forget(slot)
    }
  }

  /** Part k of a key. Nested values have the canonical text of keys. */
  part(slot: number, k: number): Value {
    return this.#parts.part(slot, k)
  }

  /** Writes part k of all `slots` to the rows of a column of spans that begin with `at`; good until the next `recycle()`. */
  fill(k: number, slots: Int32Array, column: Column, at: number): void {
    this.#parts.fill(k, slots, column, at)
  }

  #slotAt(columns: readonly Column[], i: number): number {
    const known = columns.length === 0 ? -1 : this.#cache.find(columns, i)
    if (known >= 0) return known
    const column = columns[0]
    if (columns.length === 1 && column!.tags[i] === Tag.String) return this.#slotOfString(columns, i)
    this.#read(columns, i)
    const key = this.#text.key()
    let slot = this.#findIn(this.#index, key)
    if (slot < 0) slot = this.#add(this.#index, key)
    if (columns.length > 0) this.#cache.store(columns, i, slot)
    return slot
  }

  #read(columns: readonly Column[], i: number): void {
    const text = this.#text
    text.clear()
    for (let k = 0; k < columns.length; k += 1) {
      if (k > 0) text.comma()
      text.value(columns[k]!, i)
      this.#ends[k] = text.length
    }
  }

  #findIn(index: HashIndex, key: KeyBytes): number {
    for (let place = index.first(key.hash); ; place = index.after(place)) {
      const slot = index.numberAt(place)
      if (slot < 0 || this.#parts.isEqual(slot, key)) return slot
    }
  }

  /** The slot of a key that is one string, and that no id leads to. */
  #slotOfString(columns: readonly Column[], i: number): number {
    const { encoding, ids } = columns[0]!
    const isInterned = encoding === 'interned'
    const index = this.#strings.index ?? (isInterned ? null : this.#indexStrings())
    this.#read(columns, i)
    const key = this.#text.key()
    let slot = index === null ? -1 : this.#findIn(index, key)
    if (slot < 0) {
      slot = this.#add(index, key)
      if (!isInterned) this.#strings.addStranger()
    } else if (isInterned && !this.#cache.hasId(slot)) this.#strings.setKnown()
    if (isInterned) this.#cache.storeId(ids[i]!, slot)
    else this.#cache.store(columns, i, slot)
    return slot
  }

  /** A new slot for a key whose parts end at `#ends`. */
  #add(index: HashIndex | null, key: KeyBytes): number {
    const slot = this.#allocate()
    this.#parts.set(slot, key, this.#ends)
    index?.add(key.hash, slot)
    return slot
  }

  #allocate(): number {
    const free = this.#free.pop()
    const slot = free >= 0 ? free : this.#allocated++
    this.#reserve(slot + 1)
    this.#references.setPending(slot)
    return slot
  }

  #reserve(slots: number): void {
    if (slots <= this.#references.capacity) return
    const capacity = this.#references.capacity * 2
    this.#references.reserve(capacity)
    this.#isDirty = grown(this.#isDirty, capacity >> PAGE_SHIFT)
    this.#parts.reserve(capacity)
    this.#reserve(slots)
  }

  #forget(slot: number): void {
    if (!this.#parts.isString(slot)) this.#index.remove(this.#parts.hashOf(slot), slot)
    else {
      this.#strings.index?.remove(this.#parts.hashOf(slot), slot)
      if (!this.#cache.hasId(slot)) this.#strings.setKnown()
    }
    this.#cache.forget(slot)
    this.#parts.clear(slot)
    this.#free.push(slot)
  }

  writeDirty(write: WritePage): void {
    for (let page = 0; page < this.#isDirty.length; page += 1) {
      if (this.#isDirty[page] === 0) continue
      this.#isDirty[page] = 0
      const first = page * PAGE_SLOTS
      const slots = { first, to: first + PAGE_SLOTS, references: this.#references }
      write(`${page}`.padStart(8, '0'), keyPage(this.#parts, slots, this.#ends))
    }
  }

  /** Keys that nothing retains again by the next `recycle()` are forgotten. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const { parts } = this
    for (const [, bytes] of pages) {
      const reader = new PageReader(bytes)
      while (!reader.isAtEnd) {
        const slot = reader.u32()
        const key = keyBytesOf(parts === 0 ? Buffer.alloc(0) : reader.textBytes())
        reader.i32s(this.#ends, 0, parts)
        this.put(slot, key, this.#ends)
      }
    }
    if (parts === 1) this.#indexStrings()
  }

  /** Gives a slot above all others its key, while state is read back. `ends`: where in its text each part ends. */
  put(slot: number, key: KeyBytes, ends: Int32Array): void {
    this.#reserve(slot + 1)
    this.#parts.set(slot, key, ends)
    if (!this.#parts.isString(slot)) this.#index.add(key.hash, slot)
    this.#references.setPending(slot)
    while (this.#allocated < slot) this.#free.push(this.#allocated++)
    this.#allocated = slot + 1
  }

  /** The canonical text of a key, its parts with commas between. */
  textOf(slot: number): string {
    const [bytes, start, end] = this.parts === 0 ? [Buffer.alloc(0), 0, 0] : this.#parts.bytesOf(slot)
    return bytes.toString('utf8', start, end)
  }
}
