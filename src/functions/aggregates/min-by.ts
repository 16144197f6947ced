import { defineByExtreme } from './by-extreme.ts'

export const minBy = defineByExtreme({
  name: 'min_by',
  summary: 'the value of the row where by is least, of equal ones the first; rows where by is NULL are left out',
  direction: -1,
})
