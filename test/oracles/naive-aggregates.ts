import { compareScalars, keyText, numberOrNull, RowProblem } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'

export interface NaiveAggregate {
  readonly fn:
    | 'count'
    | 'count distinct'
    | 'sum'
    | 'sum distinct'
    | 'avg'
    | 'min'
    | 'max'
    | 'first_value'
    | 'last_value'
  /** Absent: `*`. */
  readonly of?: (value: Member) => unknown
  readonly where?: (value: Member) => unknown
}

/** A value that an aggregate was given, with the slice of its row; doubles are summed by slice. */
interface Given {
  readonly value: unknown
  readonly slice: number
}

/** Everything that was added to one group and not taken back, for each aggregate, in the order in which it came. */
export class NaiveGroup {
  readonly #given: Given[][]
  rows = 0

  constructor(count: number) {
    this.#given = Array.from({ length: count }, () => [])
  }

  add(values: readonly Taken[], slice: number): void {
    this.rows += 1
    for (const [a, taken] of values.entries()) if (taken) this.#given[a]!.push({ value: taken.value, slice })
  }

  /** Takes the oldest of the equal values back. */
  retract(values: readonly Taken[]): void {
    this.rows -= 1
    for (const [a, taken] of values.entries()) {
      const given = this.#given[a]!
      const at = taken ? given.findIndex(({ value }) => keyText(value) === keyText(taken.value)) : -1
      if (at >= 0) given.splice(at, 1)
    }
  }

  /** This group and others of the same key, this one's rows before theirs. */
  static merged(groups: readonly NaiveGroup[], count: number): NaiveGroup {
    const all = new NaiveGroup(count)
    for (const group of groups) {
      all.rows += group.rows
      for (let a = 0; a < count; a += 1) all.#given[a]!.push(...group.#given[a]!)
    }
    return all
  }

  results(aggregates: Readonly<Record<string, NaiveAggregate>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(aggregates).map(([name, aggregate], a) => [name, resultOf(aggregate, this.#given[a]!)]),
    )
  }
}

/** What an aggregate takes from a row; null: its filter is not true. */
export type Taken = { readonly value: unknown } | null

/** Throws RowProblem where an aggregate cannot take the row. */
export function takenFrom(aggregates: Readonly<Record<string, NaiveAggregate>>, value: Member): Taken[] {
  return Object.values(aggregates).map(({ fn, of, where }) => {
    if (where && where(value) !== true) return null
    const argument = of ? (of(value) ?? null) : true
    if (fn === 'sum' || fn === 'sum distinct' || fn === 'avg') numberOrNull(argument)
    if ((fn === 'min' || fn === 'max') && argument !== null && typeof argument === 'object')
      throw new RowProblem('no scalar')
    return { value: argument }
  })
}

function resultOf({ fn }: NaiveAggregate, given: readonly Given[]): unknown {
  const present = given.filter(({ value }) => value !== null)
  const values = present.map(({ value }) => value)
  switch (fn) {
    case 'count':
      return values.length
    case 'count distinct':
      return new Set(values.map(keyText)).size
    case 'sum':
      return values.length === 0 ? null : sumOf(present)
    case 'sum distinct':
      return values.length === 0 ? null : sumOf(firstOfEach(present))
    case 'avg':
      return values.length === 0 ? null : sumOf(present) / values.length
    case 'min':
      return values.toSorted(compareScalars)[0] ?? null
    case 'max':
      return values.toSorted((a, b) => compareScalars(b, a))[0] ?? null
    case 'first_value':
      return values[0] ?? null
    case 'last_value':
      return values.at(-1) ?? null
  }
}

/** Arrival order within a slice, slices ascending. */
function sumOf(given: readonly Given[]): number {
  const bySlice = new Map<number, number>()
  for (const { value, slice } of given) bySlice.set(slice, (bySlice.get(slice) ?? 0) + (value as number))
  return [...bySlice].sort(([a], [b]) => a - b).reduce((sum, [, part]) => sum + part, 0)
}

const firstOfEach = (given: readonly Given[]): Given[] =>
  given.filter(({ value }, i) => given.findIndex((other) => keyText(other.value) === keyText(value)) === i)
