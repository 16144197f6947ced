import { BATCH_ROWS } from '../data/batch.ts'
import { grown } from '../data/grown.ts'
import { sortByTime, type Ties, type TimedRows } from './sort-by-time.ts'

/** Rows in order; those before `head` are gone. */
interface Run extends TimedRows {
  head: number
  readonly end: number
}

/** So many rows wait unsorted at the most. */
const MOST_PENDING = BATCH_ROWS

/** So many runs leave their memory to others, if it is for so many rows at the most. */
const MOST_SPARES = 4
const MOST_SPARED = 2 * MOST_PENDING

/**
 * Row numbers in order of time, equal times by `ties`, then in order of arrival. Rows that come are sorted together when one of them is asked for, and become
 * a run; runs are merged with those before them that are not longer than twice their length, but two may stand side by side. So a row that waits behind n others costs log n, and one
 * that comes nearly in order hardly anything.
 */
export class SortedRuns {
  readonly #ties: Ties
  /** From old to young: of equal rows, those of an older run came first. */
  #runs: Run[] = []
  /** Memory of runs that are gone. */
  readonly #spares: TimedRows[] = []
  #rows = new Int32Array(64)
  #times = new Float64Array(64)
  #pending = 0
  #earliest = Infinity

  constructor(ties: Ties) {
    this.#ties = ties
  }

