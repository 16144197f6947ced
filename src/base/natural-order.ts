/**
 * Sorts rows by a key of each, ascending; rows with equal keys stay as they are. A natural merge sort (Knuth, 5.2.4): rows that are nearly
 * sorted, or sorted in pieces, take few passes. `step` makes one pass, so that whoever has more to do than sort can do that in between.
 */
export class NaturalOrder {
  rows: Int32Array
  readonly #keys: Float64Array
  #spare: Int32Array = new Int32Array(0)

  /** `keys`: by row. `rows` is not written to. */
  constructor(rows: Int32Array, keys: Float64Array) {
    this.rows = rows
    this.#keys = keys
  }

  /** Merges neighbouring runs once. True: `rows` are in order. */
  step(): boolean {
    const { rows } = this
    const { length } = rows
    if (this.#runEnd(0) === length) return true
    const into = this.#spare.length === length ? this.#spare : new Int32Array(length)
    let isOneRun = true
    for (let from = 0; from < length; ) {
      const middle = this.#runEnd(from)
      const end = middle < length ? this.#runEnd(middle) : length
      this.#merge(into, from, middle, end)
      if (end < length) isOneRun = false
      from = end
    }
    this.#spare = rows
    this.rows = into
    return isOneRun
  }

  /** Where the run that begins at `from` ends. */
  #runEnd(from: number): number {
    const { rows } = this
    const keys = this.#keys
    let at = from + 1
    if (at >= rows.length) return rows.length
    let last = keys[rows[from]!]!
    for (; at < rows.length; at += 1) {
      const key = keys[rows[at]!]!
      if (key < last) break
      last = key
    }
    return at
  }

  #merge(into: Int32Array, from: number, middle: number, end: number): void {
    const { rows } = this
    const keys = this.#keys
    let low = from
    let high = middle
    for (let to = from; to < end; to += 1) {
      const takesLow = high >= end || (low < middle && keys[rows[low]!]! <= keys[rows[high]!]!)
      into[to] = takesLow ? rows[low++]! : rows[high++]!
    }
  }
}
