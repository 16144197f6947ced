import { grown } from '../data/grown.ts'

const FIRST_CAPACITY = 1024
export const NONE = -1

/** The numbered entries of a `KeySet`, one a row of these columns. Numbers are used again. */
export class KeyEntries {
  times = new Float64Array(FIRST_CAPACITY)
  /** The entry of the same key with the next smaller time. */
  older = new Int32Array(FIRST_CAPACITY)
  /** The entry added to the same generation before; of free entries, the next free one. */
  next = new Int32Array(FIRST_CAPACITY)
  /** Hash of the key, where its bytes begin in the generation's arena, and how many they are. */
  hashes = new Int32Array(FIRST_CAPACITY)
  starts = new Int32Array(FIRST_CAPACITY)
  lengths = new Int32Array(FIRST_CAPACITY)
  size = 0
  #free = NONE
  /** Entries that were ever in use. */
  #used = 0

  get capacity(): number {
    return this.times.length
  }

  /** Is most of the memory without use? */
  get isSparse(): boolean {
    return this.capacity > FIRST_CAPACITY && this.size * 8 < this.capacity
  }

  allocate(): number {
    this.size += 1
    const entry = this.#free
    if (entry === NONE) {
      if (this.#used === this.capacity) this.#grow()
      return this.#used++
    }
    this.#free = this.next[entry]!
    return entry
  }

  free(entry: number): void {
    this.size -= 1
    this.next[entry] = this.#free
    this.#free = entry
  }

  /** Hashes of the entries of a list, as many as there is room for; tells how many. */
  hashesFrom(first: number, into: Int32Array): number {
    let count = 0
    for (let entry = first; entry !== NONE && count < into.length; entry = this.next[entry]!)
      into[count++] = this.hashes[entry]!
    return count
  }

  /** Numbers the entries anew, without gaps, and gives the rest of the memory back. `heads`: of the lists of all of them. Tells the new numbers. */
  compact(heads: readonly number[]): (entry: number) => number {
    const live = new Int32Array(this.size)
    const renumbered = new Int32Array(this.capacity)
    let count = 0
    for (const head of heads) {
      for (let entry = head; entry !== NONE; entry = this.next[entry]!) {
        renumbered[entry] = count
        live[count++] = entry
      }
    }
    const moved = (entry: number) => (entry === NONE ? NONE : renumbered[entry]!)
    const capacity = Math.max(FIRST_CAPACITY, count * 2)
    this.times = picked(this.times, live, new Float64Array(capacity))
    this.hashes = picked(this.hashes, live, new Int32Array(capacity))
    this.starts = picked(this.starts, live, new Int32Array(capacity))
    this.lengths = picked(this.lengths, live, new Int32Array(capacity))
    this.older = picked(this.older, live, new Int32Array(capacity))
    this.next = picked(this.next, live, new Int32Array(capacity))
    for (let entry = 0; entry < count; entry += 1) {
      this.older[entry] = moved(this.older[entry]!)
      this.next[entry] = moved(this.next[entry]!)
    }
    this.#free = NONE
    this.#used = count
    return moved
  }

  #grow(): void {
    const capacity = this.capacity * 2
    this.times = grown(this.times, capacity)
    this.hashes = grown(this.hashes, capacity)
    this.starts = grown(this.starts, capacity)
    this.lengths = grown(this.lengths, capacity)
    this.older = grown(this.older, capacity)
    this.next = grown(this.next, capacity)
  }
}

function picked<A extends Int32Array | Float64Array>(from: A, rows: Int32Array, to: A): A {
  for (let i = 0; i < rows.length; i += 1) to[i] = from[rows[i]!]!
  return to
}
