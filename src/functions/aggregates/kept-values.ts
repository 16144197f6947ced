import { Heap } from '../../base/heap.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { forEachValue, type MapKey, mapKeyOf, setObject } from './column-runs.ts'

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
export class KeptValues {
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

  /** How many different values are there. */
  get size(): number {
    return this.#live
  }

  /** How many are in memory: with those that were retracted and wait in the heap. At most twice as many as are there, and a few. */
  get held(): number {
    return this.#heap.size
  }
}

/** MIN or MAX in the retractable form. */
export function keptValues(isBefore: IsBefore): Omit<Accumulator, 'type'> {
  const keptOf = (rows: AccumulatorRows, at: Offsets, row: number) =>
    rows.objects[at.object]![row] as KeptValues | undefined

  const reached = (rows: AccumulatorRows, at: Offsets, row: number) => {
    const known = keptOf(rows, at, row)
    if (known !== undefined) return known
    const kept = new KeptValues(isBefore)
    setObject(rows, at, row, kept)
    return kept
  }

  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      forEachValue(targets, args[0]!, [from, to], (row, value) => reached(rows, at, row).add(value))
    },
    retract(rows, at, row, args, i) {
      const value = args[0]!.value(i)
      const kept = keptOf(rows, at, row)
      if (value === null || kept === undefined) return
      kept.retract(value)
      if (kept.isEmpty) setObject(rows, at, row, undefined)
    },
    merge(rows, at, to, source, from) {
      const others = keptOf(source, at, from)
      if (others === undefined) return
      const kept = reached(rows, at, to)
      for (const [value, count] of others.live()) kept.add(value, count)
    },
    result: (rows, at, row) => keptOf(rows, at, row)?.first() ?? null,
    write(rows, at, row, page) {
      const kept = keptOf(rows, at, row)
      page.u32(kept?.size ?? 0)
      for (const [value, count] of kept?.live() ?? []) {
        page.value(value)
        page.f64(count)
      }
    },
    read(rows, at, row, page) {
      const size = page.u32()
      if (size === 0) return
      const kept = reached(rows, at, row)
      for (let i = 0; i < size; i += 1) kept.add(page.value()!, page.f64())
    },
  }
}
