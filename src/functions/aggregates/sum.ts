import { defineAggregate } from '../aggregate-function.ts'
import { refusesSum, sumAccumulator } from './sum-accumulator.ts'
import { bigintSum } from './summation.ts'

/**
 * Doubles are added in order of arrival; BIGINT exactly, wrapping at 64 bits. Over rows without a schema integers beyond 2^53 are
 * added as doubles.
 */
export const sum = defineAggregate({
  name: 'sum',
  signature: 'sum([DISTINCT] number)',
  summary: 'the sum of the values that are not NULL; NULL if there is none',
  arity: 1,
  takesDistinct: true,
  flinkName: 'SUM',
  castTo: 'DOUBLE',
  returns: (argument) => (argument === 'bigint' || argument === 'interval' ? argument : 'number'),
  refuses: (argument) => refusesSum('sum', argument),
  create: (options) =>
    sumAccumulator({
      ...options,
      ...(options.argument === 'bigint' ? { summation: bigintSum } : {}),
      name: 'sum',
      type: sum.returns(options.argument),
      result: (total) => total,
    }),
})
