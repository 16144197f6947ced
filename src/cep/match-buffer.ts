import { assert } from '../base/assert.ts'
import { grown } from './grown.ts'

const FIRST_CAPACITY = 64

/** Told when no partial match holds a row any more. */
export type ReleaseRow = (row: number) => void

/**
 * The rows taken by partial matches: an entry is a row at a position, and the entry before it. Partial matches that begin alike share their
 * entries, so a branch costs one entry, however long it is. Entries are counted by who refers to them, rows by the entries that hold them.
 */
export class MatchBuffer {
  /** By entry. */
  rows = new Int32Array(FIRST_CAPACITY)
  positions = new Int32Array(FIRST_CAPACITY)
  /** The entry before; -1: it is the first. */
  parents = new Int32Array(FIRST_CAPACITY)
  /** Place of the row in the order in which rows were taken. */
  ordinals = new Float64Array(FIRST_CAPACITY)
  /** A number that no entry had before; numbers of entries are used again. */
  serials = new Float64Array(FIRST_CAPACITY)
  #serial = 0
  #references = new Int32Array(FIRST_CAPACITY)
  /** By row: entries (and others) that hold it. */
  #holders = new Int32Array(FIRST_CAPACITY)
  #free: number[] = []
  #end = 0
  #size = 0
  readonly #releaseRow: ReleaseRow

  constructor(releaseRow: ReleaseRow) {
    this.#releaseRow = releaseRow
  }

  /** Entries that something refers to. */
  get size(): number {
    return this.#size
  }

  /** Every entry's number is below this. */
  get end(): number {
    return this.#end
  }

  isLive(entry: number): boolean {
    return this.#references[entry]! > 0
  }

  /** An entry with one reference, the caller's. */
  add(parent: number, position: number, row: number, ordinal: number): number {
    const number = this.#free.pop() ?? this.#end
    if (number === this.#end) {
      this.#end += 1
      if (number === this.rows.length) this.#grow()
    }
    this.rows[number] = row
    this.positions[number] = position
    this.parents[number] = parent
    this.ordinals[number] = ordinal
    this.#serial += 1
    this.serials[number] = this.#serial
    this.#references[number] = 1
    if (parent >= 0) this.retain(parent)
    this.holdRow(row)
    this.#size += 1
    return number
  }

  retain(entry: number): void {
    this.#references[entry]! += 1
  }

  /** Lets an entry go, and those before it that nobody else needs. */
  release(entry: number): void {
    for (let at = entry; at >= 0; at = this.parents[at]!) {
      assert(this.#references[at]! > 0, 'an entry was released twice')
      this.#references[at]! -= 1
      if (this.#references[at]! > 0) return
      this.dropRow(this.rows[at]!)
      this.#free.push(at)
      this.#size -= 1
    }
  }

  holdRow(row: number): void {
    if (row >= this.#holders.length) this.#holders = grown(this.#holders, Math.max(row + 1, this.#holders.length * 2))
    this.#holders[row]! += 1
  }

  dropRow(row: number): void {
    this.#holders[row]! -= 1
    if (this.#holders[row] === 0) this.#releaseRow(row)
  }

  /** Rows have got other numbers: `moves` leads from old ones to new ones. */
  moveRows(moves: ReadonlyMap<number, number>): void {
    for (const [from, to] of moves) {
      this.#holders[to] = this.#holders[from]!
      this.#holders[from] = 0
    }
    for (let entry = 0; entry < this.#end; entry += 1) {
      if (this.isLive(entry)) this.rows[entry] = moves.get(this.rows[entry]!) ?? this.rows[entry]!
    }
  }

  /** The entries of a chain from its first to `entry`. */
  chain(entry: number): number[] {
    const entries: number[] = []
    for (let at = entry; at >= 0; at = this.parents[at]!) entries.push(at)
    return entries.reverse()
  }

  /** The first entry of a chain. */
  first(entry: number): number {
    let at = entry
    while (this.parents[at]! >= 0) at = this.parents[at]!
    return at
  }

  #grow(): void {
    const capacity = this.rows.length * 2
    this.rows = grown(this.rows, capacity)
    this.positions = grown(this.positions, capacity)
    this.parents = grown(this.parents, capacity)
    this.#references = grown(this.#references, capacity)
    this.ordinals = grown(this.ordinals, capacity)
    this.serials = grown(this.serials, capacity)
  }
}
