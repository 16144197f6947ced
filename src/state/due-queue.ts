import { Heap } from '../base/heap.ts'

/** What is to be done at some watermark; of equal ones the earlier arrival first. */
export interface Due {
  readonly at: number
  readonly arrival: number
}

const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.arrival < b.arrival)
const order = (a: Due, b: Due) => (isBefore(a, b) ? -1 : 1)

/**
 * A queue by (at, arrival) for entries that mostly come long before they are due, and nearly in that order: they wait unsorted in buckets of time, and
 * a bucket is sorted when the watermark reaches it. What comes later than that goes into a heap. An entry costs less than a heap of all would.
 */
export class DueQueue<E extends Due> {
  readonly #width: number
  readonly #buckets = new Map<number, E[]>()
  readonly #numbers = new Heap<number>((a, b) => a < b)
  /** The bucket that was opened last, and how many of it are gone. */
  #open: E[] = []
  #gone = 0
  #openNumber = -Infinity
  readonly #late = new Heap<E>(isBefore)
  /** Nothing is due before this, unless it is in `#open` or `#late`. */
  #nextStart = Infinity

  /** `width`: of a bucket, ms. */
  constructor(width: number) {
    this.#width = width
  }

  push(entry: E): void {
    const number = Math.floor(entry.at / this.#width)
    if (number <= this.#openNumber) {
      this.#late.push(entry)
      return
    }
    const bucket = this.#buckets.get(number)
    if (bucket !== undefined) bucket.push(entry)
    else {
      this.#buckets.set(number, [entry])
      this.#numbers.push(number)
      this.#setNextStart()
    }
  }

  /** The first entry with `at <= watermark`; undefined: there is none. */
  peek(watermark: number): E | undefined {
    for (;;) {
      const entry = this.#first()
      if (entry !== undefined) return entry.at <= watermark ? entry : undefined
      if (watermark < this.#nextStart || this.#numbers.size === 0) return undefined
      this.#openNext()
    }
  }

  /** Takes away what `peek` gave. */
  pop(): E {
    const entry = this.#first()!
    if (entry === this.#open[this.#gone]) this.#gone += 1
    else this.#late.pop()
    return entry
  }

  #first(): E | undefined {
    const late = this.#late.peek()
    const next = this.#open[this.#gone]
    if (late === undefined || next === undefined) return late ?? next
    return isBefore(late, next) ? late : next
  }

  #openNext(): void {
    const number = this.#numbers.pop()!
    this.#open = this.#buckets.get(number)!.sort(order)
    this.#gone = 0
    this.#openNumber = number
    this.#buckets.delete(number)
    this.#setNextStart()
  }

  /** One less than it is, so that rounding cannot make it more. */
  #setNextStart(): void {
    this.#nextStart = (this.#numbers.peek() ?? Infinity) * this.#width - 1
  }
}
