import { type Accumulator, type AccumulatorRows, defineAggregate, type Offsets } from '../aggregate-function.ts'
import { forEachValue, setObject } from './column-runs.ts'
import { count } from './count.ts'
import { HyperLogLog } from './hyper-log-log.ts'
import { hash, hashValue } from './value-hash.ts'

const logAt = (rows: AccumulatorRows, at: Offsets, row: number) =>
  rows.objects[at.object]![row] as HyperLogLog | undefined

function reached(rows: AccumulatorRows, at: Offsets, row: number): HyperLogLog {
  const known = logAt(rows, at, row)
  if (known !== undefined) return known
  const log = new HyperLogLog()
  setObject(rows, at, row, log)
  return log
}

/** Nothing can be taken back from a HyperLogLog: over rows that change, `count(DISTINCT)` stands in for it. */
const hyperLogLog: Accumulator = {
  numberCount: 0,
  objectCount: 1,
  type: 'number',
  add(rows, at, targets, args, from, to) {
    forEachValue(targets, args[0]!, [from, to], (row, value) => {
      hashValue(value)
      reached(rows, at, row).add(hash.high, hash.low)
    })
  },
  merge(rows, at, to, source, from) {
    const other = logAt(source, at, from)
    if (other !== undefined) reached(rows, at, to).merge(other)
  },
  result: (rows, at, row) => logAt(rows, at, row)?.estimate() ?? 0,
  write(rows, at, row, page) {
    const log = logAt(rows, at, row)
    page.u8(log === undefined ? 0 : 1)
    log?.write(page)
  },
  read(rows, at, row, page) {
    if (page.u8() === 1) reached(rows, at, row).read(page)
  },
}

export const approxCountDistinct = defineAggregate({
  name: 'approx_count_distinct',
  signature: 'approx_count_distinct(value)',
  summary:
    'about how many different values that are not NULL, with a standard error of 0.81 %, in at most 16 KB a group',
  arity: 1,
  flinkName: 'APPROX_COUNT_DISTINCT',
  returns: () => 'number',
  create: ({ argument, retractable }) =>
    retractable ? count.create({ argument, distinct: true, retractable }) : hyperLogLog,
})
