import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveCountWindow } from './naive-count-window.ts'
import { naiveWindow } from './naive-grouping.ts'
import { naiveSort } from './naive-sort.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES = `count(*) AS n, count(DISTINCT s) AS different, sum(v) AS total, avg(v) AS mean, min(s) AS least,
  max(v) AS most, first_value(s) AS first, last_value(s) AS last, sum(v) FILTER (WHERE v > 1) AS above`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  mean: { fn: 'avg', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  most: { fn: 'max', of: ({ v }) => v },
  first: { fn: 'first_value', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  above: { fn: 'sum', of: ({ v }) => v, where: ({ v }) => (typeof v === 'number' ? v > 1 : null) },
}
const byK = { k: ({ k }: { readonly k?: unknown }) => k }
/** Sums of these are exact. */
const numbers = ['0', '1', '2', '-3', '0.5', '7', 'null', undefined]
const few = randomFile({ numbers, keys: ['"a"', 'null', undefined] }, 40)
const files = fc.oneof(randomFile({ numbers }), few).map((a) => ({ a }))
const size = fc.constantFrom(1, 2, 3, 5, 8)

testAgreement('count-window', {
  files,
  parameters: fc.record({ size }),
  engine: (s, { size }) => s.countWindow(s.source('a'), { size, slide: null }, 'k', AGGREGATES),
  naive: (w, { size }) =>
    naiveCountWindow(w, w.source('a'), { id: 'count-window', size, slide: size, keys: byK, aggregates: NAIVE }),
})

testAgreement(
  'count-window that slides',
  {
    files,
    parameters: fc.record({ size, slide: size }),
    engine: (s, sizes) => s.countWindow(s.source('a'), sizes, 'k', AGGREGATES),
    naive: (w, sizes) =>
      naiveCountWindow(w, w.source('a'), { id: 'count-window', ...sizes, keys: byK, aggregates: NAIVE }),
  },
  80,
)

testAgreement('count-window of sorted rows without keys, and windows of its results', {
  files,
  parameters: fc.record({ size, slide: size, delay: fc.constantFrom(0, 10) }),
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { delay, ...sizes }) => {
    const counted = s.countWindow(s.sort(s.source('a', delay), ''), sizes, '', AGGREGATES)
    return s.tumble(counted, 20, 'n', 'count(*) AS rows, last_value(total) AS total')
  },
  naive: (w, { delay: _, ...sizes }) => {
    const sorted = naiveSort(w, w.source('a'), { id: 'sort', orders: [] })
    const counted = naiveCountWindow(w, sorted, { id: 'count-window', ...sizes, keys: {}, aggregates: NAIVE })
    const aggregates = {
      rows: { fn: 'count' as const },
      total: { fn: 'last_value' as const, of: ({ total }: { readonly total?: unknown }) => total },
    }
    return naiveWindow(w, counted, { id: 'tumble', size: 20, keys: { n: ({ n }) => n }, aggregates })
  },
})
