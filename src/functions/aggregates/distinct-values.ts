import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { type MapKey, mapKeyOf, setObject } from './column-runs.ts'

/** The distinct values of one group: how often each is there. In order of first arrival. */
export type DistinctValues = Map<MapKey, number>

export function distinctValues(rows: AccumulatorRows, at: Offsets, row: number): DistinctValues | undefined {
  return rows.objects[at.object]![row] as DistinctValues | undefined
}

/** True if the value is new to the group. */
export function addDistinct(rows: AccumulatorRows, at: Offsets, row: number, value: Exclude<Value, null>): boolean {
  return addKey(rows, at, row, { key: mapKeyOf(value), times: 1 })
}

function addKey(
  rows: AccumulatorRows,
  at: Offsets,
  row: number,
  { key, times }: { readonly key: MapKey; readonly times: number },
): boolean {
  let values = distinctValues(rows, at, row)
  if (values === undefined) {
    values = new Map()
    setObject(rows, at, row, values)
  }
  const count = values.get(key)
  values.set(key, count === undefined ? times : count + times)
  return count === undefined
}

/** True if that was the last of its value. A value that is not there is left alone: its group was forgotten before. */
export function retractDistinct(rows: AccumulatorRows, at: Offsets, row: number, value: Exclude<Value, null>): boolean {
  const values = distinctValues(rows, at, row)
  const key = mapKeyOf(value)
  const count = values?.get(key)
  if (values === undefined || count === undefined) return false
  if (count > 1) {
    values.set(key, count - 1)
    return false
  }
  values.delete(key)
  if (values.size === 0) setObject(rows, at, row, undefined)
  return true
}

/** Adds the source group's values to another; `isNew` is told each that was not there, in order of arrival. */
export function mergeDistinct(
  rows: AccumulatorRows,
  at: Offsets,
  to: number,
  { source, from, isNew }: { source: AccumulatorRows; from: number; isNew?: (key: MapKey) => void },
): void {
  for (const [key, times] of distinctValues(source, at, from) ?? [])
    if (addKey(rows, at, to, { key, times }) && isNew !== undefined) isNew(key)
}

/** The pages of distinct values; the same for every aggregate with DISTINCT. */
export const distinctPages: Required<Pick<Accumulator, 'write' | 'read'>> = {
  write(rows: AccumulatorRows, at: Offsets, row: number, page: ValueWriter): void {
    const values = distinctValues(rows, at, row)
    page.u32(values?.size ?? 0)
    for (const [key, count] of values ?? []) {
      page.value(key)
      page.f64(count)
    }
  },
  read(rows: AccumulatorRows, at: Offsets, row: number, page: ValueReader): void {
    const size = page.u32()
    if (size === 0) return
    const values: DistinctValues = new Map()
    for (let i = 0; i < size; i += 1) values.set(page.value() as MapKey, page.f64())
    setObject(rows, at, row, values)
  },
}
