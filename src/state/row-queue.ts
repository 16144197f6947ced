import { Heap } from '../base/heap.ts'
import { grown } from '../data/grown.ts'
import { IntStack } from './int-stack.ts'

const NONE = -1
const FIRST_CAPACITY = 64
/** Buckets that are found without a look into the map: rows that come together are due about the same time. A power of two. */
const NEAR = 64
const NO_ROWS = new Int32Array(0)

/**
 * Row numbers by (at, arrival), for rows that mostly come long before they are due: they wait in lists by buckets of time, and a bucket is put in
 * order when the watermark reaches it. Unlike a `DueQueue` it can let go of any row. Rows due at Infinity are never asked for.
 */
export class RowQueue {
  readonly #width: number
  readonly #arrivalOf: (row: number) => number
  /** Buckets that have not been opened, by their number on the time line. */
  readonly #buckets = new Map<number, number>()
  readonly #free = new IntStack()
  /** First row of each bucket. */
  #heads = new Int32Array(FIRST_CAPACITY)
  readonly #near = { numbers: new Float64Array(NEAR).fill(Number.NaN), buckets: new Int32Array(NEAR) }
  readonly #numbers = new Heap<number>((a, b) => a < b)
  #at = new Float64Array(FIRST_CAPACITY)
  /** Neighbours in the list of a bucket; of a row of the open bucket, `#previous` is its place there. */
  #next = new Int32Array(FIRST_CAPACITY)
  #previous = new Int32Array(FIRST_CAPACITY)
  /** Rows of opened buckets in order, from `#gone` to `#end`; NONE where one has been taken out. */
  #open = new Int32Array(0)
  #gone = 0
  #end = 0
  #openNumber = -Infinity

  /** `width`: of a bucket, ms. */
  constructor(width: number, arrivalOf: (row: number) => number) {
    this.#width = Math.max(1, width)
    this.#arrivalOf = arrivalOf
  }

