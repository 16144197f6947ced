import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { Arrivals } from './arrivals.ts'
import { type MapKey, mapKeyOrNull, setObject } from './column-runs.ts'

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
interface ValueList {
  readonly size: number
  add(value: Value, times: number): void
  retract(value: Value): void
  values(): Iterable<readonly [value: Value, times: number]>
}

const listAt = (rows: AccumulatorRows, at: Offsets, row: number) =>
  rows.objects[at.object]![row] as ValueList | undefined

function listOf({ separator, textOf, finish }: TextListOptions, create: () => ValueList): Omit<Accumulator, 'type'> {
  const reached = (rows: AccumulatorRows, at: Offsets, row: number) => {
    const known = listAt(rows, at, row)
    if (known !== undefined) return known
    const list = create()
    setObject(rows, at, row, list)
    return list
  }
  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      const column = args[0]!
      for (let i = from; i < to; i += 1) {
        if (targets[i]! < 0) continue
        const value = column.value(i)
        if (textOf(value) !== undefined) reached(rows, at, targets[i]!).add(value, 1)
      }
    },
    retract: retractValue,
    merge(rows, at, to, source, from) {
      const others = listAt(source, at, from)
      if (others === undefined) return
      const list = reached(rows, at, to)
      for (const [value, times] of others.values()) list.add(value, times)
    },
    result(rows, at, row) {
      const list = listAt(rows, at, row)
      if (list === undefined) return null
      return finish(Array.from(list.values(), ([value]) => textOf(value)!).join(separator))
    },
    write: writeValues,
    read(rows, at, row, page) {
      const size = page.u32()
      if (size === 0) return
      const list = reached(rows, at, row)
      for (let i = 0; i < size; i += 1) {
        const value = page.value()
        list.add(value, page.f64())
      }
    },
  }
}

const retractValue: NonNullable<Accumulator['retract']> = (rows, at, row, args, i) => {
  const list = listAt(rows, at, row)
  if (list === undefined) return
  list.retract(args[0]!.value(i))
  if (list.size === 0) setObject(rows, at, row, undefined)
}

const writeValues: NonNullable<Accumulator['write']> = (rows, at, row, page) => {
  const list = listAt(rows, at, row)
  page.u32(list?.size ?? 0)
  for (const [value, times] of list?.values() ?? []) {
    page.value(value)
    page.f64(times)
  }
}

/** Different values in order of first arrival. */
class DistinctList implements ValueList {
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
class ArrivalList implements ValueList {
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
