import { type Column, Tag } from '../../data/column.ts'
import { type Accumulator, type AccumulatorRows, defineAggregate, type Offsets } from '../aggregate-function.ts'
import { baseOf, forEachValue } from './column-runs.ts'
import { addDistinct, distinctPages, distinctValues, mergeDistinct, retractDistinct } from './distinct-values.ts'

/** Counts are doubles: exact up to 2^53 rows a group, and dividing one by another never truncates. */
export const count = defineAggregate({
  name: 'count',
  signature: 'count(*), count([DISTINCT] value)',
  summary: 'how many rows, or how many values that are not NULL; 0 for none',
  arity: 1,
  takesStar: true,
  takesDistinct: true,
  flinkName: 'COUNT',
  returns: () => 'number',
  create: ({ distinct }) => (distinct ? countDistinct : countRows),
})

const mergeCounts: Accumulator['merge'] = (rows, at, to, source, from) => {
  rows.numbers[baseOf(rows, at, to)]! += source.numbers[baseOf(source, at, from)]!
}

/** Without an argument every row counts. */
const countRows: Accumulator = {
  numberCount: 1,
  objectCount: 0,
  type: 'number',
  add(rows, at, targets, args, from, to) {
    const column = args[0]
    if (column === undefined) addAll(rows, at, targets, [from, to])
    else addPresent(rows, at, targets, { column, from, to })
  },
  retract(rows, at, row, args, i) {
    if (args[0]?.isNull(i) !== true) rows.numbers[baseOf(rows, at, row)]! -= 1
  },
  merge: mergeCounts,
  mergeAll({ rows, targets, source, from, to }, { number }) {
    const { numbers, stride } = rows
    const others = source.numbers
    for (let row = from; row < to; row += 1)
      numbers[targets[row - from]! * stride + number]! += others[row * stride + number]!
  },
  result: (rows, at, row) => rows.numbers[baseOf(rows, at, row)]!,
  fill({ numbers, stride }, { number }, selected, column, to) {
    const values = column.numbers
    column.tags.fill(Tag.Number, to, to + selected.length)
    for (let i = 0; i < selected.length; i += 1) values[to + i] = numbers[selected[i]! * stride + number]!
  },
}

function addAll(rows: AccumulatorRows, at: Offsets, targets: Int32Array, [from, to]: readonly [number, number]): void {
  const { numbers, stride } = rows
  const offset = at.number
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    if (row >= 0) numbers[row * stride + offset]! += 1
  }
}

function addPresent(
  rows: AccumulatorRows,
  at: Offsets,
  targets: Int32Array,
  { column, from, to }: { readonly column: Column; readonly from: number; readonly to: number },
): void {
  const { numbers, stride } = rows
  const { tags } = column
  const offset = at.number
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    if (row >= 0 && tags[i]! > Tag.Null) numbers[row * stride + offset]! += 1
  }
}

const countDistinct: Accumulator = {
  numberCount: 0,
  objectCount: 1,
  type: 'number',
  add(rows, at, targets, args, from, to) {
    forEachValue(targets, args[0]!, [from, to], (row, value) => addDistinct(rows, at, row, value))
  },
  retract(rows, at, row, args, i) {
    const value = args[0]!.value(i)
    if (value !== null) retractDistinct(rows, at, row, value)
  },
  merge: (rows, at, to, source, from) => mergeDistinct(rows, at, to, { source, from }),
  result: (rows, at, row) => distinctValues(rows, at, row)?.size ?? 0,
  ...distinctPages,
}