  push(row: number, at: number): void {
    if (row >= this.#at.length) this.#reserve(row + 1)
    this.#at[row] = at
    if (at === Infinity) return
    const number = Math.floor(at / this.#width)
    if (number <= this.#openNumber) {
      this.#insert(row)
      return
    }
    const bucket = this.#bucketOf(number)
    const head = this.#heads[bucket]!
    this.#heads[bucket] = row
    this.#next[row] = head
    this.#previous[row] = NONE
    if (head !== NONE) this.#previous[head] = row
  }

  remove(row: number): void {
    const at = this.#at[row]!
    if (at === Infinity) return
    const number = Math.floor(at / this.#width)
    if (number <= this.#openNumber) {
      this.#open[this.#previous[row]!] = NONE
      return
    }
    const [previous, next] = [this.#previous[row]!, this.#next[row]!]
    if (next !== NONE) this.#previous[next] = previous
    if (previous !== NONE) this.#next[previous] = next
    else this.#heads[this.#bucketOf(number)] = next
  }

  /**
   * Takes out the rows of the first bucket that the watermark has passed as a whole, in no order; none: there is no such bucket. Good until the next
   * call. Who takes rows out in this way does not ask for the first one.
   */
  takePassed(watermark: number): Int32Array {
    for (;;) {
      const number = this.#numbers.peek()
      if (number === undefined || (number + 1) * this.#width > watermark) return NO_ROWS
      const head = this.#takeNext()
      if (head === NONE) continue
      let count = 0
      for (let row = head; row !== NONE; row = this.#next[row]!) {
        if (count === this.#open.length) this.#open = grown(this.#open, Math.max(FIRST_CAPACITY, count * 2))
        this.#open[count] = row
        count += 1
      }
      return this.#open.subarray(0, count)
    }
  }

  /** The first row with `at <= watermark`; -1: there is none. */
  first(watermark: number): number {
    for (;;) {
      while (this.#gone < this.#end && this.#open[this.#gone] === NONE) this.#gone += 1
      if (this.#gone < this.#end) {
        const row = this.#open[this.#gone]!
        return this.#at[row]! <= watermark ? row : NONE
      }
      const number = this.#numbers.peek()
      if (number === undefined || number * this.#width > watermark) return NONE
      this.#openNext()
    }
  }

  clear(): void {
    this.#buckets.clear()
    this.#free.clear()
    this.#near.numbers.fill(Number.NaN)
    while (this.#numbers.pop() !== undefined);
    this.#gone = 0
    this.#end = 0
    this.#openNumber = -Infinity
  }

  #bucketOf(number: number): number {
    const { numbers, buckets } = this.#near
    const place = number & (NEAR - 1)
    if (numbers[place] === number) return buckets[place]!
    const bucket = this.#buckets.get(number) ?? this.#newBucket(number)
    numbers[place] = number
    buckets[place] = bucket
    return bucket
  }

  #newBucket(number: number): number {
    const free = this.#free.pop()
    const bucket = free >= 0 ? free : this.#buckets.size
    if (bucket >= this.#heads.length) this.#heads = grown(this.#heads, bucket * 2)
    this.#heads[bucket] = NONE
    this.#buckets.set(number, bucket)
    this.#numbers.push(number)
    return bucket
  }

  /** Takes the first bucket off the time line; its first row. */
  #takeNext(): number {
    const number = this.#numbers.pop()!
    const bucket = this.#buckets.get(number)!
    this.#buckets.delete(number)
    this.#free.push(bucket)
    const place = number & (NEAR - 1)
    if (this.#near.numbers[place] === number) this.#near.numbers[place] = Number.NaN
    return this.#heads[bucket]!
  }

  #openNext(): void {
    const number = this.#numbers.peek()!
    let head = this.#takeNext()
    this.#openNumber = number
    this.#gone = 0
    this.#end = 0
    for (let row = head; row !== NONE; row = this.#next[row]!) this.#end += 1
    if (this.#open.length < this.#end) this.#open = new Int32Array(this.#end * 2)
    for (let i = this.#end - 1; i >= 0; i -= 1) {
      this.#open[i] = head // as they came
      head = this.#next[head]!
    }
    if (!this.#isInOrder()) this.#sort(number * this.#width)
    for (let i = 0; i < this.#end; i += 1) this.#previous[this.#open[i]!] = i
  }

  #isInOrder(): boolean {
    for (let i = 1; i < this.#end; i += 1) if (this.#isBefore(this.#open[i]!, this.#open[i - 1]!)) return false
    return true
  }

  /** Sorts the open bucket, which begins at `from`. Where rows stand as they arrived, numbers say it all, and the engine sorts those fast. */
  #sort(from: number): void {
    const open = this.#open.subarray(0, this.#end)
    const isExact = this.#width * open.length < Number.MAX_SAFE_INTEGER && this.#isByArrival(open)
    if (!isExact) {
      open.sort((a, b) => (this.#isBefore(a, b) ? -1 : 1))
      return
    }
    const first = Math.floor(from) - 1 // a bucket may begin a little above its first row: rounding
    const order = new Float64Array(open.length)
    for (let i = 0; i < open.length; i += 1) order[i] = (this.#at[open[i]!]! - first) * open.length + i
    order.sort()
    const rows = open.slice()
    for (let i = 0; i < open.length; i += 1) open[i] = rows[order[i]! % open.length]!
  }

  /** Whole milliseconds, and rows in the order of their arrival? */
  #isByArrival(rows: Int32Array): boolean {
    for (let i = 0; i < rows.length; i += 1) {
      if (!Number.isInteger(this.#at[rows[i]!]!)) return false
      if (i > 0 && this.#arrivalOf(rows[i]!) < this.#arrivalOf(rows[i - 1]!)) return false
    }
    return true
  }

  /** Into the open bucket, behind all rows that are not after it. */
  #insert(row: number): void {
    this.#squeeze()
    if (this.#end === this.#open.length) this.#open = grown(this.#open, Math.max(16, this.#end * 2))
    let [low, high] = [0, this.#end]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#isBefore(row, this.#open[middle]!)) high = middle
      else low = middle + 1
    }
    this.#open.copyWithin(low + 1, low, this.#end)
    this.#open[low] = row
    this.#end += 1
    for (let i = low; i < this.#end; i += 1) this.#previous[this.#open[i]!] = i
  }

  /** Without the rows that are gone, so that those left can be searched. */
  #squeeze(): void {
    let to = 0
    for (let i = this.#gone; i < this.#end; i += 1) {
      const row = this.#open[i]!
      if (row === NONE) continue
      this.#open[to] = row
      this.#previous[row] = to
      to += 1
    }
    this.#gone = 0
    this.#end = to
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#at[a]!, this.#at[b]!]
    return first < second || (first === second && this.#arrivalOf(a) < this.#arrivalOf(b))
  }

  #reserve(rows: number): void {
    const capacity = Math.max(rows, this.#at.length * 2)
    this.#at = grown(this.#at, capacity)
    this.#next = grown(this.#next, capacity)
    this.#previous = grown(this.#previous, capacity)
  }
}
