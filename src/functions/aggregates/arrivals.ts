import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator } from '../aggregate-function.ts'
import { type MapKey, mapKeyOrNull } from './column-runs.ts'
import type { End } from './end-value.ts'
import { type Kept, keptObject } from './kept-object.ts'

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
export class Arrivals implements Kept {
  #first: Arrival | undefined
  #last: Arrival | undefined
  readonly #places = new Map<MapKey, { oldest: Arrival; newest: Arrival }>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get isEmpty(): boolean {
    return this.#size === 0
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

  write(page: ValueWriter): void {
    page.u32(this.#size)
    for (const value of this.values()) page.value(value)
  }

  read(page: ValueReader): void {
    const size = page.u32()
    for (let i = 0; i < size; i += 1) this.add(page.value())
  }
}

/** FIRST_VALUE or LAST_VALUE in the retractable form. */
export const arrivals = (end: End): Omit<Accumulator, 'type'> =>
  keptObject({
    create: () => new Arrivals(),
    add: (kept, args, i) => kept.add(args[0]!.value(i)),
    retract: (kept, args, i) => kept.retract(args[0]!.value(i)),
    merge(kept, others) {
      for (const value of others.values()) kept.add(value)
    },
    result: (kept) => kept.end(end),
  })
