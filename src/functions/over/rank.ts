import type { Accumulator } from '../aggregate-function.ts'
import { baseOf } from '../aggregates/column-runs.ts'
import { defineOver } from '../over-function.ts'

/** Ranks go by event time, the order of the rows. */
export const rank = defineOver({
  name: 'rank',
  signature: 'rank()',
  summary: 'one more than the rows of the key with an earlier time',
  arity: 1,
  readsTime: true,
  flinkName: 'RANK',
  returns: () => 'number',
  create: () => ranks(false),
})

export const denseRank = defineOver({
  name: 'dense_rank',
  signature: 'dense_rank()',
  summary: 'the number of different times among the rows of the key so far',
  arity: 1,
  readsTime: true,
  flinkName: 'DENSE_RANK',
  returns: () => 'number',
  create: () => ranks(true),
})

const ROWS = 0
const RANK = 1
const TIME = 2

function ranks(isDense: boolean): Accumulator {
  return {
    numberCount: 3,
    objectCount: 0,
    type: 'number',
    add(rows, at, targets, args, from, to) {
      const { numbers } = rows
      for (let i = from; i < to; i += 1) {
        if (targets[i]! < 0) continue
        const base = baseOf(rows, at, targets[i]!)
        const time = args[0]!.numbers[i]!
        numbers[base + ROWS]! += 1
        if (numbers[base + ROWS] !== 1 && time === numbers[base + TIME]) continue
        numbers[base + RANK] = isDense ? numbers[base + RANK]! + 1 : numbers[base + ROWS]!
        numbers[base + TIME] = time
      }
    },
    /** Of rows that come later. */
    merge(rows, at, to, source, from) {
      const [into, other] = [baseOf(rows, at, to), baseOf(source, at, from)]
      if (source.numbers[other + ROWS] === 0) return
      rows.numbers[into + RANK] = source.numbers[other + RANK]! + rows.numbers[into + (isDense ? RANK : ROWS)]!
      rows.numbers[into + ROWS]! += source.numbers[other + ROWS]!
      rows.numbers[into + TIME] = source.numbers[other + TIME]!
    },
    result: (rows, at, row) => rows.numbers[baseOf(rows, at, row) + RANK]!,
  }
}
