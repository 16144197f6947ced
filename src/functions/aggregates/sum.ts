import { bitsOfWhole, type ColumnType, decimalShape, decimalType, isWhole } from '../../data/column-type.ts'
import { MOST_DIGITS } from '../../data/decimal.ts'
import { defineAggregate } from '../aggregate-function.ts'
import { decimalSum } from './decimal-sum.ts'
import { refusesSum, type SumOptions, sumAccumulator } from './sum-accumulator.ts'
import { bigintSum } from './summation.ts'

/** As in Flink: whole numbers keep their type, DECIMAL(p, s) gives DECIMAL(38, s). */
function sumType(argument: ColumnType): ColumnType {
  const shape = decimalShape(argument)
  if (shape) return decimalType({ precision: MOST_DIGITS, scale: shape.scale })
  return isWhole(argument) || argument === 'interval' ? argument : 'number'
}

/**
 * Doubles are added in order of arrival; whole numbers exactly, wrapping at the bits of their type; decimals exactly. Over rows without a
 * schema integers beyond 2^53 are added as doubles.
 */
export const sum = defineAggregate({
  name: 'sum',
  signature: 'sum([DISTINCT] number)',
  summary: 'the sum of the values that are not NULL; NULL if there is none',
  arity: 1,
  takesDistinct: true,
  flinkName: 'SUM',
  castTo: 'DOUBLE',
  returns: sumType,
  refuses: (argument) => refusesSum('sum', argument),
  create(options) {
    const type = sumType(options.argument)
    const shape = decimalShape(options.argument)
    if (shape) return { ...decimalSum(shape.scale, options.distinct), type }
    return sumAccumulator({ ...options, ...ofType(type), name: 'sum', type })
  },
})

function ofType(type: ColumnType): Pick<SumOptions, 'summation' | 'result'> {
  if (!isWhole(type)) return { result: (total) => total }
  if (type === 'bigint') return { summation: bigintSum, result: (total) => total }
  return { summation: bigintSum, result: (total) => Number(BigInt.asIntN(bitsOfWhole(type), total as bigint)) }
}
