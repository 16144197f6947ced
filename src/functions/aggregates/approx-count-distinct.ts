import { type Accumulator, defineAggregate } from '../aggregate-function.ts'
import { count } from './count.ts'
import { HyperLogLog } from './hyper-log-log.ts'
import { keptObject } from './kept-object.ts'
import { hash, hashValue } from './value-hash.ts'

/** Nothing can be taken back from a HyperLogLog: over rows that change, `count(DISTINCT)` stands in for it. */
const hyperLogLog: Accumulator = {
  ...keptObject({
    create: () => new HyperLogLog(),
    add(log, args, i) {
      hashValue(args[0]!.value(i)!)
      log.add(hash.high, hash.low)
    },
    merge: (log, other) => log.merge(other),
    result: (log) => log.estimate(),
    resultOfNone: 0,
  }),
  type: 'number',
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
