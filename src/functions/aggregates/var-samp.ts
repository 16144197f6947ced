import { defineSpread } from './spread.ts'

export const varSamp = defineSpread({
  name: 'var_samp',
  aliases: ['variance'],
  summary: 'the variance that a sample lets expect, divided by one less than there are; NULL for fewer than two',
  isSample: true,
  isRoot: false,
})
