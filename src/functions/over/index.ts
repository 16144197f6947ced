import type { OverFunction } from '../over-function.ts'
import { lag } from './lag.ts'
import { denseRank, rank } from './rank.ts'
import { rowNumber } from './row-number.ts'

/** One line a function. */
export const ALL_OVER_FUNCTIONS: readonly OverFunction[] = [
  denseRank, //
  lag,
  rank,
  rowNumber,
]

/** By name. */
export const OVER_FUNCTIONS: ReadonlyMap<string, OverFunction> = new Map(ALL_OVER_FUNCTIONS.map((fn) => [fn.name, fn]))
