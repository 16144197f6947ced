import { grown } from '../data/grown.ts'
import {
  DOUBLES,
  type EntryRecords,
  INTS,
  NEXT,
  ORDINAL,
  POSITION,
  STANDING,
  START_ORDINAL,
  START_TIME,
  TIME,
} from './entry-records.ts'

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

/** In `STANDING`, beside the bits of at most 30 ways. */
const FRESH = 1 << 30
const WAYS = FRESH - 1

/**
 * Partial matches: each stands at the entry of the row that it took last, where no other one does, and goes by its number. Those of a key are a list: by the
 * row that they began with, and of those the ones that took earlier rows first.
 */
export class PartialTable {
  readonly #records: EntryRecords
  /** By key: its first one + 1; 0: none. */
  #heads = new Int32Array(64)
  /** Open partial matches. */
  size = 0
  /** Of no use but that what it is made of has been loaded. */
  touched = 0

  constructor(records: EntryRecords) {
    this.#records = records
  }

  /** The first partial match of a key, or -1. */
  headOf(key: number): number {
    return key < this.#heads.length ? this.#heads[key]! - 1 : -1
  }

  /** Brings what the keys [from, to) have open near: loads that do not wait for each other take a fraction of the time that they take one by one. */
  touch(keys: Int32Array, from: number, to: number): void {
    const heads = this.#heads
    const { ints } = this.#records
    let all = 0
    for (let n = from; n < to; n += 1) {
      const head = keys[n]! < heads.length ? heads[keys[n]!]! : 0
      if (head > 0) all |= ints[(head - 1) << INTS]!
    }
    this.touched = all
  }

  setHead(key: number, partial: number): void {
    if (key >= this.#heads.length) this.#heads = grown(this.#heads, Math.max(key + 1, this.#heads.length * 2))
    this.#heads[key] = partial + 1
  }

  /** The next one of the same key; -1: it is the last. */
  nextOf(partial: number): number {
    return this.#records.ints[(partial << INTS) + NEXT]!
  }

  setNext(partial: number, next: number): void {
    this.#records.ints[(partial << INTS) + NEXT] = next
  }

  /** The ways that are still open, one bit each. */
  openOf(partial: number): number {
    return this.#records.ints[(partial << INTS) + STANDING]! & WAYS
  }

  isFresh(partial: number): boolean {
    return (this.#records.ints[(partial << INTS) + STANDING]! & FRESH) !== 0
  }

  /** Event time of the row that it began with. */
  startTimeOf(partial: number): number {
    return this.#records.doubles[(partial << DOUBLES) + START_TIME]!
  }

  /** Place of the row that it began with in the order in which rows were taken. */
  startOrdinalOf(partial: number): number {
    return this.#records.doubles[(partial << DOUBLES) + START_ORDINAL]!
  }

  /** A partial match that begins with the row of an entry, in no list yet; it has the caller's reference to the entry. */
  begin(entry: number, open: number, time: number): void {
    const { doubles } = this.#records
    const at = entry << DOUBLES
    doubles[at + START_ORDINAL] = doubles[at + ORDINAL]!
    doubles[at + START_TIME] = time
    this.#stand(entry, open | FRESH, time)
  }

  /** As `begin`, for one that goes on from another one. */
  goOn(entry: number, open: number, time: number, from: number): void {
    const { doubles } = this.#records
    const at = entry << DOUBLES
    doubles[at + START_ORDINAL] = doubles[(from << DOUBLES) + START_ORDINAL]!
    doubles[at + START_TIME] = doubles[(from << DOUBLES) + START_TIME]!
    this.#stand(entry, open | FRESH, time)
  }

  #stand(entry: number, standing: number, time: number): void {
    const { ints, doubles } = this.#records
    ints[(entry << INTS) + STANDING] = standing
    ints[(entry << INTS) + NEXT] = -1
    doubles[(entry << DOUBLES) + TIME] = time
    this.size += 1
  }

  /** One that was read back, in no list yet. */
  restore({ entry, open, isFresh, startTime, startOrdinal, lastTime }: PartialMatch): void {
    const { doubles } = this.#records
    doubles[(entry << DOUBLES) + START_ORDINAL] = startOrdinal
    doubles[(entry << DOUBLES) + START_TIME] = startTime
    this.#stand(entry, isFresh ? open | FRESH : open, lastTime)
  }

  /** A row was skipped, and so many ways are left. */
  skip(partial: number, open: number): void {
    this.#records.ints[(partial << INTS) + STANDING] = open
  }

  /** Time has closed all but these ways. */
  narrow(partial: number, open: number): void {
    this.#records.ints[(partial << INTS) + STANDING] = this.isFresh(partial) ? open | FRESH : open
  }

  /** Forgets one that is in no list; the reference to its entry is the caller's again. */
  leave(partial: number): void {
    this.#records.ints[(partial << INTS) + STANDING] = 0
    this.size -= 1
  }

  read(partial: number): PartialMatch {
    const { ints, doubles } = this.#records
    return {
      position: ints[(partial << INTS) + POSITION]!,
      open: this.openOf(partial),
      isFresh: this.isFresh(partial),
      entry: partial,
      startTime: doubles[(partial << DOUBLES) + START_TIME]!,
      startOrdinal: doubles[(partial << DOUBLES) + START_ORDINAL]!,
      lastTime: doubles[(partial << DOUBLES) + TIME]!,
    }
  }
}
