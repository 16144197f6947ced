import { Heap } from '../../base/heap.ts'
import type { Column } from '../../data/column.ts'
import { keyTextOf, type Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { setObject } from './column-runs.ts'

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
export class KeptPairs {
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

  get size(): number {
    return this.#live.size
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
}

const keyOf = (value: Value, by: Scalar) => `${keyTextOf(by)} ${keyTextOf(value)}`

const keptOf = (rows: AccumulatorRows, at: Offsets, row: number) =>
  rows.objects[at.object]![row] as KeptPairs | undefined

/** MIN_BY or MAX_BY in the retractable form. */
export function keptPairs(isBefore: IsBefore): Omit<Accumulator, 'type'> {
  const reached = (rows: AccumulatorRows, at: Offsets, row: number) => {
    const known = keptOf(rows, at, row)
    if (known !== undefined) return known
    const kept = new KeptPairs(isBefore)
    setObject(rows, at, row, kept)
    return kept
  }
  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      const [values, by] = args as readonly [Column, Column]
      for (let i = from; i < to; i += 1) {
        const order = targets[i]! < 0 ? null : by.value(i)
        if (order !== null) reached(rows, at, targets[i]!).add(values.value(i), order)
      }
    },
    retract: retractPair,
    merge(rows, at, to, source, from) {
      const others = keptOf(source, at, from)
      if (others === undefined) return
      const kept = reached(rows, at, to)
      for (const { value, by } of others.pairs()) kept.add(value, by)
    },
    result: (rows, at, row) => keptOf(rows, at, row)?.first() ?? null,
    write: writePairs,
    read(rows, at, row, page) {
      const size = page.u32()
      if (size === 0) return
      const kept = reached(rows, at, row)
      for (let i = 0; i < size; i += 1) {
        const value = page.value()
        kept.add(value, page.value()!)
      }
    },
  }
}

const retractPair: NonNullable<Accumulator['retract']> = (rows, at, row, args, i) => {
  const by = args[1]!.value(i)
  const kept = keptOf(rows, at, row)
  if (by === null || kept === undefined) return
  kept.retract(args[0]!.value(i), by)
  if (kept.size === 0) setObject(rows, at, row, undefined)
}

const writePairs: NonNullable<Accumulator['write']> = (rows, at, row, page) => {
  const kept = keptOf(rows, at, row)
  page.u32(kept?.size ?? 0)
  for (const { value, by } of kept?.pairs() ?? []) {
    page.value(value)
    page.value(by)
  }
}
