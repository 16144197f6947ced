import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { lessThan, numberOrNull } from './naive-rows.ts'
import { computed, type Member, naiveFilter, naiveSelect } from './naive-rowwise.ts'
import type { Stream, World } from './naive-world.ts'
import { randomFile } from './random-rows.ts'

const emit = fc.constantFrom('final' as const, 'changes' as const)
const files = randomFile({ numbers: ['0', '1', '2', '-3', '0.5', '7', 'null', undefined] }).map((a) => ({ a }))

const ALL = `count(*), count(v) AS some, count(DISTINCT s) AS different, sum(v) AS total, sum(DISTINCT v) AS apart,
  avg(v) AS mean, min(s) AS least, max(s) AS most, first_value(s) AS first, last_value(s) AS last,
  count(*) FILTER (WHERE s < 5) AS small`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  count: { fn: 'count' },
  some: { fn: 'count', of: ({ v }) => v },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  apart: { fn: 'sum distinct', of: ({ v }) => v },
  mean: { fn: 'avg', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  most: { fn: 'max', of: ({ s }) => s },
  first: { fn: 'first_value', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  small: { fn: 'count', where: ({ s }) => lessThan(s, 5) },
}

const k = ({ k }: Member) => k
const twice = ({ v }: Member) => (numberOrNull(v) === null ? null : (v as number) * 2)

testAgreement('aggregate by a field and an expression', {
  parameters: emit,
  isEndless: true,
  files,
  engine: (s, emit) => s.aggregate(s.source('a'), 'k, v * 2 AS twice', ALL, emit),
  naive: (w, emit) =>
    naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: { k, twice }, aggregates: NAIVE, emit }),
})

testAgreement('aggregate without keys', {
  parameters: emit,
  isEndless: true,
  engine: (s, emit) => s.aggregate(s.source('a'), '', ALL, emit),
  naive: (w, emit) => naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: {}, aggregates: NAIVE, emit }),
})

const quotient = (a: unknown, b: unknown) => (numberOrNull(a) === null ? null : (a as number) / (b as number))

testAgreement('expressions over aggregates', {
  parameters: emit,
  isEndless: true,
  engine: (s, emit) =>
    s.aggregate(s.source('a'), 'k', 'sum(v) / count(*) AS per_row, max(v) - min(v) AS range, count(*)', emit),
  naive: (w, emit) => {
    const aggregates: Record<string, NaiveAggregate> = {
      sum: { fn: 'sum', of: ({ v }) => v },
      count: { fn: 'count' },
      max: { fn: 'max', of: ({ v }) => v },
      min: { fn: 'min', of: ({ v }) => v },
    }
    const counted = naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: { k }, aggregates, emit })
    return naiveSelect(w, counted, 'aggregate-result', [
      computed('k', k),
      computed('per_row', ({ sum, count }) => quotient(sum, count)),
      computed('range', ({ max, min }) => (numberOrNull(max) === null ? null : (max as number) - (min as number))),
      computed('count', ({ count }) => count),
    ])
  },
})

/** Every aggregate that can take a value back, over `total`. */
const OVER_TOTALS = `count(*) AS n, count(total) AS some, count(DISTINCT total) AS different, sum(total) AS total,
  sum(DISTINCT total) AS apart, avg(total) AS mean, min(total) AS least, max(total) AS most, first_value(total) AS first,
  last_value(total) AS last, max(rows) FILTER (WHERE total > 1) AS rows`

const total = ({ total }: Member) => total
const NAIVE_OVER_TOTALS: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  some: { fn: 'count', of: total },
  different: { fn: 'count distinct', of: total },
  total: { fn: 'sum', of: total },
  apart: { fn: 'sum distinct', of: total },
  mean: { fn: 'avg', of: total },
  least: { fn: 'min', of: total },
  most: { fn: 'max', of: total },
  first: { fn: 'first_value', of: total },
  last: { fn: 'last_value', of: total },
  rows: { fn: 'max', of: ({ rows }) => rows, where: ({ total }) => lessThan(1, total) },
}

const naiveTotals = (w: World): Stream =>
  naiveAggregate(w, w.source('a'), {
    id: 'aggregate',
    keys: { k, s: ({ s }) => s },
    aggregates: { rows: { fn: 'count' }, total: { fn: 'sum', of: ({ v }) => v } },
    emit: 'changes',
  })

testAgreement(
  'aggregate over changes',
  {
    parameters: fc.record({ emit, isFiltered: fc.boolean() }),
    isEndless: true,
    files,
    engine: (s, { emit, isFiltered }) => {
      const totals = s.aggregate(s.source('a'), 'k, s', 'count(*) AS rows, sum(v) AS total', 'changes')
      return s.aggregate(isFiltered ? s.filter(totals, 'rows < 3') : totals, 'k', OVER_TOTALS, emit)
    },
    naive: (w, { emit, isFiltered }) => {
      const totals = naiveTotals(w)
      const some = isFiltered ? naiveFilter(w, totals, 'filter', ({ rows }) => lessThan(rows, 3)) : totals
      return naiveAggregate(w, some, { id: 'aggregate-2', keys: { k }, aggregates: NAIVE_OVER_TOTALS, emit })
    },
  },
  60,
)

testAgreement('aggregate over changes, by a key that changes', {
  parameters: emit,
  isEndless: true,
  files,
  engine: (s, emit) => {
    const totals = s.aggregate(s.source('a'), 'k, s', 'count(*) AS rows, sum(v) AS total', 'changes')
    return s.aggregate(totals, 'rows % 2 AS parity, total', 'count(*) AS n, last_value(k) AS last', emit)
  },
  naive: (w, emit) =>
    naiveAggregate(w, naiveTotals(w), {
      id: 'aggregate-2',
      keys: { parity: ({ rows }) => (rows as number) % 2, total },
      aggregates: { n: { fn: 'count' }, last: { fn: 'last_value', of: k } },
      emit,
    }),
})

testAgreement('aggregate over windows that correct themselves', {
  parameters: fc.record({ emit, lateness: fc.constantFrom(0, 40) }),
  isEndless: true,
  files,
  engine: (s, { emit, lateness }) => {
    const windows = s.tumble(s.source('a'), 20, 'k', 'count(*) AS rows, sum(v) AS total', lateness)
    return s.aggregate(windows, 'k', OVER_TOTALS, emit)
  },
  naive: (w, { emit, lateness }) => {
    const windows = naiveWindow(w, w.source('a'), {
      id: 'tumble',
      size: 20,
      lateness,
      keys: { k },
      aggregates: { rows: { fn: 'count' }, total: { fn: 'sum', of: ({ v }) => v } },
    })
    return naiveAggregate(w, windows, { id: 'aggregate', keys: { k }, aggregates: NAIVE_OVER_TOTALS, emit })
  },
})
