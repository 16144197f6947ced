import { type Column, Tag } from '../../data/column.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { compareValues, describeType, type Value } from '../../data/value.ts'
import {
  type Accumulator,
  type AccumulatorRows,
  type AggregateFunction,
  defineAggregate,
  type Offsets,
} from '../aggregate-function.ts'
import { baseOf, setObject } from './column-runs.ts'
import { exactResult } from './extreme.ts'
import { keptPairs } from './kept-pairs.ts'

/** What MIN_BY and MAX_BY have in common: `direction` is 1 for MAX_BY, -1 for MIN_BY. Of equal ones the first stays. */
export function defineByExtreme(definition: {
  readonly name: string
  readonly summary: string
  readonly direction: 1 | -1
}): AggregateFunction {
  const { name, summary, direction } = definition
  return defineAggregate({
    name,
    signature: `${name}(value, by)`,
    summary,
    arity: 2,
    flinkName: null,
    returns: (argument) => argument,
    create({ argument, by = 'any', retractable }) {
      const body = retractable ? keptPairs((a, b) => compareValues(a, b) * direction > 0) : foremost(direction)
      return {
        ...body,
        type: argument,
        ...refuseNested(name, by),
        ...(argument === 'bigint' ? { result: exactResult(body) } : {}),
      }
    },
  })
}

function refuseNested(name: string, by: ColumnType): Pick<Accumulator, 'refuse'> {
  if (by !== 'any') return {}
  return {
    refuse(args, i) {
      const column = args[1]!
      if (column.tags[i] !== Tag.Json) return undefined
      return `${name} orders by numbers, strings and booleans, not ${describeType(column.value(i))}`
    },
  }
}

const NONE = 0
const NUMBER = 1
const OBJECT = 2

/**
 * Numbers: what the row has, and what it is ordered by if that is a number. Objects: what it is ordered by if that is none, and the
 * value, which may be NULL.
 */
function foremost(direction: 1 | -1): Omit<Accumulator, 'type'> {
  return {
    numberCount: 2,
    objectCount: 2,
    add(rows, at, targets, args, from, to) {
      const [values, by] = args as readonly [Column, Column]
      const { numbers, stride } = rows
      for (let i = from; i < to; i += 1) {
        const row = targets[i]!
        const tag = by.tags[i]!
        if (row < 0 || tag <= Tag.Null) continue
        const base = row * stride + at.number
        // The usual row: a number that is not foremost.
        if (tag === Tag.Number && numbers[base] === NUMBER && (by.numbers[i]! - numbers[base + 1]!) * direction <= 0)
          continue
        offer(rows, at, row, { by: by.value(i)!, value: values.value(i), direction })
      }
    },
    merge(rows, at, to, source, from) {
      const by = orderOf(source, at, from)
      if (by !== null) offer(rows, at, to, { by, value: source.objects[at.object + 1]![from] as Value, direction })
    },
    result: (rows, at, row) => (rows.objects[at.object + 1]![row] ?? null) as Value,
    write(rows, at, row, page) {
      const state = rows.numbers[baseOf(rows, at, row)]
      if (state === OBJECT) page.value(rows.objects[at.object]![row] as Value)
      if (state !== NONE) page.value(rows.objects[at.object + 1]![row] as Value)
    },
    read(rows, at, row, page) {
      const state = rows.numbers[baseOf(rows, at, row)]
      if (state === OBJECT) setObject(rows, at, row, page.value())
      if (state !== NONE) setObject(rows, { ...at, object: at.object + 1 }, row, page.value())
    },
  }
}

/** What the kept value is ordered by; null: there is none. */
function orderOf(rows: AccumulatorRows, at: Offsets, row: number): Value {
  const base = baseOf(rows, at, row)
  const state = rows.numbers[base]!
  if (state === NONE) return null
  return state === NUMBER ? rows.numbers[base + 1]! : (rows.objects[at.object]![row] as Value)
}

function offer(
  rows: AccumulatorRows,
  at: Offsets,
  row: number,
  { by, value, direction }: { readonly by: Value; readonly value: Value; readonly direction: 1 | -1 },
): void {
  const kept = orderOf(rows, at, row)
  if (kept !== null && compareValues(by, kept) * direction <= 0) return
  const base = baseOf(rows, at, row)
  const isNumber = typeof by === 'number'
  rows.numbers[base] = isNumber ? NUMBER : OBJECT
  rows.numbers[base + 1] = isNumber ? by : 0
  setObject(rows, at, row, isNumber ? undefined : by)
  setObject(rows, { ...at, object: at.object + 1 }, row, value)
}
