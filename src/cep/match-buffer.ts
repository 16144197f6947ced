import { assert } from '../base/assert.ts'
import { grown } from '../data/grown.ts'
import {
  DOUBLES,
  EntryRecords,
  INTS,
  ORDINAL,
  PARENT,
  POSITION,
  REFERENCES,
  ROW,
  SERIAL,
  STANDING,
} from './entry-records.ts'

/** Told when no partial match holds a row any more. */
export type ReleaseRow = (row: number) => void

/**
 * The rows taken by partial matches: an entry is a row at a position, and the entry before it. Partial matches that begin alike share their
 * entries, so a branch costs one entry, however long it is. Entries are counted by who refers to them, rows by the entries that hold them.
 */
export class MatchBuffer {
  readonly records = new EntryRecords()
  #serial = 0
  /** By row: entries (and others) that hold it. */
  #holders = new Int32Array(64)
  readonly #releaseRow: ReleaseRow

  constructor(releaseRow: ReleaseRow) {
    this.#releaseRow = releaseRow
  }

  /** Entries that something refers to. */
  get size(): number {
    return this.records.size
  }

  /** Every entry's number is below this. */
  get end(): number {
    return this.records.end
  }

  rowOf(entry: number): number {
    return this.records.ints[(entry << INTS) + ROW]!
  }

  positionOf(entry: number): number {
    return this.records.ints[(entry << INTS) + POSITION]!
  }

  /** The entry before; -1: it is the first. */
  parentOf(entry: number): number {
    return this.records.ints[(entry << INTS) + PARENT]!
  }

  /** Place of the row in the order in which rows were taken. */
  ordinalOf(entry: number): number {
    return this.records.doubles[(entry << DOUBLES) + ORDINAL]!
  }

  /** A number that no entry had before; numbers of entries are used again. */
  serialOf(entry: number): number {
    return this.records.doubles[(entry << DOUBLES) + SERIAL]!
  }

  /** An entry with one reference, the caller's. */
  add(parent: number, position: number, row: number, ordinal: number): number {
    const { records } = this
    const entry = records.take()
    const { ints, doubles } = records
    const at = entry << INTS
    ints[at + ROW] = row
    ints[at + POSITION] = position
    ints[at + PARENT] = parent
    ints[at + REFERENCES] = 1
    ints[at + STANDING] = 0
    this.#serial += 1
    doubles[(entry << DOUBLES) + ORDINAL] = ordinal
    doubles[(entry << DOUBLES) + SERIAL] = this.#serial
    if (parent >= 0) ints[(parent << INTS) + REFERENCES]! += 1
    this.holdRow(row)
    return entry
  }

  retain(entry: number): void {
    this.records.ints[(entry << INTS) + REFERENCES]! += 1
  }

  /** Lets an entry go, and those before it that nobody else needs. */
  release(entry: number): void {
    const { ints } = this.records
    for (let one = entry; one >= 0; ) {
      const at = one << INTS
      const left = ints[at + REFERENCES]! - 1
      assert(left >= 0, 'an entry was released twice')
      ints[at + REFERENCES] = left
      if (left > 0) return
      this.dropRow(ints[at + ROW]!)
      this.records.give(one)
      one = ints[at + PARENT]!
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
    const { ints } = this.records
    for (let at = 0; at < this.end << INTS; at += 1 << INTS) {
      if (ints[at + REFERENCES]! > 0) ints[at + ROW] = moves.get(ints[at + ROW]!) ?? ints[at + ROW]!
    }
  }

  /** The entries of a chain from its first to `entry`. */
  chain(entry: number): number[] {
    const entries: number[] = []
    for (let at = entry; at >= 0; at = this.parentOf(at)) entries.push(at)
    return entries.reverse()
  }

  /** The first entry of a chain. */
  first(entry: number): number {
    let at = entry
    while (this.parentOf(at) >= 0) at = this.parentOf(at)
    return at
  }
}
