import { defineAggregate } from '../aggregate-function.ts'
import { createEnd } from './end-value.ts'

export const lastValue = defineAggregate({
  name: 'last_value',
  signature: 'last_value(value)',
  summary: 'the value that came last and is not NULL; NULL if there is none',
  arity: 1,
  flinkName: 'LAST_VALUE',
  ...createEnd('last'),
})
