import { grown } from '../data/grown.ts'

const FEWEST_PLACES = 32
/** Slots per row up to which an array by slot is made, and up to which it is kept: it takes no more memory than a hash table. */
const SPARSE = 8
const TOO_SPARSE = 16

/**
 * Rows by key slot. Slots are dense numbers, so where a good part of all keys has rows an array leads from slot to row; where few do,
 * an open-addressing table does.
 */
export class SlotRows {
  /** By slot: row + 1, 0: none. Or place p: slot at 2p, row + 1 at 2p + 1, 0 there: empty; at most half of the places are taken. */
  #table: Int32Array = new Int32Array(2 * FEWEST_PLACES)
  #isBySlot = false
  #mask = FEWEST_PLACES - 1
  #shift = Math.clz32(FEWEST_PLACES) + 1
  #greatest = 0

  /** The row of a key, or -1. */
  rowOf(slot: number): number {
    const table = this.#table
    if (this.#isBySlot) return slot < table.length ? table[slot]! - 1 : -1
    const mask = this.#mask
    let place = Math.imul(slot, 0x9e3779b1) >>> this.#shift
    for (;;) {
      const row = table[2 * place + 1]!
      if (row === 0 || table[2 * place] === slot) return row - 1
      place = (place + 1) & mask
    }
  }

  /** Leads from `slots[row]`, which has no row yet, to `row`. The rows before it are those that there are. */
  append(slots: Int32Array, row: number): void {
    const slot = slots[row]!
    if (slot > this.#greatest) this.#greatest = slot
    if (this.#isBySlot ? slot >= this.#table.length : (row + 1) * 2 > this.#mask) this.#makeRoom(slots, row)
    this.#enter(slot, row)
  }

  /** Forgets all rows; keeps the room for them. */
  clear(): void {
    this.#table.fill(0)
    this.#greatest = 0
  }

  #enter(slot: number, row: number): void {
    const table = this.#table
    if (this.#isBySlot) {
      table[slot] = row + 1
      return
    }
    const mask = this.#mask
    let place = Math.imul(slot, 0x9e3779b1) >>> this.#shift
    while (table[2 * place + 1] !== 0) place = (place + 1) & mask
    table[2 * place] = slot
    table[2 * place + 1] = row + 1
  }

  #makeRoom(slots: Int32Array, rows: number): void {
    const needed = this.#greatest + 1
    const isBySlot = needed <= (rows + 1) * (this.#isBySlot ? TOO_SPARSE : SPARSE)
    if (this.#isBySlot && isBySlot) {
      this.#table = grown(this.#table, Math.max(needed, this.#table.length * 2))
      return
    }
    this.#isBySlot = isBySlot
    if (isBySlot) this.#table = new Int32Array(Math.max(needed, 2 * FEWEST_PLACES))
    else this.#makeTable(Math.max(FEWEST_PLACES, 1 << (32 - Math.clz32((rows + 1) * 2))))
    for (let row = 0; row < rows; row += 1) this.#enter(slots[row]!, row)
  }

  /** `places`: a power of 2. */
  #makeTable(places: number): void {
    this.#table = new Int32Array(2 * places)
    this.#mask = places - 1
    this.#shift = Math.clz32(places) + 1
  }
}
