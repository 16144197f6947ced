import { defineSpread } from './spread.ts'

export const varPop = defineSpread({
  name: 'var_pop',
  summary: 'the variance of all values that are not NULL; NULL if there is none',
  isSample: false,
  isRoot: false,
})
