import { defineByExtreme } from './by-extreme.ts'

export const maxBy = defineByExtreme({
  name: 'max_by',
  summary: 'the value of the row where by is greatest, of equal ones the first; rows where by is NULL are left out',
  direction: 1,
})
