import { defineAggregate } from '../aggregate-function.ts'
import { refusesSum, sumAccumulator } from './sum-accumulator.ts'

/** Sum by count, always a double: Flink's AVG over whole numbers truncates, ours does not. */
export const avg = defineAggregate({
  name: 'avg',
  signature: 'avg([DISTINCT] number)',
  summary: 'the mean of the values that are not NULL, never truncated; NULL if there is none',
  arity: 1,
  takesDistinct: true,
  flinkName: 'AVG',
  castTo: 'DOUBLE',
  returns: (argument) => (argument === 'interval' ? argument : 'number'),
  refuses: (argument) => refusesSum('avg', argument),
  create: (options) =>
    sumAccumulator({
      ...options,
      name: 'avg',
      type: avg.returns(options.argument),
      result: (total, count) => Number(total) / count,
    }),
})
