import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { Arrivals } from './arrivals.ts'
import { type MapKey, mapKeyOrNull, setObject } from './column-runs.ts'
import { type Kept, keptObject } from './kept-object.ts'

/** A text made of all values of a group in order of arrival. */
export interface TextListOptions {
  readonly separator: string
  /** The part that a value gives; undefined leaves it out. */
  textOf(value: Value): string | undefined
  /** What the finished text of a group that is not empty is as a value. */
  finish(text: string): Value
  readonly distinct: boolean
  readonly retractable: boolean
}

/** Grows with its group: the whole text is kept, and where rows are taken back or must differ, every value. */
export function textList(options: TextListOptions): Omit<Accumulator, 'type'> {
  if (options.distinct) return listOf(options, () => new DistinctList())
  return options.retractable ? listOf(options, () => new ArrivalList()) : growingText(options)
}

/** The text itself: V8 puts the parts together only when it is read. */
function growingText({ separator, textOf, finish }: TextListOptions): Omit<Accumulator, 'type'> {
  const append = (rows: AccumulatorRows, at: Offsets, row: number, part: string) => {
    const before = rows.objects[at.object]![row] as string | undefined
    setObject(rows, at, row, before === undefined ? part : before + separator + part)
  }
  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      const column = args[0]!
      for (let i = from; i < to; i += 1) {
        if (targets[i]! < 0) continue
        const part = textOf(column.value(i))
        if (part !== undefined) append(rows, at, targets[i]!, part)
      }
    },
    merge(rows, at, to, source, from) {
      const part = source.objects[at.object]![from] as string | undefined
      if (part !== undefined) append(rows, at, to, part)
    },
    result(rows, at, row) {
      const text = rows.objects[at.object]![row] as string | undefined
      return text === undefined ? null : finish(text)
    },
    write(rows, at, row, page) {
      page.value((rows.objects[at.object]![row] ?? null) as string | null)
    },
    read(rows, at, row, page) {
      const text = page.value()
      if (text !== null) setObject(rows, at, row, text)
    },
  }
}

/** Values in order of arrival, each with how often it counts. */
abstract class ValueList implements Kept {
  abstract readonly size: number
  abstract add(value: Value, times: number): void
  abstract retract(value: Value): void
  abstract values(): Iterable<readonly [value: Value, times: number]>

  get isEmpty(): boolean {
    return this.size === 0
  }

  write(page: ValueWriter): void {
    page.u32(this.size)
    for (const [value, times] of this.values()) {
      page.value(value)
      page.f64(times)
    }
  }

  read(page: ValueReader): void {
    const size = page.u32()
    for (let i = 0; i < size; i += 1) {
      const value = page.value()
      this.add(value, page.f64())
    }
  }
}

const listOf = ({ separator, textOf, finish }: TextListOptions, create: () => ValueList): Omit<Accumulator, 'type'> =>
  keptObject({
    create,
    counts: (args, i) => textOf(args[0]!.value(i)) !== undefined,
    add: (list, args, i) => list.add(args[0]!.value(i), 1),
    retract: (list, args, i) => list.retract(args[0]!.value(i)),
    merge(list, others) {
      for (const [value, times] of others.values()) list.add(value, times)
    },
    result: (list) => finish(Array.from(list.values(), ([value]) => textOf(value)!).join(separator)),
  })

/** Different values in order of first arrival. */
class DistinctList extends ValueList {
  readonly #entries = new Map<MapKey, { readonly value: Value; times: number }>()

  get size(): number {
    return this.#entries.size
  }

  add(value: Value, times: number): void {
    const key = mapKeyOrNull(value)
    const entry = this.#entries.get(key)
    if (entry === undefined) this.#entries.set(key, { value, times })
    else entry.times += times
  }

  /** A value that is not there is left alone: its group was forgotten before. */
  retract(value: Value): void {
    const key = mapKeyOrNull(value)
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.times -= 1
    if (entry.times === 0) this.#entries.delete(key)
  }

  *values(): Generator<readonly [Value, number]> {
    for (const { value, times } of this.#entries.values()) yield [value, times]
  }
}

/** All values in order of arrival. */
class ArrivalList extends ValueList {
  readonly #arrivals = new Arrivals()

  get size(): number {
    return this.#arrivals.size
  }

  add(value: Value): void {
    this.#arrivals.add(value)
  }

  retract(value: Value): void {
    this.#arrivals.retract(value)
  }

  *values(): Generator<readonly [Value, number]> {
    for (const value of this.#arrivals.values()) yield [value, 1]
  }
}
