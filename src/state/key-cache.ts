import { type Column, Tag } from '../data/column.ts'
import type { Dictionary } from '../data/dictionary.ts'
import { grown } from '../data/grown.ts'
import { TextSlots } from './text-slots.ts'

const SMALLEST = 1024
const LARGEST = 1 << 18

/**
 * Remembers the slots of keys by what their columns hold, so that most rows need no text. Strings count by dictionary id: with another
 * dictionary or generation the cache begins anew. Strings of a single plain column count by themselves; other strings, nested values and big integers are
 * never remembered.
 *
 * A single interned column has an array from id to slot. Everything else that is no text shares a direct-mapped table: a key has one place, and a
 * newer key may take it over. A miss only costs time; a hit is always right, since both forget a slot when told.
 */
export class KeyCache {
  readonly #parts: number
  readonly #dictionaries: (Dictionary | null)[]
  readonly #generations: Float64Array
  /** Slot + 1 by dictionary id of the single column, 0: unknown; and back. */
  #slotOfId = new Int32Array(0)
  #idOfSlot = new Int32Array(0)
  /** Slot by place, -1: empty; and place + 1 by slot, 0: none. Part k at place p: tag and number (or id) at p * parts + k. */
  #slotAt = new Int32Array(0)
  #placeOfSlot = new Int32Array(0)
  #tags = new Uint8Array(0)
  #numbers = new Float64Array(0)
  #used = 0
  readonly #texts = new TextSlots()
  readonly #bits = new Float64Array(1)
  readonly #words = new Int32Array(this.#bits.buffer)

  constructor(parts: number) {
    this.#parts = parts
    this.#dictionaries = new Array(parts).fill(null)
    this.#generations = new Float64Array(parts)
  }

  /** The slots of rows [from, to), -1 where unknown, into the same places of `into`. */
  findAll(columns: readonly Column[], from: number, to: number, into: Int32Array): void {
    const [column] = columns
    if (columns.length === 1 && column!.encoding === 'interned') this.#findIds(column!, from, to, into)
    else if (columns.length === 1 && column!.encoding === 'plain') this.#findTexts(columns, from, to, into)
    else for (let i = from; i < to; i += 1) into[i] = this.#find(columns, i)
  }

