import { count } from '../aggregates/count.ts'
import { defineOver } from '../over-function.ts'

export const rowNumber = defineOver({
  name: 'row_number',
  signature: 'row_number()',
  summary: 'the number of the row among those of its key, from 1',
  arity: 0,
  flinkName: 'ROW_NUMBER',
  returns: () => 'number',
  create: count.create,
})
