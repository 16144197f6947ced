import { Tag } from '../../data/column.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import { describeType, type Value } from '../../data/value.ts'
import { type Accumulator, defineAggregate } from '../aggregate-function.ts'
import { forEachValue } from './column-runs.ts'
import { addDistinct, distinctPages, distinctValues, mergeDistinct, retractDistinct } from './distinct-values.ts'
import { type Kept, keptObject } from './kept-object.ts'
import { atShares, SHARE, shareResult } from './share.ts'
import { refusesSum } from './sum-accumulator.ts'

/** Keeps every number of a group: 8 bytes each, or each different one with its count where rows are taken back. Sorted at each result. */
export const percentile = defineAggregate({
  name: 'percentile',
  signature: 'percentile([DISTINCT] number, share)',
  summary:
    "the exact percentile, interpolated between the two nearest numbers as SQL's PERCENTILE_CONT; keeps them all",
  arity: 1,
  constant: SHARE,
  takesDistinct: true,
  flinkName: 'PERCENTILE',
  castTo: 'DOUBLE',
  returns: (_argument, constant) => shareResult(constant),
  refuses: (argument) => refusesPercentile('percentile', argument),
  create({ argument, constant = null, distinct, retractable }) {
    const body = distinct || retractable ? countedNumbers(constant, distinct) : allNumbers(constant)
    return {
      ...body,
      type: shareResult(constant),
      ...(argument === 'any' ? { refuse: refuseOthers('percentile') } : {}),
    }
  },
})

export const refusesPercentile = (name: string, argument: Parameters<typeof refusesSum>[1]): string | undefined =>
  argument === 'interval' ? `${name} takes numbers, not an interval` : refusesSum(name, argument)

export const refuseOthers =
  (name: string): NonNullable<Accumulator['refuse']> =>
  (args, i) => {
    const column = args[0]!
    const tag = column.tags[i]!
    if (tag <= Tag.Null || tag === Tag.Number || tag === Tag.Exact) return undefined
    return `${name} takes numbers, not ${describeType(column.value(i))}`
  }

/** Between the numbers at both sides of place (count - 1) * share, with Flink's formula. `at` gives the number of a 0-based rank. */
function interpolated(count: number, share: number, at: (rank: number) => number): number {
  const place = (count - 1) * share
  const [lower, higher] = [Math.floor(place), Math.ceil(place)]
  const [below, above] = [at(lower), at(higher)]
  return lower === higher || below === above ? below : (higher - place) * below + (place - lower) * above
}

/** Numbers in a buffer that grows. */
class Numbers implements Kept {
  #values = new Float64Array(4)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  add(value: number): void {
    this.#reserve(this.#length + 1)
    this.#values[this.#length] = value
    this.#length += 1
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return
    const grown = new Float64Array(Math.max(length, this.#values.length * 2))
    grown.set(this.#values.subarray(0, this.#length))
    this.#values = grown
  }

  addAll(others: Numbers): void {
    this.#reserve(this.#length + others.#length)
    this.#values.set(others.#values.subarray(0, others.#length), this.#length)
    this.#length += others.#length
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).sort()
  }

  write(page: ValueWriter): void {
    page.u32(this.#length)
    page.f64s(this.#values, 0, this.#length)
  }

  read(page: ValueReader): void {
    const length = page.u32()
    this.#reserve(length)
    page.f64s(this.#values, 0, length)
    this.#length = length
  }
}

const allNumbers = (constant: Value): Omit<Accumulator, 'type'> =>
  keptObject({
    create: () => new Numbers(),
    add: (numbers, args, i) => numbers.add(Number(args[0]!.value(i))),
    merge: (numbers, others) => numbers.addAll(others),
    result(numbers) {
      const sorted = numbers.sorted()
      return atShares(constant, (share) => interpolated(sorted.length, share, (rank) => sorted[rank]!))
    },
  })

/** Each different number with how often it is there; with DISTINCT it counts once. Integers beyond 2^53 count as doubles. */
function countedNumbers(constant: Value, distinct: boolean): Omit<Accumulator, 'type'> {
  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      forEachValue(targets, args[0]!, [from, to], (row, value) => addDistinct(rows, at, row, Number(value)))
    },
    retract(rows, at, row, args, i) {
      const value = args[0]!.value(i)
      if (value !== null) retractDistinct(rows, at, row, Number(value))
    },
    merge: (rows, at, to, source, from) => mergeDistinct(rows, at, to, { source, from }),
    result(rows, at, row) {
      const counts = distinctValues(rows, at, row)
      if (counts === undefined) return null
      const sorted = Float64Array.from(counts.keys() as Iterable<number>).sort()
      if (distinct) return atShares(constant, (share) => interpolated(sorted.length, share, (rank) => sorted[rank]!))
      const ends = new Float64Array(sorted.length)
      let count = 0
      for (const [i, value] of sorted.entries()) {
        count += counts.get(value)!
        ends[i] = count
      }
      return atShares(constant, (share) => interpolated(count, share, (rank) => sorted[firstAbove(ends, rank)]!))
    },
    ...distinctPages,
  }
}

/** The index of the first of ascending numbers that is greater. */
function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! > limit) high = middle
    else low = middle + 1
  }
  return low
}
