import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveDedupFirst } from './naive-dedup.ts'
import { naiveWindow } from './naive-grouping.ts'
import { numberOrNull } from './naive-rows.ts'
import { computed, type Member, naiveSelect, naiveUnion } from './naive-rowwise.ts'
import { type NaiveOrder, naiveSort } from './naive-sort.ts'
import { randomFile } from './random-rows.ts'

const delay = fc.constantFrom(0, 1, 10, 60, 200)
const k = ({ k }: Member) => k
const v = ({ v }: Member) => v
const s = ({ s }: Member) => s

/** Orders as text, and as a plain program reads them. */
const ORDERS: readonly (readonly [string, readonly NaiveOrder[]])[] = [
  ['', []],
  ['s', [{ of: s }]],
  ['s DESC, v', [{ of: s, descending: true }, { of: v }]],
  [
    'v desc nulls first, k ASC NULLS LAST',
    [
      { of: v, descending: true, nulls: 'first' },
      { of: k, nulls: 'last' },
    ],
  ],
  ['-v', [{ of: (row) => negative(numberOrNull(row.v)) }]],
  ['s + 1 DESC', [{ of: (row) => added(numberOrNull(row.s)), descending: true }]],
]
const negative = (value: number | null) => (value === null ? null : -value)
const added = (value: number | null) => (value === null ? null : value + 1)
const order = fc.constantFrom(...ORDERS)

testAgreement(
  'sort',
  {
    parameters: fc.record({ order, delay, few: fc.boolean() }),
    delays: ({ delay }) => ({ a: delay }),
    files: fc.oneof(randomFile(), randomFile({ times: [1000, 1004] })).map((a) => ({ a })),
    engine: (steps, { order: [text], delay }) => steps.sort(steps.source('a', delay), text),
    naive: (w, { order: [, orders] }) => naiveSort(w, w.source('a'), { id: 'sort', orders }),
  },
  80,
)

testAgreement('sort of many rows', {
  parameters: fc.record({ order, delay }),
  delays: ({ delay }) => ({ a: delay }),
  files: randomFile({ times: [1000, 1200], oddOneOf: 100 }, 300).map((a) => ({ a })),
  engine: (steps, { order: [text], delay }) => steps.sort(steps.source('a', delay), text),
  naive: (w, { order: [, orders] }) => naiveSort(w, w.source('a'), { id: 'sort', orders }),
})

testAgreement('sort with ties by bytes, before a dedup that forgets', {
  parameters: fc.record({ delay }),
  delays: ({ delay }) => ({ a: delay }),
  isEndless: true,
  engine: (steps, { delay }) => {
    const sorted = steps.sort(steps.source('a', delay), '', 'bytes')
    return steps.deduplicate(sorted, { by: 'k', within: null, keep: 'first', stateTtl: 15 })
  },
  naive: (w) => {
    const sorted = naiveSort(w, w.source('a'), { id: 'ordered', orders: [], ties: 'bytes' })
    return naiveDedupFirst(w, sorted, { id: 'dedup', by: k, within: null, ttl: 15 })
  },
})

testAgreement('sort between select and windows, and of their results', {
  parameters: fc.record({ delay }),
  delays: ({ delay }) => ({ a: delay }),
  engine: (steps, { delay }) => {
    const columns = steps.select(steps.source('a', delay), 'k, v')
    const windows = steps.tumble(steps.sort(columns, 'k'), 20, 'k', 'first_value(v) AS v, count(*) AS n')
    return steps.sort(windows, 'n DESC, k')
  },
  naive: (w) => {
    const columns = naiveSelect(w, w.source('a'), 'select', [computed('k', k), computed('v', v)])
    const aggregates = { v: { fn: 'first_value' as const, of: v }, n: { fn: 'count' as const } }
    const sorted = naiveSort(w, columns, { id: 'sort', orders: [{ of: k }] })
    const windows = naiveWindow(w, sorted, { id: 'tumble', size: 20, keys: { k }, aggregates })
    return naiveSort(w, windows, { id: 'sort-2', orders: [{ of: ({ n }) => n, descending: true }, { of: k }] })
  },
})

testAgreement('one of two branches is sorted, windows over both', {
  parameters: fc.record({ delay, other: delay }),
  files: fc.record({ a: randomFile(), b: randomFile() }),
  delays: ({ delay, other }) => ({ a: delay, b: other }),
  engine: (steps, { delay, other }) => {
    const sorted = steps.sort(steps.source('a', delay), '')
    return steps.tumble(steps.union(sorted, steps.source('b', other)), 20, 'k', 'first_value(v) AS v')
  },
  naive: (w) => {
    const sorted = naiveSort(w, w.source('a'), { id: 'sort', orders: [] })
    const aggregates = { v: { fn: 'first_value' as const, of: v } }
    const both = naiveUnion(w, [sorted, w.source('b')])
    return naiveWindow(w, both, { id: 'tumble', size: 20, keys: { k }, aggregates })
  },
})
