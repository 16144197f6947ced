import { Heap } from '../../base/heap.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator } from '../aggregate-function.ts'
import { type MapKey, mapKeyOf } from './column-runs.ts'
import { type Kept, keptObject } from './kept-object.ts'

type Scalar = Exclude<Value, null>
type IsBefore = (a: Scalar, b: Scalar) => boolean

interface Entry {
  readonly value: Scalar
  /** 0: retracted, still in the heap, not counted as live. */
  count: number
}

/** Below this many dead entries a heap is not worth rebuilding. */
const FEW = 32

/**
 * Every value of one group with how often it is there, for MIN and MAX that values can be taken from. The foremost one is the top of a
 * heap; what was retracted stays in the heap until it comes up or outnumbers the living, so that each change costs O(log n).
 */
export class KeptValues implements Kept {
  readonly #isBefore: IsBefore
  readonly #entries = new Map<MapKey, Entry>()
  #heap: Heap<Entry>
  #live = 0

  constructor(isBefore: IsBefore) {
    this.#isBefore = isBefore
    this.#heap = this.#newHeap()
  }

  #newHeap(): Heap<Entry> {
    return new Heap((a, b) => this.#isBefore(a.value, b.value))
  }

  get isEmpty(): boolean {
    return this.#live === 0
  }

  add(value: Scalar, times = 1): void {
    const key = mapKeyOf(value)
    const known = this.#entries.get(key)
    if (known === undefined) {
      const entry = { value: value === 0 ? 0 : value, count: times }
      this.#entries.set(key, entry)
      this.#heap.push(entry)
      this.#live += 1
    } else {
      if (known.count === 0) this.#live += 1
      known.count += times
    }
  }

  /** A value that is not there is left alone: its group was forgotten before. */
  retract(value: Scalar): void {
    const entry = this.#entries.get(mapKeyOf(value))
    if (entry === undefined || entry.count === 0) return
    entry.count -= 1
    if (entry.count > 0) return
    this.#live -= 1
    if (this.#heap.size > 2 * this.#live + FEW) this.#rebuild()
  }

  #rebuild(): void {
    this.#heap = this.#newHeap()
    for (const [key, entry] of this.#entries) {
      if (entry.count === 0) this.#entries.delete(key)
      else this.#heap.push(entry)
    }
  }

  /** The foremost value, or null if there is none. */
  first(): Value {
    for (;;) {
      const top = this.#heap.peek()
      if (top === undefined) return null
      if (top.count > 0) return top.value
      this.#heap.pop()
      this.#entries.delete(mapKeyOf(top.value))
    }
  }

  /** What is there, as [value, count]. */
  *live(): Generator<readonly [Scalar, number]> {
    for (const { value, count } of this.#entries.values()) if (count > 0) yield [value, count]
  }

  /** How many are in memory: with those that were retracted and wait in the heap. At most twice as many as are there, and a few. */
  get held(): number {
    return this.#heap.size
  }

  write(page: ValueWriter): void {
    page.u32(this.#live)
    for (const [value, count] of this.live()) {
      page.value(value)
      page.f64(count)
    }
  }

  read(page: ValueReader): void {
    const size = page.u32()
    for (let i = 0; i < size; i += 1) this.add(page.value()!, page.f64())
  }
}

/** MIN or MAX in the retractable form. */
export const keptValues = (isBefore: IsBefore): Omit<Accumulator, 'type'> =>
  keptObject({
    create: () => new KeptValues(isBefore),
    add: (kept, args, i) => kept.add(args[0]!.value(i)!),
    retract: (kept, args, i) => kept.retract(args[0]!.value(i)!),
    merge(kept, others) {
      for (const [value, count] of others.live()) kept.add(value, count)
    },
    result: (kept) => kept.first(),
  })
