import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveCountWindow } from './naive-count-window.ts'
import { type NaiveDedup, naiveDedupFirst, naiveDedupLast } from './naive-dedup.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import type { Member } from './naive-rowwise.ts'
import { naiveTop } from './naive-top.ts'
import type { Stream, World } from './naive-world.ts'
import { randomFile } from './random-rows.ts'

/** Few keys, so that they come again. */
const KEYS = ['"a"', '"b"', '1', '1.0', 'null', undefined]
const files = randomFile({ keys: KEYS }).map((a) => ({ a }))
const totals = randomFile({ keys: KEYS, numbers: ['0', '1', '2', '-3', '0.5', '7', 'null', undefined] })

const k = ({ k }: Member) => k
const ttl = fc.constantFrom(1, 7, 20, 60, 1000)
const delay = fc.constantFrom(0, 5, 30)
const emit = fc.constantFrom('final' as const, 'changes' as const)

const AGGREGATES = 'count(*) AS n, sum(v) AS total, last_value(s) AS last'
const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  total: { fn: 'sum', of: ({ v }) => v },
  last: { fn: 'last_value', of: ({ s }) => s },
}

testAgreement(
  'aggregate that forgets keys',
  {
    parameters: fc.record({ emit, ttl, delay }),
    delays: ({ delay }) => ({ a: delay }),
    files: totals.map((a) => ({ a })),
    engine: (s, { emit, ttl, delay }) =>
      s.forgetfulAggregate(s.source('a', delay), 'k', AGGREGATES, { emit, stateTtl: ttl }),
    naive: (w, { emit, ttl }) =>
      naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: { k }, aggregates: NAIVE, emit, ttl }),
  },
  120,
)

testAgreement('aggregate without keys that forgets', {
  parameters: fc.record({ emit, ttl }),
  files: totals.map((a) => ({ a })),
  engine: (s, { emit, ttl }) => s.forgetfulAggregate(s.source('a'), '', AGGREGATES, { emit, stateTtl: ttl }),
  naive: (w, { emit, ttl }) =>
    naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: {}, aggregates: NAIVE, emit, ttl }),
})

testAgreement('windows that correct themselves, then an aggregate that forgets keys', {
  parameters: fc.record({ emit, ttl, lateness: fc.constantFrom(0, 40) }),
  files: totals.map((a) => ({ a })),
  engine: (s, { emit, ttl, lateness }) => {
    const windows = s.tumble(s.source('a'), 20, 'k', 'count(*) AS rows, sum(v) AS v, min(s) AS s', lateness)
    return s.forgetfulAggregate(windows, 'k', AGGREGATES, { emit, stateTtl: ttl })
  },
  naive: (w, { emit, ttl, lateness }) => {
    const windows = naiveWindow(w, w.source('a'), {
      id: 'tumble',
      size: 20,
      lateness,
      keys: { k },
      aggregates: { rows: { fn: 'count' }, v: { fn: 'sum', of: ({ v }) => v }, s: { fn: 'min', of: ({ s }) => s } },
    })
    return naiveAggregate(w, windows, { id: 'aggregate', keys: { k }, aggregates: NAIVE, emit, ttl })
  },
})

const naiveDedup = (world: World, keep: 'first' | 'last', options: Omit<NaiveDedup, 'id' | 'by' | 'within'>): Stream =>
  (keep === 'first' ? naiveDedupFirst : naiveDedupLast)(world, world.source('a'), {
    id: 'dedup',
    by: k,
    within: null,
    ...options,
  })

const dedup = fc.record({ keep: fc.constantFrom('first' as const, 'last' as const), ttl, delay })

testAgreement(
  'dedup that forgets keys',
  {
    parameters: dedup,
    delays: ({ delay }) => ({ a: delay }),
    files,
    engine: (s, { keep, ttl, delay }) =>
      s.deduplicate(s.source('a', delay), { by: 'k', within: null, keep, stateTtl: ttl }),
    naive: (w, { keep, ttl }) => naiveDedup(w, keep, { ttl }),
  },
  120,
)

testAgreement('dedup that forgets keys, then a window', {
  parameters: dedup,
  delays: ({ delay }) => ({ a: delay }),
  files,
  engine: (s, { keep, ttl, delay }) =>
    s.tumble(s.deduplicate(s.source('a', delay), { by: 'k', within: null, keep, stateTtl: ttl }), 20, '', 'count(*)'),
  naive: (w, { keep, ttl }) =>
    naiveWindow(w, naiveDedup(w, keep, { ttl }), {
      id: 'tumble',
      size: 20,
      keys: {},
      aggregates: { count: { fn: 'count' } },
    }),
})

testAgreement(
  'count-window that forgets keys',
  {
    parameters: fc.record({ size: fc.constantFrom(2, 3, 5), slide: fc.constantFrom(null, 1, 2, 4), ttl, delay }),
    delays: ({ delay }) => ({ a: delay }),
    files: totals.map((a) => ({ a })),
    engine: (s, { size, slide, ttl, delay }) =>
      s.countWindow(s.source('a', delay), { size, slide, stateTtl: ttl }, 'k', AGGREGATES),
    naive: (w, { size, slide, ttl }) =>
      naiveCountWindow(w, w.source('a'), {
        id: 'count-window',
        size,
        slide: slide ?? size,
        ttl,
        keys: { k },
        aggregates: NAIVE,
      }),
  },
  120,
)

const v = ({ v: value }: Member) => value
const top = fc.record({ most: fc.constantFrom(1, 2, 4), rank: fc.constantFrom(undefined, 'place'), emit, ttl, delay })
const shown = (rank: string | undefined, emit: 'final' | 'changes') => ({
  ...(rank === undefined ? {} : { rank }),
  ...(emit === 'changes' ? { emit } : {}),
})

testAgreement(
  'top that forgets keys',
  {
    parameters: top,
    delays: ({ delay }) => ({ a: delay }),
    files: totals.map((a) => ({ a })),
    engine: (s, { most, rank, emit, ttl, delay }) =>
      s.top(s.source('a', delay), most, { by: 'k', orderBy: 'v', stateTtl: ttl, ...shown(rank, emit) }),
    naive: (w, { most, rank, emit, ttl }) =>
      naiveTop(w, w.source('a'), {
        id: 'top',
        most,
        by: k,
        orders: [{ of: v, descending: true }],
        ttl,
        ...shown(rank, emit),
      }),
  },
  120,
)

testAgreement(
  'windows that correct themselves, then a top over all of them that forgets keys',
  {
    parameters: top,
    files: totals.map((a) => ({ a })),
    engine: (s, { most, rank, emit, ttl }) => {
      const windows = s.tumble(s.source('a'), 20, 'k', 'count(*) AS rows, sum(v) AS v', 30)
      return s.top(windows, most, { by: 'k', orderBy: 'v', isGlobal: true, stateTtl: ttl, ...shown(rank, emit) })
    },
    naive: (w, { most, rank, emit, ttl }) => {
      const aggregates = { rows: { fn: 'count' as const }, v: { fn: 'sum' as const, of: v } }
      const windows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 20, lateness: 30, keys: { k }, aggregates })
      const orders = [{ of: v, descending: true }]
      return naiveTop(w, windows, { id: 'top', most, by: k, orders, ttl, ...shown(rank, emit) })
    },
  },
  120,
)
