import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { DAY } from './naive-days.ts'
import { naiveWindow } from './naive-grouping.ts'
import { numberOrNull } from './naive-rows.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES = `count(*) AS n, count(v) AS some, count(DISTINCT s) AS different, sum(v) AS total, avg(v) AS mean,
  min(s) AS least, max(s) AS most, first_value(s) AS first, last_value(s) AS last,
  sum(v) FILTER (WHERE v > 1) AS above, max(v) FILTER (WHERE k = 'a') AS of_a`

const NAIVE: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  some: { fn: 'count', of: ({ v }) => v },
  different: { fn: 'count distinct', of: ({ s }) => s },
  total: { fn: 'sum', of: ({ v }) => v },
  mean: { fn: 'avg', of: ({ v }) => v },
  least: { fn: 'min', of: ({ s }) => s },
  most: { fn: 'max', of: ({ s }) => s },
  first: { fn: 'first_value', of: ({ s }) => s },
  last: { fn: 'last_value', of: ({ s }) => s },
  above: { fn: 'sum', of: ({ v }) => v, where: ({ v }) => (typeof v === 'number' ? v > 1 : null) },
  of_a: { fn: 'max', of: ({ v }) => v, where: ({ k }) => k === 'a' },
}

const byK = { k: ({ k }: { readonly k?: unknown }) => k }
const delay = fc.constantFrom(0, 1, 10, 40)
const lateness = fc.constantFrom(1, 15, 60)

/** Sizes that are a multiple of the slide and sizes that are not; borders before and behind 0. */
const hops = fc
  .record({
    slide: fc.constantFrom(1, 7, 10, 25),
    times: fc.constantFrom(1, 1.5, 2, 3.4),
    shift: fc.integer({ min: -40, max: 40 }),
    delay,
  })
  .map(({ slide, times, shift, delay }) => {
    const size = Math.ceil(slide * times)
    return { size, slide, offset: shift % size, delay }
  })

const around1970 = randomFile({ times: [-60, 60] }).map((a) => ({ a }))

testAgreement('tumble', {
  parameters: fc
    .record({ size: fc.constantFrom(1, 10, 33, 60), shift: fc.constantFrom(0, -9, 7), delay })
    .map(({ size, shift, delay }) => ({ size, offset: shift % size, delay })),
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { size, offset, delay }) =>
    s.window(s.source('a', delay), { size, offset }, { by: 'k', aggregates: AGGREGATES }),
  naive: (w, { size, offset }) =>
    naiveWindow(w, w.source('a'), { id: 'tumble', size, offset, keys: byK, aggregates: NAIVE }),
})

testAgreement('hop', {
  parameters: hops,
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { delay, ...sizes }) => s.window(s.source('a', delay), sizes, { by: 'k', aggregates: AGGREGATES }),
  naive: (w, { delay: _, ...sizes }) =>
    naiveWindow(w, w.source('a'), { id: 'hop', ...sizes, keys: byK, aggregates: NAIVE }),
})

testAgreement('hop around 1970, by two keys of which one is computed', {
  parameters: hops,
  delays: ({ delay }) => ({ a: delay }),
  files: around1970,
  engine: (s, { delay, ...sizes }) =>
    s.window(s.source('a', delay), sizes, { by: 's, v * 2 AS twice', aggregates: 'count(*), sum(v) AS total' }),
  naive: (w, { delay: _, ...sizes }) =>
    naiveWindow(w, w.source('a'), {
      id: 'hop',
      ...sizes,
      keys: { s: ({ s }) => s, twice: ({ v }) => (numberOrNull(v) === null ? null : (v as number) * 2) },
      aggregates: { count: { fn: 'count' }, total: { fn: 'sum', of: ({ v }) => v } },
    }),
})

testAgreement('tumble with allowed lateness', {
  parameters: fc.record({ size: fc.constantFrom(1, 10, 33), delay, lateness }),
  delays: ({ delay }) => ({ a: delay }),
  engine: (s, { size, delay, lateness }) =>
    s.window(s.source('a', delay), { size }, { by: 'k', aggregates: AGGREGATES, allowedLateness: lateness }),
  naive: (w, { size, lateness }) =>
    naiveWindow(w, w.source('a'), { id: 'tumble', size, lateness, keys: byK, aggregates: NAIVE }),
})

testAgreement('hop with allowed lateness, around 1970', {
  parameters: fc.tuple(hops, lateness),
  delays: ([{ delay }]) => ({ a: delay }),
  files: around1970,
  engine: (s, [{ delay, ...sizes }, allowedLateness]) =>
    s.window(s.source('a', delay), sizes, { by: 'k', aggregates: AGGREGATES, allowedLateness }),
  naive: (w, [{ delay: _, ...sizes }, lateness]) =>
    naiveWindow(w, w.source('a'), { id: 'hop', ...sizes, lateness, keys: byK, aggregates: NAIVE }),
})

testAgreement('tumble without keys over rows with values that SUM cannot take', {
  parameters: fc.record({ size: fc.constantFrom(20, 60), lateness: fc.constantFrom(0, 30) }),
  engine: (s, { size, lateness }) => s.tumble(s.source('a'), size, '', 'sum(s) AS total, count(*) AS n', lateness),
  naive: (w, { size, lateness }) =>
    naiveWindow(w, w.source('a'), {
      id: 'tumble',
      size,
      lateness,
      keys: {},
      aggregates: { total: { fn: 'sum', of: ({ s }) => s }, n: { fn: 'count' } },
    }),
})

/** Rows about the instants at which clocks change, many of them out of order. */
const MINUTE = 60_000
const CHANGES = [
  { zone: 'Europe/Berlin', at: '2024-03-31T01:00Z' },
  { zone: 'Europe/Berlin', at: '2024-10-27T01:00Z' },
  { zone: 'America/Sao_Paulo', at: '2018-11-04T03:00Z' }, // there was no midnight
  { zone: 'America/Sao_Paulo', at: '2018-02-18T02:00Z' }, // midnight came twice
  { zone: 'Asia/Kolkata', at: '1969-12-31T18:30Z' },
]
const steps = fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.constantFrom('"a"', '"b"', '1')), {
  minLength: 1,
  maxLength: 14,
})

testAgreement('days of a zone', {
  parameters: fc.record({
    change: fc.constantFrom(...CHANGES),
    size: fc.constantFrom(1, 2, 3),
    slides: fc.boolean(),
    lateness: fc.constantFrom(0, 600 * MINUTE),
    steps,
  }),
  filesOf: ({ change, steps }) => {
    let at = Date.parse(change.at) - 2 * DAY
    const rows = steps.map(([minutes, k]) => {
      at += minutes * MINUTE
      return `{"ts":${at},"k":${k},"v":${minutes}}\n`
    })
    return { a: rows.join('') }
  },
  engine: (s, { size, slides, lateness }) =>
    s.window(
      s.source('a'),
      { size: size * DAY, ...(slides ? { slide: DAY } : {}) },
      { by: 'k', aggregates: 'count(*) AS n, sum(v) AS total, first_value(v) AS first', allowedLateness: lateness },
    ),
  zone: ({ change }) => change.zone,
  naive: (w, { change, size, slides, lateness }) =>
    naiveWindow(w, w.source('a'), {
      id: slides ? 'hop' : 'tumble',
      size: size * DAY,
      ...(slides ? { slide: DAY } : {}),
      lateness,
      zone: change.zone,
      keys: byK,
      aggregates: {
        n: { fn: 'count' },
        total: { fn: 'sum', of: ({ v }) => v },
        first: { fn: 'first_value', of: ({ v }) => v },
      },
    }),
})
