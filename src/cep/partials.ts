import { grown } from './grown.ts'

const FIRST_CAPACITY = 64

/** Where a partial match stands. */
export interface PartialMatch {
  readonly position: number
  /** The ways of its position that are still open, one bit each. */
  readonly open: number
  /** No row was skipped since the last one it took. */
  readonly isFresh: boolean
  readonly entry: number
  readonly startTime: number
  readonly startOrdinal: number
  readonly lastTime: number
}

/**
 * Partial matches as numbers in columns, and a list of them for each key: by the row that they began with, and of those the ones that took earlier
 * rows first.
 */
export class PartialTable {
  positions = new Int32Array(FIRST_CAPACITY)
  open = new Int32Array(FIRST_CAPACITY)
  fresh = new Uint8Array(FIRST_CAPACITY)
  entries = new Int32Array(FIRST_CAPACITY)
  startTimes = new Float64Array(FIRST_CAPACITY)
  startOrdinals = new Float64Array(FIRST_CAPACITY)
  lastTimes = new Float64Array(FIRST_CAPACITY)
  /** The next one of the same key; -1: it is the last. */
  next = new Int32Array(FIRST_CAPACITY)
  /** By key: its first one + 1; 0: none. */
  #heads = new Int32Array(FIRST_CAPACITY)
  #free: number[] = []
  #end = 0
  /** Open partial matches. */
  size = 0

  /** The first partial match of a key, or -1. */
  headOf(key: number): number {
    return key < this.#heads.length ? this.#heads[key]! - 1 : -1
  }

  setHead(key: number, partial: number): void {
    if (key >= this.#heads.length) this.#heads = grown(this.#heads, Math.max(key + 1, this.#heads.length * 2))
    this.#heads[key] = partial + 1
  }

  /** A new one, in no list yet; its columns hold nothing of use. */
  take(): number {
    const partial = this.#free.pop() ?? this.#end
    if (partial === this.#end) {
      this.#end += 1
      if (partial === this.next.length) this.#grow()
    }
    this.size += 1
    return partial
  }

  /** Forgets one that is in no list. */
  release(partial: number): void {
    this.#free.push(partial)
    this.size -= 1
  }

  read(partial: number): PartialMatch {
    return {
      position: this.positions[partial]!,
      open: this.open[partial]!,
      isFresh: this.fresh[partial] === 1,
      entry: this.entries[partial]!,
      startTime: this.startTimes[partial]!,
      startOrdinal: this.startOrdinals[partial]!,
      lastTime: this.lastTimes[partial]!,
    }
  }

  write(partial: number, from: PartialMatch): void {
    this.positions[partial] = from.position
    this.open[partial] = from.open
    this.fresh[partial] = from.isFresh ? 1 : 0
    this.entries[partial] = from.entry
    this.startTimes[partial] = from.startTime
    this.startOrdinals[partial] = from.startOrdinal
    this.lastTimes[partial] = from.lastTime
  }

  #grow(): void {
    const capacity = this.next.length * 2
    this.positions = grown(this.positions, capacity)
    this.open = grown(this.open, capacity)
    this.fresh = grown(this.fresh, capacity)
    this.entries = grown(this.entries, capacity)
    this.startTimes = grown(this.startTimes, capacity)
    this.startOrdinals = grown(this.startOrdinals, capacity)
    this.lastTimes = grown(this.lastTimes, capacity)
    this.next = grown(this.next, capacity)
  }
}
