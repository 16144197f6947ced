import type { PartialTable } from './partials.ts'

const FIRST_CAPACITY = 64
/** So many keys are looked at beforehand. */
const TOUCHED = 64

/** Times in ascending order, with the key that each belongs to. First in, first out. */
class TimeQueue {
  readonly span: number
  #times = new Float64Array(FIRST_CAPACITY)
  #keys = new Int32Array(FIRST_CAPACITY)
  #head = 0
  #end = 0
  /** When it comes to this one, what the keys of those behind it have open is brought near. */
  #touched = TOUCHED
  readonly #partials: PartialTable

  constructor(span: number, partials: PartialTable) {
    this.span = span
    this.#partials = partials
  }

  get dueAt(): number {
    return this.#head === this.#end ? Number.POSITIVE_INFINITY : this.#times[this.#head]! + this.span
  }

  /** True: nothing was due before. */
  push(time: number, key: number): boolean {
    const last = this.#end - 1
    const isFirst = last < this.#head
    if (!isFirst && this.#times[last] === time && this.#keys[last] === key) return false
    if (this.#end === this.#times.length) this.#makeRoom()
    this.#times[this.#end] = time
    this.#keys[this.#end] = key
    this.#end += 1
    return isFirst
  }

  pop(): number {
    const key = this.#keys[this.#head]!
    this.#head += 1
    if (this.#head === this.#touched) this.#touchMore()
    if (this.#head === this.#end) this.clear()
    return key
  }

  clear(): void {
    this.#head = 0
    this.#end = 0
    this.#touched = TOUCHED
  }

  #touchMore(): void {
    this.#partials.touch(this.#keys, this.#head, Math.min(this.#head + TOUCHED, this.#end))
    this.#touched += TOUCHED
  }

  #makeRoom(): void {
    const length = this.#end - this.#head
    const capacity = length * 2 > this.#times.length ? this.#times.length * 2 : this.#times.length
    const times = new Float64Array(capacity)
    const keys = new Int32Array(capacity)
    times.set(this.#times.subarray(this.#head, this.#end))
    keys.set(this.#keys.subarray(this.#head, this.#end))
    this.#times = times
    this.#keys = keys
    this.#head = 0
    this.#end = length
    this.#touched = TOUCHED
  }
}

/**
 * When partial matches run out of time. All of one kind have the same length, and rows are taken in order of time, so each kind is a queue and
 * nothing is ever sorted. An entry is a hint to look at its key: what it was made for may be gone by then.
 */
export class Deadlines {
  readonly #queues: readonly TimeQueue[]
  /** The least time at which something is due. */
  next = Number.POSITIVE_INFINITY

  /** `spans`: lengths, ms. */
  constructor(spans: readonly number[], partials: PartialTable) {
    this.#queues = spans.map((span) => new TimeQueue(span, partials))
  }

  /** Due at `time` + the span of that number. Times of one number must not go back. */
  push(number: number, time: number, key: number): void {
    const queue = this.#queues[number]!
    if (queue.push(time, key)) this.next = Math.min(this.next, time + queue.span)
  }

  /** Takes the key to look at next, at the time `next`. There must be one. */
  pop(): number {
    if (this.#queues.length === 1) {
      const only = this.#queues[0]!
      const key = only.pop()
      this.next = only.dueAt
      return key
    }
    let key = -1
    let next = Number.POSITIVE_INFINITY
    for (const queue of this.#queues) {
      if (key < 0 && queue.dueAt === this.next) key = queue.pop()
      next = Math.min(next, queue.dueAt)
    }
    this.next = next
    return key
  }
}
