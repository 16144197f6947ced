import { Heap } from '../../base/heap.ts'
import { Tag } from '../../data/column.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import { keyTextOf, type Value } from '../../data/value.ts'
import type { Accumulator } from '../aggregate-function.ts'
import { type Kept, keptObject } from './kept-object.ts'

type Scalar = Exclude<Value, null>
type IsBefore = (a: Scalar, b: Scalar) => boolean

interface Pair {
  readonly value: Value
  readonly by: Scalar
  /** When it came, among those of its group. */
  readonly arrival: number
  isLive: boolean
  /** The next that is equal to this one. */
  nextEqual: Pair | undefined
}

/** Below this many dead pairs a heap is not worth rebuilding. */
const FEW = 32

/**
 * Every pair of one group, for MIN_BY and MAX_BY that rows can be taken from. The foremost one, of equal ones the oldest, is the top of a
 * heap; dead pairs stay in it until they come up or outnumber the living, so that each change costs O(log n).
 */
export class KeptPairs implements Kept {
  readonly #isBefore: IsBefore
  readonly #equal = new Map<string, { oldest: Pair; newest: Pair }>()
  /** In order of arrival. */
  readonly #live = new Set<Pair>()
  #heap: Heap<Pair>
  #arrivals = 0

  constructor(isBefore: IsBefore) {
    this.#isBefore = isBefore
    this.#heap = this.#newHeap()
  }

  #newHeap(): Heap<Pair> {
    return new Heap((a, b) => this.#isBefore(a.by, b.by) || (!this.#isBefore(b.by, a.by) && a.arrival < b.arrival))
  }

  get isEmpty(): boolean {
    return this.#live.size === 0
  }

  add(value: Value, by: Scalar): void {
    this.#arrivals += 1
    const pair: Pair = { value, by, arrival: this.#arrivals, isLive: true, nextEqual: undefined }
    const key = keyOf(value, by)
    const equal = this.#equal.get(key)
    if (equal === undefined) this.#equal.set(key, { oldest: pair, newest: pair })
    else {
      equal.newest.nextEqual = pair
      equal.newest = pair
    }
    this.#live.add(pair)
    this.#heap.push(pair)
  }

  /** Takes the oldest equal pair away. One that is not there is left alone: its group was forgotten before. */
  retract(value: Value, by: Scalar): void {
    const key = keyOf(value, by)
    const equal = this.#equal.get(key)
    if (equal === undefined) return
    const pair = equal.oldest
    if (pair.nextEqual === undefined) this.#equal.delete(key)
    else equal.oldest = pair.nextEqual
    pair.isLive = false
    this.#live.delete(pair)
    if (this.#heap.size <= 2 * this.#live.size + FEW) return
    this.#heap = this.#newHeap()
    for (const living of this.#live) this.#heap.push(living)
  }

  /** The foremost pair's value, or null if there is none. */
  first(): Value {
    for (;;) {
      const top = this.#heap.peek()
      if (top === undefined) return null
      if (top.isLive) return top.value
      this.#heap.pop()
    }
  }

  /** What is there, in order of arrival. */
  pairs(): Iterable<Pick<Pair, 'value' | 'by'>> {
    return this.#live
  }

  write(page: ValueWriter): void {
    page.u32(this.#live.size)
    for (const { value, by } of this.#live) {
      page.value(value)
      page.value(by)
    }
  }

  read(page: ValueReader): void {
    const size = page.u32()
    for (let i = 0; i < size; i += 1) {
      const value = page.value()
      this.add(value, page.value()!)
    }
  }
}

const keyOf = (value: Value, by: Scalar) => `${keyTextOf(by)} ${keyTextOf(value)}`

/** MIN_BY or MAX_BY in the retractable form. */
export const keptPairs = (isBefore: IsBefore): Omit<Accumulator, 'type'> =>
  keptObject({
    create: () => new KeptPairs(isBefore),
    counts: (args, i) => args[1]!.tags[i]! > Tag.Null,
    add: (kept, args, i) => kept.add(args[0]!.value(i), args[1]!.value(i)!),
    retract: (kept, args, i) => kept.retract(args[0]!.value(i), args[1]!.value(i)!),
    merge(kept, others) {
      for (const { value, by } of others.pairs()) kept.add(value, by)
    },
    result: (kept) => kept.first(),
  })
