import type { Column } from '../../data/column.ts'
import { Tag } from '../../data/column.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import type { Value } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { setObject } from './column-runs.ts'

/** What an aggregate keeps of one group in an object of its own. */
export interface Kept {
  readonly isEmpty: boolean
  write(page: ValueWriter): void
  /** Reads what `write` wrote into a fresh object. */
  read(page: ValueReader): void
}

/** How an aggregate works on its objects. Only groups that have something in them have one. */
export interface KeptObject<K extends Kept> {
  create(): K
  /** Whether row i counts. Absent: rows whose first argument is not NULL do. */
  counts?(args: readonly Column[], i: number): boolean
  add(kept: K, args: readonly Column[], i: number): void
  /** Takes away what was added as row i; one that is not there is left alone: its group was forgotten before. */
  retract?(kept: K, args: readonly Column[], i: number): void
  /** Adds all that `others` has behind what is there, and leaves `others` as it is. */
  merge(kept: K, others: K): void
  result(kept: K): Value
  /** The result of a group without an object. [NULL] */
  readonly resultOfNone?: Value
}

const isGiven = (args: readonly Column[], i: number) => args[0]!.tags[i]! > Tag.Null

export function keptObject<K extends Kept>(rule: KeptObject<K>): Omit<Accumulator, 'type'> {
  const { counts = isGiven, resultOfNone = null } = rule
  const keptOf = (rows: AccumulatorRows, at: Offsets, row: number) => rows.objects[at.object]![row] as K | undefined
  const reached = (rows: AccumulatorRows, at: Offsets, row: number): K => {
    const known = keptOf(rows, at, row)
    if (known !== undefined) return known
    const kept = rule.create()
    setObject(rows, at, row, kept)
    return kept
  }
  return {
    numberCount: 0,
    objectCount: 1,
    add(rows, at, targets, args, from, to) {
      for (let i = from; i < to; i += 1) {
        const row = targets[i]!
        if (row >= 0 && counts(args, i)) rule.add(reached(rows, at, row), args, i)
      }
    },
    merge(rows, at, to, source, from) {
      const others = keptOf(source, at, from)
      if (others !== undefined) rule.merge(reached(rows, at, to), others)
    },
    result(rows, at, row) {
      const kept = keptOf(rows, at, row)
      return kept === undefined ? resultOfNone : rule.result(kept)
    },
    write(rows, at, row, page) {
      const kept = keptOf(rows, at, row) ?? rule.create()
      kept.write(page)
    },
    read(rows, at, row, page) {
      const kept = rule.create()
      kept.read(page)
      if (!kept.isEmpty) setObject(rows, at, row, kept)
    },
    ...(rule.retract === undefined ? {} : { retract: retractFrom(rule, counts) }),
  }
}

function retractFrom<K extends Kept>(
  { retract }: KeptObject<K>,
  counts: NonNullable<KeptObject<K>['counts']>,
): NonNullable<Accumulator['retract']> {
  return (rows, at, row, args, i) => {
    const kept = rows.objects[at.object]![row] as K | undefined
    if (kept === undefined || !counts(args, i)) return
    retract!(kept, args, i)
    if (kept.isEmpty) setObject(rows, at, row, undefined)
  }
}
