import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { numberOrNull } from './naive-rows.ts'
import type { Member } from './naive-rowwise.ts'
import { naiveSession } from './naive-session.ts'
import type { NaiveOrder } from './naive-sort.ts'
import { naiveTop } from './naive-top.ts'
import { randomFile } from './random-rows.ts'

const k = ({ k }: Member) => k
const v = ({ v }: Member) => v
const s = ({ s }: Member) => s
const n = ({ n }: Member) => n
const most = fc.constantFrom(1, 2, 3, 7)
const rank = fc.constantFrom(undefined, 'place')
const counted: Readonly<Record<string, NaiveAggregate>> = { n: { fn: 'count' }, first: { fn: 'first_value', of: s } }
const window = ({ window_start, window_end }: Member) => ({
  start: Number(window_start),
  end: Number(window_end),
})

/** Orders as text, and as a plain program reads them. */
const ORDERS: readonly (readonly [string, readonly NaiveOrder[]])[] = [
  ['v', [{ of: v, descending: true }]],
  ['s ASC, v', [{ of: s }, { of: v, descending: true }]],
  ['0 - v ASC NULLS LAST', [{ of: (row) => negative(numberOrNull(row.v)), nulls: 'last' }]],
]
const negative = (value: number | null) => (value === null ? null : 0 - value)
const order = fc.constantFrom(...ORDERS)
const files = fc.oneof(randomFile(), randomFile({ keys: ['"a"', '"b"'] }, 60)).map((a) => ({ a }))
const ranked = (name: string | undefined) => (name === undefined ? {} : { rank: name })

testAgreement('top of all rows at the end', {
  parameters: fc.record({ most, order, rank }),
  files,
  engine: (steps, { most, order: [orderBy], rank }) =>
    steps.top(steps.source('a'), most, { by: 'k', orderBy, ...ranked(rank) }),
  naive: (w, { most, order: [, orders], rank }) =>
    naiveTop(w, w.source('a'), { id: 'top', most, by: k, orders, ...ranked(rank) }),
})

testAgreement(
  'top as it changes',
  {
    parameters: fc.record({ most, order, rank }),
    files,
    isEndless: true,
    engine: (steps, { most, order: [orderBy], rank }) =>
      steps.top(steps.source('a'), most, { by: 'k', orderBy, emit: 'changes', ...ranked(rank) }),
    naive: (w, { most, order: [, orders], rank }) =>
      naiveTop(w, w.source('a'), { id: 'top', most, by: k, orders, emit: 'changes', ...ranked(rank) }),
  },
  60,
)

testAgreement('top over groups that change, as it changes or at the end', {
  parameters: fc.record({ most, rank, emit: fc.constantFrom('final' as const, 'changes' as const) }),
  files,
  isEndless: true,
  engine: (steps, { most, rank, emit }) => {
    const groups = steps.aggregate(steps.source('a'), 'k', 'count(*) AS n, first_value(s) AS first', 'changes')
    return steps.top(groups, most, { orderBy: 'n, first ASC', emit, ...ranked(rank) })
  },
  naive: (w, { most, rank, emit }) => {
    const groups = naiveAggregate(w, w.source('a'), {
      id: 'aggregate',
      keys: { k },
      aggregates: counted,
      emit: 'changes',
    })
    const orders = [{ of: n, descending: true }, { of: ({ first }: Member) => first }]
    const more = emit === 'changes' ? { emit } : {}
    return naiveTop(w, groups, { id: 'top', most, orders, ...more, ...ranked(rank) })
  },
})

testAgreement('top within windows, those that correct themselves among them, and windows of that', {
  parameters: fc.record({ most, rank, lateness: fc.constantFrom(0, 0, 30), delay: fc.constantFrom(0, 10) }),
  files,
  delays: ({ delay }) => ({ a: delay }),
  engine: (steps, { most, rank, lateness, delay }) => {
    const rows = steps.tumble(steps.source('a', delay), 20, 'k, v', 'count(*) AS n, first_value(s) AS first', lateness)
    const first = steps.top(rows, most, { by: 'v', orderBy: 'n', ...ranked(rank) })
    return steps.tumble(first, 40, 'k', 'sum(n) AS n, first_value(v) AS v')
  },
  naive: (w, { most, rank, lateness }) => {
    const windows = { id: 'tumble', size: 20, lateness, keys: { k, v }, aggregates: counted }
    const rows = naiveWindow(w, w.source('a'), windows)
    const orders = [{ of: n, descending: true }]
    const first = naiveTop(w, rows, { id: 'top', most, by: v, orders, window, ...ranked(rank) })
    const aggregates = { n: { fn: 'sum' as const, of: n }, v: { fn: 'first_value' as const, of: v } }
    return naiveWindow(w, first, { id: 'tumble-2', size: 40, keys: { k }, aggregates })
  },
})

testAgreement('top within windows that overlap, and within sessions', {
  parameters: fc.record({ most, rank, isSession: fc.boolean() }),
  files,
  engine: (steps, { most, rank, isSession }) => {
    const aggregates = 'count(*) AS n, first_value(s) AS first'
    const rows = isSession
      ? steps.session(steps.source('a'), 12, { by: 'k', aggregates })
      : steps.hop(steps.source('a'), { size: 30, slide: 10 }, 'k', aggregates)
    return steps.top(rows, most, { orderBy: 'n, k ASC', ...ranked(rank) })
  },
  naive: (w, { most, rank, isSession }) => {
    const rows = isSession
      ? naiveSession(w, w.source('a'), { id: 'session', gap: 12, keys: { k }, aggregates: counted })
      : naiveWindow(w, w.source('a'), { id: 'hop', size: 30, slide: 10, keys: { k }, aggregates: counted })
    const orders = [{ of: n, descending: true }, { of: k }]
    return naiveTop(w, rows, { id: 'top', most, orders, window, ...ranked(rank) })
  },
})

testAgreement('top over all windows together', {
  parameters: fc.record({ most }),
  files,
  engine: (steps, { most }) => {
    const rows = steps.tumble(steps.source('a'), 20, 'k', 'count(*) AS n')
    return steps.top(rows, most, { by: 'k', orderBy: 'n', isGlobal: true })
  },
  naive: (w, { most }) => {
    const aggregates = { n: { fn: 'count' as const } }
    const rows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 20, keys: { k }, aggregates })
    return naiveTop(w, rows, { id: 'top', most, by: k, orders: [{ of: n, descending: true }] })
  },
})
