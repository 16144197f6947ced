import { defineSpread } from './spread.ts'

export const stddevSamp = defineSpread({
  name: 'stddev_samp',
  aliases: ['stddev'],
  summary: 'the standard deviation that a sample lets expect; NULL for fewer than two values',
  isSample: true,
  isRoot: true,
})
