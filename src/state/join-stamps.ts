import { grown } from '../data/grown.ts'
import type { ValueWriter } from '../data/page.ts'

const FIRST_CAPACITY = 64

/** What a join knows of its rows, by row: the slot of the key, the order of arrival, how many rows of the other side it met, and what its due time goes by. */
export class JoinStamps {
  keys = new Int32Array(FIRST_CAPACITY)
  arrivals = new Float64Array(FIRST_CAPACITY)
  matches = new Int32Array(FIRST_CAPACITY)
  stamps = new Float64Array(FIRST_CAPACITY)

  get capacity(): number {
    return this.keys.length
  }

  /** Room for more rows. */
  reserve(rows: number): void {
    this.keys = grown(this.keys, rows)
    this.arrivals = grown(this.arrivals, rows)
    this.matches = grown(this.matches, rows)
    this.stamps = grown(this.stamps, rows)
  }

  /** Gives back the room for rows above. */
  shrink(rows: number): void {
    this.keys = this.keys.slice(0, rows)
    this.arrivals = this.arrivals.slice(0, rows)
    this.matches = this.matches.slice(0, rows)
    this.stamps = this.stamps.slice(0, rows)
  }

  set(row: number, key: number, arrival: number, stamp: number): void {
    this.keys[row] = key
    this.arrivals[row] = arrival
    this.matches[row] = 0
    this.stamps[row] = stamp
  }

  /** All but the key. */
  write(row: number, page: ValueWriter): void {
    page.f64(this.arrivals[row]!)
    page.f64(this.stamps[row]!)
    page.u32(this.matches[row]!)
  }

  move(from: number, to: number): void {
    this.keys[to] = this.keys[from]!
    this.arrivals[to] = this.arrivals[from]!
    this.matches[to] = this.matches[from]!
    this.stamps[to] = this.stamps[from]!
  }
}
