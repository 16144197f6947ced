import type { AggregateFunction } from '../aggregate-function.ts'
import { avg } from './avg.ts'
import { count } from './count.ts'
import { firstValue } from './first-value.ts'
import { lastValue } from './last-value.ts'
import { max } from './max.ts'
import { min } from './min.ts'
import { sum } from './sum.ts'

/** One line a function. */
export const ALL_AGGREGATES: readonly AggregateFunction[] = [avg, count, firstValue, lastValue, max, min, sum]

/** Every aggregate by its name in lower case. */
export const AGGREGATES: ReadonlyMap<string, AggregateFunction> = new Map(ALL_AGGREGATES.map((fn) => [fn.name, fn]))
