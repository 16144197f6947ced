import { grown } from '../data/grown.ts'
import { LIKE_TEXT, LIKE_VALUE, type LikeRow } from './row-likeness.ts'

const NONE = -1
const FIRST_CAPACITY = 64

/** The rows that are here: each, good until the next is asked for, and all, the oldest first. */
export interface KeptRows {
  rowAt(row: number): LikeRow
  inOrder(): readonly number[]
}

/** Rows by a hash of what they hold, those of one hash from the newest to the oldest: finds the row that is to be taken back among many of its key. */
export class EqualRows {
  readonly #rows: KeptRows
  /** Hashes are of how rows are written, until one is looked for that is written in another way. */
  #likeness = LIKE_TEXT
  /** By hash: the newest row. */
  readonly #newest = new Map<number, number>()
  #hashes = new Int32Array(FIRST_CAPACITY)
  #older = new Int32Array(FIRST_CAPACITY)
  #newer = new Int32Array(FIRST_CAPACITY)

  constructor(rows: KeptRows) {
    this.#rows = rows
  }

  /** `row` is newer than all that are here. */
  add(row: number): void {
    const hash = this.#likeness.hashOf(this.#rows.rowAt(row))
    if (row >= this.#hashes.length) this.#reserve(row + 1)
    const before = this.#newest.get(hash) ?? NONE
    this.#hashes[row] = hash
    this.#older[row] = before
    this.#newer[row] = NONE
    if (before !== NONE) this.#newer[before] = row
    this.#newest.set(hash, row)
  }

  remove(row: number): void {
    const [older, newer] = [this.#older[row]!, this.#newer[row]!]
    if (older !== NONE) this.#newer[older] = newer
    if (newer !== NONE) this.#older[newer] = older
    else if (older !== NONE) this.#newest.set(this.#hashes[row]!, older)
    else this.#newest.delete(this.#hashes[row]!)
  }

  /** The newest row of a key that is equal to this one; of those written like it, if there are any. -1: there is none. */
  find(like: LikeRow, isOfKey: (row: number) => boolean): number {
    const written = this.#find(like, (row) => isOfKey(row) && LIKE_TEXT.areAlike(this.#rows.rowAt(row), like))
    if (written >= 0 || like.text === null) return written
    if (this.#likeness !== LIKE_VALUE) {
      this.#likeness = LIKE_VALUE
      this.clear()
      for (const row of this.#rows.inOrder()) this.add(row)
    }
    return this.#find(like, (row) => isOfKey(row) && LIKE_VALUE.areAlike(this.#rows.rowAt(row), like))
  }

  #find(like: LikeRow, isIt: (row: number) => boolean): number {
    let row = this.#newest.get(this.#likeness.hashOf(like)) ?? NONE
    while (row !== NONE && !isIt(row)) row = this.#older[row]!
    return row
  }

  clear(): void {
    this.#newest.clear()
  }

  #reserve(rows: number): void {
    const capacity = Math.max(rows, this.#hashes.length * 2)
    this.#hashes = grown(this.#hashes, capacity)
    this.#older = grown(this.#older, capacity)
    this.#newer = grown(this.#newer, capacity)
  }
}
