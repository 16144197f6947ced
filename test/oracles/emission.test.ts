import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { naiveSession } from './naive-session.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES = `count(*) AS n, count(DISTINCT s) AS different, sum(v) AS total, min(s) AS least, last_value(s) AS last,
  sum(v) FILTER (WHERE v > 1) AS above`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  above: { fn: 'sum', of: ({ v }) => v, where: ({ v }) => (typeof v === 'number' ? v > 1 : null) },
}

/** Sums of these are exact. */
const numbers = ['0', '1', '2', '-3', '0.5', '7', 'null', undefined]
const files = randomFile({ numbers }).map((a) => ({ a }))
const byK = { k: ({ k }: { readonly k?: unknown }) => k }
const delay = fc.constantFrom(0, 1, 10, 40)
const emit = fc.oneof(
  fc.constant('changes' as const),
  fc.constantFrom(1, 5, 10, 33, 200).map((every) => ({ every })),
)

testAgreement('aggregate that tells its changes in between', {
  files,
  parameters: fc.record({ emit, delay }),
  delays: ({ delay }) => ({ a: delay }),
  isEndless: true,
  engine: (s, { emit, delay }) => s.aggregate(s.source('a', delay), 'k', AGGREGATES, emit),
  naive: (w, { emit }) => naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: byK, aggregates: NAIVE, emit }),
})

testAgreement('aggregate that tells its changes in between, and forgets keys', {
  files,
  parameters: fc.record({ emit, delay, ttl: fc.constantFrom(1, 7, 20, 60) }),
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { emit, delay, ttl }) =>
    s.forgetfulAggregate(s.source('a', delay), 'k', AGGREGATES, { emit, stateTtl: ttl }),
  naive: (w, { emit, ttl }) =>
    naiveAggregate(w, w.source('a'), { id: 'aggregate', keys: byK, aggregates: NAIVE, emit, ttl }),
})

testAgreement(
  'windows that tell their changes before they fire',
  {
    files,
    parameters: fc.record({
      emit,
      delay,
      lateness: fc.constantFrom(0, 0, 15, 60),
      sizes: fc.constantFrom<{ size: number; slide?: number; step?: number }>(
        { size: 10 },
        { size: 33, slide: 10 },
        { size: 24, slide: 8 },
        { size: 30, step: 10 },
      ),
    }),
    delays: ({ delay }) => ({ a: delay }),
    engine: (s, { emit, delay, lateness, sizes }) =>
      s.window(s.source('a', delay), sizes, { by: 'k', aggregates: AGGREGATES, allowedLateness: lateness, emit }),
    naive: (w, { emit, lateness, sizes }) => {
      const id = sizes.slide ? 'hop' : sizes.step ? 'cumulate' : 'tumble'
      return naiveWindow(w, w.source('a'), { id, ...sizes, lateness, keys: byK, aggregates: NAIVE, emit })
    },
  },
  120,
)

testAgreement(
  'sessions that tell their changes before they fire',
  {
    files,
    parameters: fc.record({
      emit,
      delay,
      gap: fc.constantFrom(1, 5, 12, 40),
      lateness: fc.constantFrom(0, 0, 15, 100),
    }),
    delays: ({ delay }) => ({ a: delay }),
    engine: (s, { emit, delay, gap, lateness }) =>
      s.session(s.source('a', delay), gap, { by: 'k', aggregates: AGGREGATES, allowedLateness: lateness, emit }),
    naive: (w, { emit, gap, lateness }) =>
      naiveSession(w, w.source('a'), { id: 'session', gap, lateness, keys: byK, aggregates: NAIVE, emit }),
  },
  120,
)

testAgreement(
  'windows and sessions over results that are told before they are final',
  {
    files,
    parameters: fc.record({ first: emit, second: emit, delay, isSession: fc.boolean(), gap: fc.constantFrom(5, 20) }),
    delays: ({ delay }) => ({ a: delay }),
    engine: (s, { first, second, delay, isSession, gap }) => {
      const aggregates = 'count(*) AS rows'
      const below = isSession
        ? s.session(s.source('a', delay), gap, { by: 'k', aggregates, emit: first })
        : s.window(s.source('a', delay), { size: gap }, { by: 'k', aggregates, emit: first })
      const options = { by: 'k', aggregates: 'count(*) AS n, sum(rows) AS total, max(rows) AS most', emit: second }
      return isSession ? s.window(below, { size: 30 }, options) : s.session(below, gap, options)
    },
    naive: (w, { first, second, isSession, gap }) => {
      const rows = { keys: byK, aggregates: { rows: { fn: 'count' as const } }, emit: first }
      const below = isSession
        ? naiveSession(w, w.source('a'), { id: 'session', gap, ...rows })
        : naiveWindow(w, w.source('a'), { id: 'tumble', size: gap, ...rows })
      const aggregates: Readonly<Record<string, NaiveAggregate>> = {
        n: { fn: 'count' },
        total: { fn: 'sum', of: ({ rows }) => rows },
        most: { fn: 'max', of: ({ rows }) => rows },
      }
      return isSession
        ? naiveWindow(w, below, { id: 'tumble', size: 30, keys: byK, aggregates, emit: second })
        : naiveSession(w, below, { id: 'session', gap, keys: byK, aggregates, emit: second })
    },
  },
  80,
)
