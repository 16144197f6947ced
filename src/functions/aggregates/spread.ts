import { type AggregateFunction, defineAggregate } from '../aggregate-function.ts'
import { retractableSquares, squaredDeviations } from './squared-deviations.ts'
import { refusesSum, sumAccumulator } from './sum-accumulator.ts'

/** What VAR_POP, VAR_SAMP, STDDEV_POP and STDDEV_SAMP have in common: always doubles; `isSample` divides by one less than there are. */
export function defineSpread(definition: {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly isSample: boolean
  readonly isRoot: boolean
}): AggregateFunction {
  const { name, aliases, summary, isSample, isRoot } = definition
  return defineAggregate({
    name,
    ...(aliases ? { aliases } : {}),
    signature: `${name}([DISTINCT] number)`,
    summary,
    arity: 1,
    takesDistinct: true,
    flinkName: name.toUpperCase(),
    castTo: 'DOUBLE',
    returns: () => 'number',
    refuses: (argument) =>
      argument === 'interval' ? `${name} takes numbers, not an interval` : refusesSum(name, argument),
    create: (options) =>
      sumAccumulator({
        ...options,
        name,
        type: 'number',
        summation: options.retractable ? retractableSquares : squaredDeviations,
        result(squares, count) {
          const divisor = isSample ? count - 1 : count
          if (divisor === 0) return null
          const variance = Number(squares) / divisor
          return isRoot ? Math.sqrt(variance) : variance
        },
      }),
  })
}
