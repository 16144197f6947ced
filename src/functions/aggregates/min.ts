import { defineAggregate } from '../aggregate-function.ts'
import { createExtreme } from './extreme.ts'

export const min = defineAggregate({
  name: 'min',
  signature: 'min(value)',
  summary: 'the least value that is not NULL; booleans before numbers before strings; NULL if there is none',
  arity: 1,
  flinkName: 'MIN',
  ...createExtreme('min', -1),
})
