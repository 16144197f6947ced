import type { AggregateFunction } from '../aggregate-function.ts'
import { approxCountDistinct } from './approx-count-distinct.ts'
import { approxPercentile } from './approx-percentile.ts'
import { arrayAgg, jsonArrayagg } from './array-agg.ts'
import { avg } from './avg.ts'
import { count } from './count.ts'
import { firstValue } from './first-value.ts'
import { lastValue } from './last-value.ts'
import { listagg } from './listagg.ts'
import { max } from './max.ts'
import { maxBy } from './max-by.ts'
import { min } from './min.ts'
import { minBy } from './min-by.ts'
import { percentile } from './percentile.ts'
import { stddevPop } from './stddev-pop.ts'
import { stddevSamp } from './stddev-samp.ts'
import { sum } from './sum.ts'
import { varPop } from './var-pop.ts'
import { varSamp } from './var-samp.ts'

/** One line a function. */
export const ALL_AGGREGATES: readonly AggregateFunction[] = [
  approxCountDistinct,
  approxPercentile,
  arrayAgg,
  avg,
  count,
  firstValue,
  jsonArrayagg,
  lastValue,
  listagg,
  max,
  maxBy,
  min,
  minBy,
  percentile,
  stddevPop,
  stddevSamp,
  sum,
  varPop,
  varSamp,
]

/** Every aggregate by its name and its aliases, in lower case. */
export const AGGREGATES: ReadonlyMap<string, AggregateFunction> = new Map(
  ALL_AGGREGATES.flatMap((fn) => [fn.name, ...(fn.aliases ?? [])].map((name) => [name, fn] as const)),
)