  add(row: number, time: number): void {
    if (this.#pending === MOST_PENDING) this.#seal()
    if (this.#pending === this.#rows.length) {
      this.#rows = grown(this.#rows, this.#pending * 2)
      this.#times = grown(this.#times, this.#pending * 2)
    }
    this.#rows[this.#pending] = row
    this.#times[this.#pending] = time
    this.#pending += 1
    if (time < this.#earliest) this.#earliest = time
  }

  /** `add` of the first `count` of `picked`, each as -1 - its number; `times`: by that number. */
  addAll(picked: Int32Array, count: number, times: Float64Array): void {
    for (let p = 0; p < count; ) {
      if (this.#pending === MOST_PENDING) this.#seal()
      let at = this.#pending
      const end = Math.min(at + count - p, MOST_PENDING)
      this.#pending = end
      if (end > this.#rows.length) {
        this.#rows = grown(this.#rows, Math.max(end, at * 2))
        this.#times = grown(this.#times, this.#rows.length)
      }
      const [rows, timesOfRows] = [this.#rows, this.#times]
      let earliest = this.#earliest
      for (; at < end; at += 1, p += 1) {
        const time = times[picked[p]!]!
        rows[at] = -1 - picked[p]!
        timesOfRows[at] = time
        if (time < earliest) earliest = time
      }
      this.#earliest = earliest
    }
  }

  /** Takes the first rows with `time <= watermark` away, at most `most`, and writes them `into`. Returns how many. */
  take(watermark: number, into: Int32Array, most: number): number {
    if (this.#earliest <= watermark) this.#seal()
    let count = this.#runs.length === 2 ? this.#takeFromTwo(watermark, into, most) : 0
    while (count < most) {
      const run = this.#first()
      if (run === null || run.times[run.head]! > watermark) break
      count = this.#takeFrom(run, watermark, into, { count, most })
      if (run.head === run.end) this.#drop(run)
    }
    return count
  }

  /** The first of `most` rows, while there are two runs: as a rule what was left of the rows before, and those that came since. */
  #takeFromTwo(watermark: number, into: Int32Array, most: number): number {
    const [older, younger] = this.#runs as [Run, Run]
    let [a, b, count] = [older.head, younger.head, 0]
    while (count < most && a < older.end && b < younger.end) {
      const isYounger = this.#isBefore(younger.times[b]!, younger.rows[b]!, older, a)
      if ((isYounger ? younger.times[b]! : older.times[a]!) > watermark) break
      into[count++] = isYounger ? younger.rows[b++]! : older.rows[a++]!
    }
    older.head = a
    younger.head = b
    if (a === older.end) this.#drop(older)
    if (b === younger.end) this.#drop(younger)
    return count
  }

  /** Rows have got other numbers. */
  renumber(numberOf: (row: number) => number): void {
    for (const { rows, head, end } of this.#runs) for (let i = head; i < end; i += 1) rows[i] = numberOf(rows[i]!)
    for (let i = 0; i < this.#pending; i += 1) this.#rows[i] = numberOf(this.#rows[i]!)
  }

  /** The run with the first row of all. */
  #first(): Run | null {
    let best: Run | null = null
    for (const run of this.#runs) {
      if (best === null || this.#isBefore(run.times[run.head]!, run.rows[run.head]!, best, best.head)) best = run
    }
    return best
  }

  /** Rows of `run`, which has the first one, as long as no other run has an earlier one. */
  #takeFrom(run: Run, watermark: number, into: Int32Array, room: { count: number; most: number }): number {
    let bound = Infinity
    for (const other of this.#runs) if (other !== run) bound = Math.min(bound, other.times[other.head]!)
    let { count } = room
    let { head } = run
    const { rows, times, end } = run
    // the first one is before all others, also where its time is not less
    do {
      into[count++] = rows[head++]!
    } while (head < end && count < room.most && times[head]! < bound && times[head]! <= watermark)
    run.head = head
    return count
  }

  /** Does a row come before row `at` of an older run? */
  #isBefore(time: number, row: number, { times, rows }: TimedRows, at: number): boolean {
    const other = times[at]!
    return time < other || (time === other && this.#ties !== null && this.#ties(row, rows[at]!) < 0)
  }

  /** A run has no rows left. */
  #drop(run: Run): void {
    this.#runs = this.#runs.filter((one) => one !== run)
    this.#spare(run)
  }

  /** Makes a run of the rows that wait. */
  #seal(): void {
    const count = this.#pending
    if (count === 0) return
    const pending = { rows: this.#rows, times: this.#times }
    let run = this.#roomFor(count)
    sortByTime(pending, count, this.#ties, run)
    this.#pending = 0
    this.#earliest = Infinity
    while (this.#runs.length > 1) {
      const before = this.#runs.at(-1)!
      if (before.end - before.head > 2 * (run.end - run.head)) break
      const merged = this.#merged(before, run)
      this.#runs.pop()
      this.#spare(before)
      this.#spare(run)
      run = merged
    }
    this.#runs.push(run)
  }

  #merged(older: Run, younger: Run): Run {
    const length = older.end - older.head + younger.end - younger.head
    const run = this.#roomFor(length)
    const { rows, times } = run
    let [a, b, to] = [older.head, younger.head, 0]
    while (a < older.end && b < younger.end) {
      const isYounger = this.#isBefore(younger.times[b]!, younger.rows[b]!, older, a)
      times[to] = isYounger ? younger.times[b]! : older.times[a]!
      rows[to++] = isYounger ? younger.rows[b++]! : older.rows[a++]!
    }
    rows.set(older.rows.subarray(a, older.end), to)
    times.set(older.times.subarray(a, older.end), to)
    to += older.end - a
    rows.set(younger.rows.subarray(b, younger.end), to)
    times.set(younger.times.subarray(b, younger.end), to)
    return run
  }

  /** A run of so many rows, in the memory of one that is gone if there is a good one. */
  #roomFor(length: number): Run {
    const spare = this.#spares.findIndex(({ rows }) => rows.length >= length)
    const capacity = Math.max(length, Math.min(length + (length >> 1), MOST_SPARED))
    const room =
      spare < 0
        ? { rows: new Int32Array(capacity), times: new Float64Array(capacity) }
        : this.#spares.splice(spare, 1)[0]!
    return { rows: room.rows, times: room.times, head: 0, end: length }
  }

  #spare({ rows, times }: Run): void {
    if (rows.length > MOST_SPARED) return
    if (this.#spares.length === MOST_SPARES) this.#spares.shift()
    this.#spares.push({ rows, times })
  }
}
