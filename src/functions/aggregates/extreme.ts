import { type Column, Tag } from '../../data/column.ts'
import { isNumeric } from '../../data/column-type.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import { compareValues, describeType, type Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, AggregateFunction, Offsets } from '../aggregate-function.ts'
import { baseOf, setObject } from './column-runs.ts'
import { keptValues } from './kept-values.ts'

type Scalar = Exclude<Value, null>

/** What MIN and MAX have in common: `direction` is 1 for MAX, -1 for MIN. Of equal values the first stays. */
export function createExtreme(name: 'min' | 'max', direction: 1 | -1): Pick<AggregateFunction, 'returns' | 'create'> {
  return {
    returns: (argument) => argument,
    create({ argument, retractable }) {
      const body = retractable
        ? keptValues((a, b) => compareValues(a, b) * direction > 0)
        : isNumeric(argument)
          ? numericExtreme(direction)
          : anyExtreme(direction)
      return {
        ...body,
        type: argument,
        ...(argument === 'any' ? { refuse: refuseNested(name) } : {}),
        ...(argument === 'bigint' ? { result: exactResult(body) } : retractable ? {} : { fill: fillKept }),
      }
    },
  }
}

/** BIGINT columns may hold small values as doubles; what comes out is a bigint. */
export const exactResult =
  (body: Pick<Accumulator, 'result'>): Accumulator['result'] =>
  (rows, at, row) => {
    const value = body.result(rows, at, row)
    return typeof value === 'number' ? BigInt(value) : value
  }

const refuseNested =
  (name: string): NonNullable<Accumulator['refuse']> =>
  (args, i) => {
    const column = args[0]!
    if (column.tags[i] !== Tag.Json) return undefined
    return `${name} takes numbers, strings and booleans, not ${describeType(column.value(i))}`
  }

type Body = Omit<Accumulator, 'type'>

/** Whether there is a value, and the value. NaN is the greatest number, as in `compareValues`. */
function numericExtreme(direction: 1 | -1): Body {
  return {
    numberCount: 2,
    objectCount: 0,
    add(rows, at, targets, args, from, to) {
      const run = { column: args[0]!, from, to }
      if (direction < 0) addLeast(rows, at, targets, run)
      else addGreatest(rows, at, targets, run)
    },
    merge(rows, at, to, source, from) {
      const base = baseOf(source, at, from)
      if (source.numbers[base] === 0) return
      const into = baseOf(rows, at, to)
      const value = source.numbers[base + 1]!
      if (rows.numbers[into] !== 0 && compareValues(value, rows.numbers[into + 1]!) * direction <= 0) return
      rows.numbers[into] = 1
      rows.numbers[into + 1] = value
    },
    mergeAll({ rows, targets, source, from, to }, { number }) {
      const { numbers, stride } = rows
      const others = source.numbers
      for (let row = from; row < to; row += 1) {
        const other = row * stride + number
        if (others[other] === 0) continue
        const base = targets[row - from]! * stride + number
        if (numbers[base] !== 0 && compareNumbers(others[other + 1]!, numbers[base + 1]!) * direction <= 0) continue
        numbers[base] = 1
        numbers[base + 1] = others[other + 1]!
      }
    },
    result(rows, at, row) {
      const base = baseOf(rows, at, row)
      return rows.numbers[base] === 0 ? null : rows.numbers[base + 1]!
    },
  }
}

interface Run {
  readonly column: Column
  readonly from: number
  readonly to: number
}

function addLeast(rows: AccumulatorRows, at: Offsets, targets: Int32Array, { column, from, to }: Run): void {
  const { numbers, stride } = rows
  const { tags, numbers: values } = column
  const offset = at.number
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    if (row < 0 || tags[i] !== Tag.Number) continue
    const base = row * stride + offset
    const value = values[i]!
    const least = numbers[base + 1]!
    if (value < least || numbers[base] === 0 || (Number.isNaN(least) && !Number.isNaN(value))) {
      numbers[base] = 1
      numbers[base + 1] = value
    }
  }
}

function addGreatest(rows: AccumulatorRows, at: Offsets, targets: Int32Array, { column, from, to }: Run): void {
  const { numbers, stride } = rows
  const { tags, numbers: values } = column
  const offset = at.number
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    if (row < 0 || tags[i] !== Tag.Number) continue
    const base = row * stride + offset
    const value = values[i]!
    if (value > numbers[base + 1]! || numbers[base] === 0 || Number.isNaN(value)) {
      numbers[base] = 1
      numbers[base + 1] = value
    }
  }
}

const NONE = 0
const NUMBER = 1
const OBJECT = 2

/** What the row has, and a number if it is one; everything else is an object. So numbers stay doubles until something else comes. */
function anyExtreme(direction: 1 | -1): Body {
  return {
    numberCount: 2,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      const column = args[0]!
      const { numbers, stride } = rows
      const { tags, numbers: values } = column
      for (let i = from; i < to; i += 1) {
        const row = targets[i]!
        const tag = tags[i]!
        if (row < 0 || tag <= Tag.Null) continue
        const base = row * stride + at.number
        if (tag === Tag.Number && numbers[base] === NUMBER) {
          if (compareNumbers(values[i]!, numbers[base + 1]!) * direction > 0) numbers[base + 1] = values[i]!
        } else offer(rows, at, row, { value: column.value(i)!, direction })
      }
    },
    merge(rows, at, to, source, from) {
      const value = keptOf(source, at, from)
      if (value !== null) offer(rows, at, to, { value, direction })
    },
    result: keptOf,
    write(rows, at, row, page: ValueWriter) {
      if (rows.numbers[baseOf(rows, at, row)] === OBJECT) page.value(rows.objects[at.object]![row] as Value)
    },
    read(rows, at, row, page: ValueReader) {
      if (rows.numbers[baseOf(rows, at, row)] === OBJECT) setObject(rows, at, row, page.value())
    },
  }
}

const compareNumbers = (a: number, b: number) =>
  a < b ? -1 : a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))

function keptOf(rows: AccumulatorRows, at: Offsets, row: number): Value {
  const base = baseOf(rows, at, row)
  const state = rows.numbers[base]!
  if (state === NONE) return null
  return state === NUMBER ? rows.numbers[base + 1]! : (rows.objects[at.object]![row] as Value)
}

/** Results of rows that hold a state and a number, and an object in the third state. */
export const fillKept: NonNullable<Accumulator['fill']> = (rows, at, selected, column, to) => {
  const { numbers, stride } = rows
  const { tags, numbers: values } = column
  for (let i = 0; i < selected.length; i += 1) {
    const base = selected[i]! * stride + at.number
    if (numbers[base] === NUMBER) {
      tags[to + i] = Tag.Number
      values[to + i] = numbers[base + 1]!
    } else column.set(to + i, keptOf(rows, at, selected[i]!))
  }
}

function offer(
  rows: AccumulatorRows,
  at: Offsets,
  row: number,
  { value, direction }: { readonly value: Scalar; readonly direction: 1 | -1 },
): void {
  const kept = keptOf(rows, at, row)
  if (kept !== null && compareValues(value, kept) * direction <= 0) return
  const base = baseOf(rows, at, row)
  const isNumber = typeof value === 'number'
  rows.numbers[base] = isNumber ? NUMBER : OBJECT
  rows.numbers[base + 1] = isNumber ? value : 0
  setObject(rows, at, row, isNumber ? undefined : value)
}
