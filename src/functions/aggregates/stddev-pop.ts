import { defineSpread } from './spread.ts'

export const stddevPop = defineSpread({
  name: 'stddev_pop',
  summary: 'the standard deviation of all values that are not NULL; NULL if there is none',
  isSample: false,
  isRoot: true,
})