  #findIds(column: Column, from: number, to: number, into: Int32Array): void {
    const { tags, ids } = column
    const slots = this.#slotOfId
    for (let i = from; i < to; i += 1) {
      const id = tags[i] === Tag.String ? ids[i]! : -1
      into[i] = id >= 0 && id < slots.length ? slots[id]! - 1 : -1
    }
  }

  #findTexts(columns: readonly Column[], from: number, to: number, into: Int32Array): void {
    const { tags, values } = columns[0]!
    for (let i = from; i < to; i += 1)
      into[i] = tags[i] === Tag.String ? this.#texts.slotOf(values[i] as string) : this.#find(columns, i)
  }

  /** The slot of row i, or -1. */
  find(columns: readonly Column[], i: number): number {
    if (this.#isText(columns, i)) return this.#texts.slotOf(columns[0]!.values[i] as string)
    const id = this.#singleId(columns, i)
    if (id >= 0) return id < this.#slotOfId.length ? this.#slotOfId[id]! - 1 : -1
    return this.#find(columns, i)
  }

  /** Remembers the slot of row i's key, if such a key can be remembered. */
  store(columns: readonly Column[], i: number, slot: number): void {
    const id = this.#singleId(columns, i)
    if (this.#isText(columns, i)) this.#texts.store(columns[0]!.values[i] as string, slot)
    else if (id >= 0) this.storeId(id, slot)
    else if (this.#isCacheable(columns, i)) this.#storePlace(columns, i, slot)
  }

  /** Remembers the slot of a text of the single interned column. */
  storeId(id: number, slot: number): void {
    this.#slotOfId = withRoom(this.#slotOfId, id + 1)
    this.#idOfSlot = withRoom(this.#idOfSlot, slot + 1)
    if (this.#idOfSlot[slot]! > 0) this.#slotOfId[this.#idOfSlot[slot]! - 1] = 0
    this.#slotOfId[id] = slot + 1
    this.#idOfSlot[slot] = id + 1
  }

  /** Does an id of the single interned column lead to the slot? */
  hasId(slot: number): boolean {
    return slot < this.#idOfSlot.length && this.#idOfSlot[slot]! > 0
  }

  #storePlace(columns: readonly Column[], i: number, slot: number): void {
    if (this.#used * 2 >= this.#slotAt.length) this.#resize()
    this.#placeOfSlot = withRoom(this.#placeOfSlot, slot + 1)
    this.#forgetPlace(slot)
    const place = this.#placeOf(columns, i)
    if (this.#slotAt[place]! < 0) this.#used += 1
    this.#slotAt[place] = slot
    this.#placeOfSlot[slot] = place + 1
    for (let k = 0; k < this.#parts; k += 1) {
      this.#tags[place * this.#parts + k] = tagOf(columns[k]!, i)
      this.#numbers[place * this.#parts + k] = numberOf(columns[k]!, i)
    }
  }

  /** The slot is about to mean another key. */
  forget(slot: number): void {
    if (this.hasId(slot)) {
      this.#slotOfId[this.#idOfSlot[slot]! - 1] = 0
      this.#idOfSlot[slot] = 0
    }
    if (slot < this.#placeOfSlot.length) this.#forgetPlace(slot)
    this.#texts.forget(slot)
  }

  #forgetPlace(slot: number): void {
    const place = this.#placeOfSlot[slot]! - 1
    if (place < 0) return
    this.#placeOfSlot[slot] = 0
    if (this.#slotAt[place] !== slot) return
    this.#slotAt[place] = -1
    this.#used -= 1
  }

  /** Do ids of the columns mean what they meant? Ask before anything else, and `follow` if not. */
  isFollowing(columns: readonly Column[]): boolean {
    for (let k = 0; k < this.#parts; k += 1) {
      const { dictionary } = columns[k]!
      if (dictionary === null) continue
      if (dictionary !== this.#dictionaries[k] || dictionary.generation !== this.#generations[k]) return false
    }
    return true
  }

  /** Has the cache followed no other dictionaries than these, be it in another generation? */
  isOfSameDictionaries(columns: readonly Column[]): boolean {
    return columns.every(({ dictionary }, k) => {
      const known = this.#dictionaries[k]
      return dictionary === null || known === null || known === dictionary
    })
  }

  /** Empties the cache and takes up the dictionaries of the columns. */
  follow(columns: readonly Column[]): void {
    for (let k = 0; k < this.#parts; k += 1) {
      const { dictionary } = columns[k]!
      if (dictionary === null) continue
      this.#dictionaries[k] = dictionary
      this.#generations[k] = dictionary.generation
    }
    this.#clear()
  }

  #clear(): void {
    this.#slotOfId.fill(0)
    this.#idOfSlot.fill(0)
    this.#slotAt.fill(-1)
    this.#placeOfSlot.fill(0)
    this.#used = 0
  }

  /** Grows, forgetting what the places held, up to a limit. */
  #resize(): void {
    if (this.#slotAt.length >= LARGEST) return
    const places = Math.max(SMALLEST, this.#slotAt.length * 2)
    this.#slotAt = new Int32Array(places).fill(-1)
    this.#tags = new Uint8Array(places * this.#parts)
    this.#numbers = new Float64Array(places * this.#parts)
    this.#placeOfSlot.fill(0)
    this.#used = 0
  }

  #isText(columns: readonly Column[], i: number): boolean {
    const column = columns[0]!
    return this.#parts === 1 && column.encoding === 'plain' && column.tags[i] === Tag.String
  }

  #singleId(columns: readonly Column[], i: number): number {
    const column = columns[0]!
    return this.#parts === 1 && column.encoding === 'interned' && column.tags[i] === Tag.String ? column.ids[i]! : -1
  }

  #find(columns: readonly Column[], i: number): number {
    if (this.#used === 0 || !this.#isCacheable(columns, i)) return -1
    const place = this.#placeOf(columns, i)
    const slot = this.#slotAt[place]!
    if (slot < 0) return -1
    for (let k = 0; k < this.#parts; k += 1) {
      const at = place * this.#parts + k
      if (this.#tags[at] !== tagOf(columns[k]!, i) || this.#numbers[at] !== numberOf(columns[k]!, i)) return -1
    }
    return slot
  }

  #isCacheable(columns: readonly Column[], i: number): boolean {
    for (let k = 0; k < columns.length; k += 1) {
      const column = columns[k]!
      const tag = column.tags[i]!
      if (tag > Tag.String || (tag === Tag.String && column.encoding !== 'interned')) return false
      if (tag === Tag.Number && Number.isNaN(column.numbers[i]!)) return false
    }
    return true
  }

  #placeOf(columns: readonly Column[], i: number): number {
    let hash = 0
    for (let k = 0; k < columns.length; k += 1) {
      this.#bits[0] = numberOf(columns[k]!, i)
      hash = Math.imul(hash ^ this.#words[0]! ^ tagOf(columns[k]!, i), 0x9e3779b1)
      hash = Math.imul(hash ^ this.#words[1]! ^ (hash >>> 15), 0x85ebca6b)
    }
    return (hash ^ (hash >>> 13)) & (this.#slotAt.length - 1)
  }
}

/** Missing is NULL. */
const tagOf = (column: Column, i: number): number => (column.tags[i] === Tag.Missing ? Tag.Null : column.tags[i]!)

/** What, besides its tag, tells a cacheable value from others; -0 is 0. */
function numberOf(column: Column, i: number): number {
  const tag = column.tags[i]!
  if (tag === Tag.Number) return column.numbers[i]! + 0
  return tag === Tag.String ? column.ids[i]! : 0
}

/** An array with at least `length` places, the new ones 0. */
const withRoom = (array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> =>
  length <= array.length ? array : grown(array, Math.max(length, array.length * 2, SMALLEST))
