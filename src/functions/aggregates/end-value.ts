import { Tag } from '../../data/column.ts'
import { isNumeric } from '../../data/column-type.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, AggregateFunction, Offsets } from '../aggregate-function.ts'
import { arrivals } from './arrivals.ts'
import { baseOf, setObject } from './column-runs.ts'
import { exactResult, fillKept } from './extreme.ts'

export type End = 'first' | 'last'

/**
 * What FIRST_VALUE and LAST_VALUE have in common. The order is that of arrival; merged slices and sessions are ordered among each
 * other, earlier ones first.
 */
export function createEnd(end: End): Pick<AggregateFunction, 'returns' | 'create'> {
  return {
    returns: (argument) => argument,
    create({ argument, retractable }) {
      const body = retractable ? arrivals(end) : endValue(end, isNumeric(argument))
      return {
        ...body,
        type: argument,
        ...(argument === 'bigint' ? { result: exactResult(body) } : retractable ? {} : { fill: fillKept }),
      }
    },
  }
}

const NONE = 0
const NUMBER = 1
const OBJECT = 2

/** What the row has, and a number if it is one; everything else is an object, and numeric columns have no objects at all. */
function endValue(end: End, numericOnly: boolean): Omit<Accumulator, 'type'> {
  return {
    numberCount: 2,
    objectCount: numericOnly ? 0 : 1,
    add(rows, at, targets, args, from, to) {
      const column = args[0]!
      const { numbers, stride } = rows
      const { tags, numbers: values } = column
      for (let i = from; i < to; i += 1) {
        const row = targets[i]!
        const tag = tags[i]!
        if (row < 0 || tag <= Tag.Null) continue
        const base = row * stride + at.number
        const state = numbers[base]!
        if (end === 'first' && state !== NONE) continue
        if (tag === Tag.Number && state !== OBJECT) {
          numbers[base] = NUMBER
          numbers[base + 1] = values[i]!
        } else keep(rows, at, row, column.value(i)!)
      }
    },
    merge(rows, at, to, source, from) {
      const value = keptOf(source, at, from)
      if (value === null || (end === 'first' && rows.numbers[baseOf(rows, at, to)] !== NONE)) return
      keep(rows, at, to, value)
    },
    result: keptOf,
    ...(numericOnly ? {} : endPages),
  }
}

const endPages: Pick<Accumulator, 'write' | 'read'> = {
  write(rows, at, row, page) {
    if (rows.numbers[baseOf(rows, at, row)] === OBJECT) page.value(rows.objects[at.object]![row] as Value)
  },
  read(rows, at, row, page) {
    if (rows.numbers[baseOf(rows, at, row)] === OBJECT) setObject(rows, at, row, page.value())
  },
}

function keptOf(rows: AccumulatorRows, at: Offsets, row: number): Value {
  const base = baseOf(rows, at, row)
  const state = rows.numbers[base]!
  if (state === NONE) return null
  return state === NUMBER ? rows.numbers[base + 1]! : (rows.objects[at.object]![row] as Value)
}

function keep(rows: AccumulatorRows, at: Offsets, row: number, value: Exclude<Value, null>): void {
  const base = baseOf(rows, at, row)
  if (typeof value === 'number') {
    if (rows.numbers[base] === OBJECT) setObject(rows, at, row, undefined)
    rows.numbers[base] = NUMBER
    rows.numbers[base + 1] = value
  } else {
    rows.numbers[base] = OBJECT
    rows.numbers[base + 1] = 0
    setObject(rows, at, row, value)
  }
}
