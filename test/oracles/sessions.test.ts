import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { naiveSession } from './naive-session.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES = `count(*) AS n, count(DISTINCT s) AS different, sum(v) AS total, avg(v) AS mean, min(s) AS least,
  max(s) AS most, first_value(s) AS first, last_value(s) AS last, sum(v) FILTER (WHERE v > 1) AS above`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  mean: { fn: 'avg', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  most: { fn: 'max', of: ({ s }) => s },
  first: { fn: 'first_value', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  above: { fn: 'sum', of: ({ v }) => v, where: ({ v }) => (typeof v === 'number' ? v > 1 : null) },
}

const byK = { k: ({ k }: { readonly k?: unknown }) => k }
const gap = fc.constantFrom(1, 2, 5, 12, 40)
const delay = fc.constantFrom(0, 1, 10, 60)

/** Sums of these are exact: in which order merged sessions are added up is a case of its own. */
const numbers = ['0', '1', '2', '-3', '0.5', '7', 'null', undefined]
const files = randomFile({ numbers }).map((a) => ({ a }))

testAgreement('session', {
  files,
  parameters: fc.record({ gap, delay }),
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { gap, delay }) => s.session(s.source('a', delay), gap, { by: 'k', aggregates: AGGREGATES }),
  naive: (w, { gap }) => naiveSession(w, w.source('a'), { id: 'session', gap, keys: byK, aggregates: NAIVE }),
})

testAgreement('session without keys, around 1970', {
  parameters: fc.record({ gap, delay }),
  delays: ({ delay }) => ({ a: delay }),
  files: randomFile({ numbers, times: [-90, 90] }).map((a) => ({ a })),
  engine: (s, { gap, delay }) => s.session(s.source('a', delay), gap, { by: '', aggregates: AGGREGATES }),
  naive: (w, { gap }) => naiveSession(w, w.source('a'), { id: 'session', gap, keys: {}, aggregates: NAIVE }),
})

testAgreement(
  'session with allowed lateness',
  {
    files,
    parameters: fc.record({ gap, delay, lateness: fc.constantFrom(1, 15, 60, 300) }),
    delays: ({ delay }) => ({ a: delay }),
    engine: (s, { gap, delay, lateness }) =>
      s.session(s.source('a', delay), gap, { by: 'k', aggregates: AGGREGATES, allowedLateness: lateness }),
    naive: (w, { gap, lateness }) =>
      naiveSession(w, w.source('a'), { id: 'session', gap, lateness, keys: byK, aggregates: NAIVE }),
  },
  80,
)

testAgreement('session over windows that correct themselves', {
  parameters: fc.record({ gap, lateness: fc.constantFrom(0, 30), below: fc.constantFrom(10, 40) }),
  engine: (s, { gap, lateness, below }) => {
    const windows = s.tumble(s.source('a'), 10, 'k', 'count(*) AS rows', below)
    const aggregates = 'count(*) AS n, sum(rows) AS total, max(rows) AS most'
    return s.session(windows, gap, { by: 'k', aggregates, allowedLateness: lateness })
  },
  naive: (w, { gap, lateness, below }) => {
    const aggregates = { rows: { fn: 'count' as const } }
    const windows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 10, lateness: below, keys: byK, aggregates })
    return naiveSession(w, windows, {
      id: 'session',
      gap,
      lateness,
      keys: byK,
      aggregates: {
        n: { fn: 'count' },
        total: { fn: 'sum', of: ({ rows }) => rows },
        most: { fn: 'max', of: ({ rows }) => rows },
      },
    })
  },
})

testAgreement('aggregate and tumble over sessions that correct themselves', {
  parameters: fc.record({ gap, lateness: fc.constantFrom(0, 40) }),
  isEndless: true,
  engine: (s, { gap, lateness }) => {
    const sessions = s.session(s.source('a'), gap, {
      by: 'k',
      aggregates: 'count(*) AS rows',
      allowedLateness: lateness,
    })
    const windows = s.tumble(sessions, 50, 'k', 'sum(rows) AS rows')
    return s.aggregate(windows, 'k', 'sum(rows) AS rows', 'final')
  },
  naive: (w, { gap, lateness }) => {
    const rows = { rows: { fn: 'sum' as const, of: ({ rows }: { readonly rows?: unknown }) => rows } }
    const aggregates = { rows: { fn: 'count' as const } }
    const sessions = naiveSession(w, w.source('a'), { id: 'session', gap, lateness, keys: byK, aggregates })
    const windows = naiveWindow(w, sessions, { id: 'tumble', size: 50, keys: byK, aggregates: rows })
    return naiveAggregate(w, windows, { id: 'aggregate', keys: byK, aggregates: rows, emit: 'final' })
  },
})
