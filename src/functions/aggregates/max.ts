import { defineAggregate } from '../aggregate-function.ts'
import { createExtreme } from './extreme.ts'

export const max = defineAggregate({
  name: 'max',
  signature: 'max(value)',
  summary: 'the greatest value that is not NULL; booleans before numbers before strings; NULL if there is none',
  arity: 1,
  flinkName: 'MAX',
  ...createExtreme('max', 1),
})
