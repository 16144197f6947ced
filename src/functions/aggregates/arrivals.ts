import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { forEachValue, type MapKey, mapKeyOrNull, setObject } from './column-runs.ts'
import type { End } from './end-value.ts'

interface Arrival {
  readonly value: Value
  before: Arrival | undefined
  after: Arrival | undefined
  /** The next that holds an equal value. */
  nextEqual: Arrival | undefined
}

/**
 * The values of one group in order of arrival, for FIRST_VALUE, LAST_VALUE and lists that values can be taken from: a linked list, and for
 * each value a queue of its places. A retraction takes the oldest of the equal ones, as in Flink's FirstValueWithRetractAggFunction.
 */
export class Arrivals {
  #first: Arrival | undefined
  #last: Arrival | undefined
  readonly #places = new Map<MapKey, { oldest: Arrival; newest: Arrival }>()
  #size = 0

  get size(): number {
    return this.#size
  }

  end(end: End): Value {
    return (end === 'first' ? this.#first : this.#last)?.value ?? null
  }

  add(value: Value): void {
    const arrival: Arrival = { value, before: this.#last, after: undefined, nextEqual: undefined }
    if (this.#last === undefined) this.#first = arrival
    else this.#last.after = arrival
    this.#last = arrival
    this.#size += 1
    const key = mapKeyOrNull(value)
    const places = this.#places.get(key)
    if (places === undefined) this.#places.set(key, { oldest: arrival, newest: arrival })
    else {
      places.newest.nextEqual = arrival
      places.newest = arrival
    }
  }

  /** A value that is not there is left alone: its group was forgotten before. */
  retract(value: Value): void {
    const key = mapKeyOrNull(value)
    const places = this.#places.get(key)
    if (places === undefined) return
    const { before, after, nextEqual } = places.oldest
    if (nextEqual === undefined) this.#places.delete(key)
    else places.oldest = nextEqual
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    this.#size -= 1
  }

  *values(): Generator<Value> {
    for (let at = this.#first; at !== undefined; at = at.after) yield at.value
  }
}

/** FIRST_VALUE or LAST_VALUE in the retractable form. */
export function arrivals(end: End): Omit<Accumulator, 'type'> {
  const keptOf = (rows: AccumulatorRows, at: Offsets, row: number) =>
    rows.objects[at.object]![row] as Arrivals | undefined

  const reached = (rows: AccumulatorRows, at: Offsets, row: number) => {
    const known = keptOf(rows, at, row)
    if (known !== undefined) return known
    const kept = new Arrivals()
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
      if (kept.size === 0) setObject(rows, at, row, undefined)
    },
    merge(rows, at, to, source, from) {
      const others = keptOf(source, at, from)
      if (others === undefined) return
      const kept = reached(rows, at, to)
      for (const value of others.values()) kept.add(value)
    },
    result: (rows, at, row) => keptOf(rows, at, row)?.end(end) ?? null,
    write(rows, at, row, page) {
      const kept = keptOf(rows, at, row)
      page.u32(kept?.size ?? 0)
      for (const value of kept?.values() ?? []) page.value(value)
    },
    read(rows, at, row, page) {
      const size = page.u32()
      if (size === 0) return
      const kept = reached(rows, at, row)
      for (let i = 0; i < size; i += 1) kept.add(page.value())
    },
  }
}
