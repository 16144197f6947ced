import { defineAggregate } from '../aggregate-function.ts'
import { createEnd } from './end-value.ts'

export const firstValue = defineAggregate({
  name: 'first_value',
  signature: 'first_value(value)',
  summary: 'the value that came first and is not NULL; NULL if there is none',
  arity: 1,
  flinkName: 'FIRST_VALUE',
  ...createEnd('first'),
})
