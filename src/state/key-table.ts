import { assert } from '../base/assert.ts'
import { type Column, Tag } from '../data/column.ts'
import type { ColumnType } from '../data/column-type.ts'
import { PageReader, PageWriter } from '../data/page.ts'
import { JsonText, keyTextOf, type Value, valueOfJson } from '../data/value.ts'
import { grown } from './accumulator-table.ts'
import { IntStack } from './int-stack.ts'
import { KeyCache } from './key-cache.ts'
import { StringSlots } from './string-slots.ts'
import type { StateStructure, WritePage } from './structure.ts'
import { TextIndex } from './text-index.ts'

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
  /** Slots by key text; keys that are one string are in `#strings` instead. */
  readonly #texts = new TextIndex()
  readonly #cache: KeyCache
  /** Part k of a slot is at slot * parts + k. */
  readonly #values: Value[] = []
  readonly #strings = new StringSlots((slot) => this.#values[slot] as string)
  #references = new Int32Array(PAGE_SLOTS)
  #isPending = new Uint8Array(PAGE_SLOTS)
  /** Slots that had no references at some time since the last `recycle()`, each once. */
  readonly #pending = new IntStack()
  readonly #free = new IntStack()
  #allocated = 0
  #retained = 0
  #isDirty = new Uint8Array(1)

  /** `types`: the static type of each part; a BIGINT part is given back as a bigint. */
  constructor(types: readonly ColumnType[]) {
    this.#types = types
    this.#cache = new KeyCache(types.length)
  }

  get parts(): number {
    return this.#types.length
  }

  /** Keys that something retains. */
  get entries(): number {
    return this.#retained
  }

  /** Slots that exist, free ones included: what the table's memory goes by. */
  get capacity(): number {
    return this.#references.length
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
    this.#cache.findAll(columns, from, to, into)
    for (let i = from; i < to; i += 1) if (into[i]! < 0) into[i] = this.#slotAt(columns, i)
  }

  /** Sees to it that ids mean what the columns mean by them. */
  #follow(columns: readonly Column[]): void {
    if (this.#cache.isFollowing(columns)) return
    if (!this.#cache.isOfSameDictionaries(columns)) this.#strings.keepIndex()
    this.#cache.follow(columns)
    if (this.#strings.isIndexed) this.#strings.setAllStrangers()
    else if (this.#types.length === 1) this.#indexStrings()
    this.#strings.dropUnneeded()
  }

  #indexStrings(): void {
    this.#strings.index(this.#stringKeys(), (slot) => this.#cache.hasId(slot))
  }

  *#stringKeys(): Generator<readonly [string, number]> {
    for (let slot = 0; slot < this.#allocated; slot += 1) {
      const value = this.#values[slot]
      if (typeof value === 'string') yield [value, slot]
    }
  }

  retain(slot: number): void {
    const references = this.#references[slot]!
    this.#references[slot] = references + 1
    if (references > 0) return
    this.#retained += 1
    this.#isDirty[slot >> PAGE_SHIFT] = 1
  }

  release(slot: number): void {
    const references = this.#references[slot]! - 1
    assert(references >= 0, 'a key was released more often than retained')
    this.#references[slot] = references
    if (references > 0) return
    this.#retained -= 1
    this.#isDirty[slot >> PAGE_SHIFT] = 1
    this.#setPending(slot)
  }

  /**
   * Frees slots without references. Nobody may hold such a slot across this call: operators make it when they begin a new batch. With a `limit` it
   * waits until there are more of them, since keys that went often come again, and then frees at most so many.
   */
  recycle(limit = 0): void {
    if (this.#pending.length <= limit) return
    for (let left = limit === 0 ? Infinity : limit; left > 0; left -= 1) {
      const slot = this.#pending.pop()
      if (slot < 0) break
      this.#isPending[slot] = 0
      if (this.#references[slot]! === 0) this.#forget(slot)
    }
  }

  /** Part k of a key. Nested values have the canonical text of keys. */
  part(slot: number, k: number): Value {
    return this.#values[slot * this.#types.length + k]!
  }

  /** Writes part k of all `slots` to the rows of a plain column that begin with `at`. */
  fill(k: number, slots: Int32Array, column: Column, at: number): void {
    const parts = this.#types.length
    const { tags, values } = column
    for (let i = 0; i < slots.length; i += 1) {
      const value = this.#values[slots[i]! * parts + k]!
      if (typeof value === 'string') {
        tags[at + i] = Tag.String
        values[at + i] = value
      } else column.set(at + i, value)
    }
  }

  #slotAt(columns: readonly Column[], i: number): number {
    const known = columns.length === 0 ? -1 : this.#cache.find(columns, i)
    if (known >= 0) return known
    const column = columns[0]
    if (columns.length === 1 && column!.tags[i] === Tag.String) return this.#slotOfString(column!, i)
    let text = ''
    for (let k = 0; k < columns.length; k += 1) text += (k > 0 ? ',' : '') + keyTextOf(columns[k]!.value(i))
    let slot = this.#texts.get(text)
    if (slot < 0) {
      slot = this.#allocate()
      this.#texts.set(text, slot)
      for (let k = 0; k < columns.length; k += 1)
        this.#values[slot * columns.length + k] = this.#partOf(columns[k]!, i, k)
    }
    if (columns.length > 0) this.#cache.store(columns, i, slot)
    return slot
  }

  /** The slot of a key that is one string, and that no id leads to. */
  #slotOfString(column: Column, i: number): number {
    const text = column.text(i)
    const value = text.toWellFormed()
    const isInterned = column.encoding === 'interned'
    if (value !== text) this.#strings.keepIndex() // two ids may print the same
    if (!this.#strings.isIndexed && (value !== text || !isInterned)) this.#indexStrings()
    let slot = this.#strings.find(value)
    if (slot < 0) {
      slot = this.#allocate()
      this.#values[slot] = value
      this.#strings.add(value, slot, isInterned)
    } else if (isInterned && !this.#cache.hasId(slot)) this.#strings.setKnown()
    if (isInterned) this.#cache.storeId(column.ids[i]!, slot)
    return slot
  }

  /** The part as it will be printed: the same for equal keys, whichever row came first. */
  #partOf(column: Column, i: number, k: number): Value {
    const value = column.value(i)
    if (typeof value === 'string') return value.toWellFormed()
    if (value === null || typeof value === 'boolean') return value
    const text = keyTextOf(value)
    if (value instanceof JsonText) return new JsonText(text)
    const number = valueOfJson(text)
    return this.#types[k] === 'bigint' && typeof number === 'number' ? BigInt(number) : number
  }

  #allocate(): number {
    const free = this.#free.pop()
    const slot = free >= 0 ? free : this.#allocated++
    this.#reserve(slot + 1)
    this.#setPending(slot)
    return slot
  }

  #reserve(slots: number): void {
    if (slots <= this.#references.length) return
    const capacity = this.#references.length * 2
    this.#references = grown(this.#references, new Int32Array(capacity))
    this.#isPending = grown(this.#isPending, new Uint8Array(capacity))
    this.#isDirty = grown(this.#isDirty, new Uint8Array(capacity >> PAGE_SHIFT))
    this.#reserve(slots)
  }

  #setPending(slot: number): void {
    if (this.#isPending[slot] === 1) return
    this.#isPending[slot] = 1
    this.#pending.push(slot)
  }

  #forget(slot: number): void {
    const parts = this.#types.length
    const value = this.#values[slot]
    if (parts === 1 && typeof value === 'string') this.#strings.delete(value, this.#cache.hasId(slot))
    else this.#texts.delete(this.#textOf(slot))
    this.#cache.forget(slot)
    for (let k = 0; k < parts; k += 1) this.#values[slot * parts + k] = null
    this.#free.push(slot)
  }

  #textOf(slot: number): string {
    const parts = this.#types.length
    let text = ''
    for (let k = 0; k < parts; k += 1) text += (k > 0 ? ',' : '') + keyTextOf(this.#values[slot * parts + k]!)
    return text
  }

  writeDirty(write: WritePage): void {
    for (let page = 0; page < this.#isDirty.length; page += 1) {
      if (this.#isDirty[page] === 0) continue
      this.#isDirty[page] = 0
      write(pageName(page), this.#pageBytes(page))
    }
  }

  /** A slot's number within the page, then its parts; null if nothing retains any of them. */
  #pageBytes(page: number): Uint8Array | null {
    const parts = this.#types.length
    const writer = new PageWriter()
    let count = 0
    for (let slot = page * PAGE_SLOTS; slot < (page + 1) * PAGE_SLOTS; slot += 1) {
      if (this.#references[slot]! === 0) continue
      count += 1
      writer.u32(slot)
      for (let k = 0; k < parts; k += 1) writer.value(this.#values[slot * parts + k]!)
    }
    return count === 0 ? null : writer.bytes()
  }

  /** Keys that no structure retains again by the next `recycle()` are forgotten. */
  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    const parts = this.#types.length
    for (const [, bytes] of pages) {
      const reader = new PageReader(bytes)
      while (!reader.isAtEnd) {
        const slot = reader.u32()
        this.#reserve(slot + 1)
        while (this.#values.length < (slot + 1) * parts) this.#values.push(null)
        for (let k = 0; k < parts; k += 1) this.#values[slot * parts + k] = reader.value()
        if (parts !== 1 || typeof this.#values[slot] !== 'string') this.#texts.set(this.#textOf(slot), slot)
        this.#setPending(slot)
        while (this.#allocated < slot) this.#free.push(this.#allocated++)
        this.#allocated = slot + 1
      }
    }
    if (parts === 1) this.#indexStrings()
  }
}

const pageName = (page: number): string => `${page}`.padStart(8, '0')
