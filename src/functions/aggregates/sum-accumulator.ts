import { type Column, Tag } from '../../data/column.ts'
import type { ColumnType } from '../../data/column-type.ts'
import { describeType } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, MergeRun, Offsets } from '../aggregate-function.ts'
import { baseOf, forEachValue } from './column-runs.ts'
import { addDistinct, distinctPages, mergeDistinct, retractDistinct } from './distinct-values.ts'
import { plainSum, retractableSum, type Summation } from './summation.ts'

/** What SUM, AVG, variances and deviations have in common; they differ in what is kept and how the result is read off. */
export interface SumOptions {
  readonly name: string
  readonly argument: ColumnType
  readonly distinct: boolean
  readonly retractable: boolean
  /** Default: a double sum. SUM over BIGINT and variances bring their own. */
  readonly summation?: Summation
  readonly type: ColumnType
  /** The result of a group that is not empty. */
  result(total: number | bigint, count: number): number | bigint | null
}

/** Static types that can never be summed, in words. */
export function refusesSum(name: string, argument: ColumnType): string | undefined {
  if (argument === 'string' || argument === 'boolean' || argument === 'timestamp')
    return `${name} takes numbers, not a ${argument}`
  return undefined
}

export function sumAccumulator(options: SumOptions): Accumulator {
  const summation = options.summation ?? (options.retractable ? retractableSum : plainSum)
  const body = options.distinct ? distinctSum(summation) : everySum(summation)
  return {
    ...body,
    numberCount: summation.numberCount,
    type: options.type,
    result(rows, at, row) {
      const base = baseOf(rows, at, row)
      const count = rows.numbers[base]!
      return count === 0 ? null : options.result(summation.total(rows.numbers, base), count)
    },
    ...(summation === plainSum ? { fill: fillPlain(options.name === 'avg') } : {}),
    ...(options.argument === 'any' ? { refuse: refuseOthers(options.name) } : {}),
  }
}

const fillPlain =
  (isMean: boolean): NonNullable<Accumulator['fill']> =>
  ({ numbers, stride }, { number }, selected, column, to) => {
    const { tags, numbers: values } = column
    for (let i = 0; i < selected.length; i += 1) {
      const base = selected[i]! * stride + number
      const count = numbers[base]!
      tags[to + i] = count === 0 ? Tag.Null : Tag.Number
      if (count > 0) values[to + i] = isMean ? numbers[base + 1]! / count : numbers[base + 1]!
    }
  }

const refuseOthers =
  (name: string): NonNullable<Accumulator['refuse']> =>
  (args, i) => {
    const column = args[0]!
    const tag = column.tags[i]!
    if (tag <= Tag.Null || tag === Tag.Number || tag === Tag.Exact) return undefined
    return `${name} takes numbers, not ${describeType(column.value(i))}`
  }

type Body = Omit<Accumulator, 'type' | 'result' | 'refuse' | 'numberCount'>

function everySum(summation: Summation): Body {
  return {
    objectCount: 0,
    add(rows, at, targets, args, from, to) {
      const run = { column: args[0]!, from, to }
      if (summation === plainSum) addPlain(rows, at, targets, run)
      else addSlowly(summation, rows, { at, targets, ...run })
    },
    retract(rows, at, row, args, i) {
      const column = args[0]!
      const tag = column.tags[i]!
      if (tag <= Tag.Null) return
      const value = tag === Tag.Number ? column.numbers[i]! : (column.value(i) as number | bigint)
      summation.subtract(rows.numbers, baseOf(rows, at, row), value)
    },
    merge(rows, at, to, source, from) {
      summation.merge(rows.numbers, baseOf(rows, at, to), source.numbers, baseOf(source, at, from))
    },
    ...(summation === plainSum ? { mergeAll: mergePlain } : {}),
  }
}

/** The hot loop of windows made of slices. */
function mergePlain({ rows, targets, source, from, to }: MergeRun, { number }: Offsets): void {
  const { numbers, stride } = rows
  const others = source.numbers
  for (let row = from; row < to; row += 1) {
    const base = targets[row - from]! * stride + number
    const other = row * stride + number
    numbers[base]! += others[other]!
    numbers[base + 1]! += others[other + 1]!
  }
}

interface Run {
  readonly column: Column
  readonly from: number
  readonly to: number
}

/** The hot loop of SUM and AVG over doubles. */
function addPlain(rows: AccumulatorRows, at: Offsets, targets: Int32Array, { column, from, to }: Run): void {
  const { numbers, stride } = rows
  const { tags, numbers: values } = column
  const offset = at.number
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    if (row < 0) continue
    const tag = tags[i]!
    if (tag === Tag.Number) {
      const base = row * stride + offset
      numbers[base]! += 1
      numbers[base + 1]! += values[i]!
    } else if (tag === Tag.Exact) plainSum.add(numbers, row * stride + offset, column.value(i) as bigint)
  }
}

function addSlowly(
  summation: Summation,
  rows: AccumulatorRows,
  { at, targets, column, from, to }: Run & { readonly at: Offsets; readonly targets: Int32Array },
): void {
  const { numbers, stride } = rows
  const { tags, numbers: values } = column
  for (let i = from; i < to; i += 1) {
    const row = targets[i]!
    const tag = tags[i]!
    if (row < 0 || tag <= Tag.Null) continue
    const value = tag === Tag.Number ? values[i]! : (column.value(i) as number | bigint)
    summation.add(numbers, row * stride + at.number, value)
  }
}

/** Each value once: added when the first of it comes, taken away when the last of it goes. */
function distinctSum(summation: Summation): Body {
  return {
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      forEachValue(targets, args[0]!, [from, to], (row, value) => {
        if (addDistinct(rows, at, row, value))
          summation.add(rows.numbers, baseOf(rows, at, row), value as number | bigint)
      })
    },
    retract(rows, at, row, args, i) {
      const value = args[0]!.value(i)
      if (value === null || !retractDistinct(rows, at, row, value)) return
      summation.subtract(rows.numbers, baseOf(rows, at, row), value as number | bigint)
    },
    merge(rows, at, to, source, from) {
      const base = baseOf(rows, at, to)
      const isNew = (key: unknown) => summation.add(rows.numbers, base, key as number | bigint)
      mergeDistinct(rows, at, to, { source, from, isNew })
    },
    ...distinctPages,
  }
}
