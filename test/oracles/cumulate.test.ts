import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { DAY } from './naive-days.ts'
import { naiveWindow } from './naive-grouping.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES = `count(*) AS n, count(DISTINCT s) AS different, sum(v) AS total, avg(v) AS mean, min(s) AS least,
  first_value(s) AS first, last_value(s) AS last, sum(v) FILTER (WHERE v > 1) AS above`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  mean: { fn: 'avg', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  first: { fn: 'first_value', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  above: { fn: 'sum', of: ({ v }) => v, where: ({ v }) => (typeof v === 'number' ? v > 1 : null) },
}

const byK = { k: ({ k }: { readonly k?: unknown }) => k }
const sizes = fc
  .record({
    step: fc.constantFrom(1, 7, 10, 25),
    times: fc.constantFrom(1, 2, 5, 12),
    shift: fc.integer({ min: -40, max: 40 }),
    delay: fc.constantFrom(0, 1, 10, 40),
  })
  .map(({ step, times, shift, delay }) => ({ size: step * times, step, offset: shift % (step * times), delay }))

testAgreement('cumulate', {
  parameters: sizes,
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { delay, ...sizes }) => s.window(s.source('a', delay), sizes, { by: 'k', aggregates: AGGREGATES }),
  naive: (w, { delay: _, ...sizes }) =>
    naiveWindow(w, w.source('a'), { id: 'cumulate', ...sizes, keys: byK, aggregates: NAIVE }),
})

testAgreement('cumulate with allowed lateness, around 1970', {
  parameters: fc.tuple(sizes, fc.constantFrom(1, 15, 60)),
  delays: ([{ delay }]) => ({ a: delay }),
  files: randomFile({ times: [-60, 60] }).map((a) => ({ a })),
  engine: (s, [{ delay, ...sizes }, allowedLateness]) =>
    s.window(s.source('a', delay), sizes, { by: 'k', aggregates: AGGREGATES, allowedLateness }),
  naive: (w, [{ delay: _, ...sizes }, lateness]) =>
    naiveWindow(w, w.source('a'), { id: 'cumulate', ...sizes, lateness, keys: byK, aggregates: NAIVE }),
})

testAgreement('cumulate over windows that correct themselves', {
  parameters: fc.tuple(fc.constantFrom(2, 4), fc.constantFrom(0, 30), fc.constantFrom(10, 40)),
  engine: (s, [times, allowedLateness, lateness]) => {
    const windows = s.tumble(s.source('a'), 10, 'k', 'count(*) AS rows', lateness)
    const sizes = { size: 20 * times, step: 20 }
    return s.window(windows, sizes, { by: 'k', aggregates: 'count(*) AS n, sum(rows) AS total', allowedLateness })
  },
  naive: (w, [times, lateness, below]) => {
    const aggregates = { rows: { fn: 'count' as const } }
    const windows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 10, lateness: below, keys: byK, aggregates })
    return naiveWindow(w, windows, {
      id: 'cumulate',
      size: 20 * times,
      step: 20,
      lateness,
      keys: byK,
      aggregates: { n: { fn: 'count' }, total: { fn: 'sum', of: ({ rows }) => rows } },
    })
  },
})

/** Rows about the instants at which clocks change, many of them out of order. */
const MINUTE = 60_000
const CHANGES = [
  { zone: 'Europe/Berlin', at: '2024-03-31T01:00Z' },
  { zone: 'Europe/Berlin', at: '2024-10-27T01:00Z' },
  { zone: 'America/New_York', at: '2024-03-10T07:00Z' },
  { zone: 'America/New_York', at: '2024-11-03T06:00Z' },
  { zone: 'America/Sao_Paulo', at: '2018-11-04T03:00Z' }, // there was no midnight
]

testAgreement('growing windows of the days of a zone', {
  parameters: fc.record({
    change: fc.constantFrom(...CHANGES),
    step: fc.constantFrom(1, 2),
    times: fc.constantFrom(1, 3),
    lateness: fc.constantFrom(0, 600 * MINUTE),
    steps: fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.constantFrom('"a"', '"b"', '1')), {
      minLength: 1,
      maxLength: 14,
    }),
  }),
  filesOf: ({ change, steps }) => {
    let at = Date.parse(change.at) - 2 * DAY
    const rows = steps.map(([minutes, k]) => {
      at += minutes * MINUTE
      return `{"ts":${at},"k":${k},"v":${minutes}}\n`
    })
    return { a: rows.join('') }
  },
  zone: ({ change }) => change.zone,
  engine: (s, { step, times, lateness }) =>
    s.window(
      s.source('a'),
      { size: step * times * DAY, step: step * DAY },
      { by: 'k', aggregates: 'count(*) AS n, sum(v) AS total', allowedLateness: lateness },
    ),
  naive: (w, { change, step, times, lateness }) =>
    naiveWindow(w, w.source('a'), {
      id: 'cumulate',
      size: step * times * DAY,
      step: step * DAY,
      lateness,
      zone: change.zone,
      keys: byK,
      aggregates: { n: { fn: 'count' }, total: { fn: 'sum', of: ({ v }) => v } },
    }),
})
