import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { run, Steps } from '../job/pipeline.ts'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveWindow } from './naive-grouping.ts'
import { naiveFilter } from './naive-rowwise.ts'
import { randomFile } from './random-rows.ts'

const byK = { k: ({ k }: { readonly k?: unknown }) => k }
const delay = fc.constantFrom(0, 5, 20)
const lateness = fc.constantFrom(0, 15, 60)

/** All that can take values back. */
const OVER_TOTALS = `count(*) AS n, count(DISTINCT total) AS different, sum(total) AS total, avg(total) AS mean,
  min(total) AS least, max(total) AS most, first_value(total) AS first, last_value(total) AS last,
  sum(rows) FILTER (WHERE total > 2) AS rows`

const NAIVE_OVER_TOTALS: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  different: { fn: 'count distinct', of: ({ total }) => total },
  total: { fn: 'sum', of: ({ total }) => total },
  mean: { fn: 'avg', of: ({ total }) => total },
  least: { fn: 'min', of: ({ total }) => total },
  most: { fn: 'max', of: ({ total }) => total },
  first: { fn: 'first_value', of: ({ total }) => total },
  last: { fn: 'last_value', of: ({ total }) => total },
  rows: { fn: 'sum', of: ({ rows }) => rows, where: ({ total }) => (total === null ? null : (total as number) > 2) },
}

const NAIVE_TOTALS: Readonly<Record<string, NaiveAggregate>> = {
  rows: { fn: 'count' },
  total: { fn: 'sum', of: ({ v }) => v },
}

/** Sums that are exact whatever the order. */
const files = randomFile({ numbers: ['0', '1', '2', '-3', '0.5', '7', 'null', undefined] }).map((a) => ({ a }))

testAgreement('a window of windows, of which both correct themselves', {
  parameters: fc.record({ delay, inner: lateness, outer: lateness, slide: fc.constantFrom(undefined, 10, 25) }),
  delays: ({ delay }) => ({ a: delay }),
  files,
  engine: (s, { delay, inner, outer, slide }) => {
    const first = s.tumble(s.source('a', delay), 20, 'k', 'count(*) AS rows, sum(v) AS total', inner)
    const sizes = slide === undefined ? { size: 60 } : { size: 60, slide }
    return s.window(first, sizes, { by: 'k', aggregates: OVER_TOTALS, allowedLateness: outer })
  },
  naive: (w, { inner, outer, slide }) => {
    const tumble = { id: 'tumble', size: 20, lateness: inner, keys: byK, aggregates: NAIVE_TOTALS }
    return naiveWindow(w, naiveWindow(w, w.source('a'), tumble), {
      id: slide === undefined ? 'tumble-2' : 'hop',
      size: 60,
      ...(slide === undefined ? {} : { slide }),
      lateness: outer,
      keys: byK,
      aggregates: NAIVE_OVER_TOTALS,
    })
  },
})

testAgreement('a filter between windows: groups come and go', {
  parameters: fc.record({ delay, inner: lateness, outer: lateness }),
  delays: ({ delay }) => ({ a: delay }),
  files,
  engine: (s, { delay, inner, outer }) => {
    const first = s.hop(s.source('a', delay), { size: 30, slide: 10 }, 'k', 'count(*) AS rows, sum(v) AS total')
    const second = s.tumble(first, 30, 'k', 'sum(total) AS total, max(rows) AS rows', inner)
    return s.tumble(s.filter(second, 'total > 2'), 60, '', OVER_TOTALS, outer)
  },
  naive: (w, { inner, outer }) => {
    const hop = { id: 'hop', size: 30, slide: 10, keys: byK, aggregates: NAIVE_TOTALS }
    const tumble: Record<string, NaiveAggregate> = {
      total: { fn: 'sum', of: ({ total }) => total },
      rows: { fn: 'max', of: ({ rows }) => rows },
    }
    const first = naiveWindow(w, w.source('a'), hop)
    const second = naiveWindow(w, first, { id: 'tumble', size: 30, lateness: inner, keys: byK, aggregates: tumble })
    const some = naiveFilter(w, second, 'filter', ({ total }) => (total === null ? null : (total as number) > 2))
    const options = { id: 'tumble-2', size: 60, lateness: outer, keys: {}, aggregates: NAIVE_OVER_TOTALS }
    return naiveWindow(w, some, options)
  },
})

test('sums of corrected windows are the sums of all rows that were not late, however late they came', () =>
  fc.assert(
    fc.asyncProperty(files, async ({ a }) => {
      const steps = new Steps()
      const inner = steps.tumble(steps.source('a'), 20, 'k', 'count(*) AS rows, sum(v) AS total', 1e6)
      const { rows, late } = await run(steps.tumble(inner, 60, '', 'sum(rows) AS rows, sum(total) AS total'), { a })
      const all = a.split('\n').flatMap(rowsOf)
      const starts = new Set(all.map(({ ts }) => Math.floor(ts / 60) * 60))
      const want = [...starts]
        .sort((x, y) => x - y)
        .map((start) => {
          const some = all.filter(({ ts }) => ts >= start && ts < start + 60)
          const numbers = some.flatMap(({ v }) => (typeof v === 'number' ? [v] : []))
          const total = numbers.length === 0 ? null : numbers.reduce((sum, v) => sum + v, 0)
          return { window_start: start, window_end: start + 60, rows: some.length, total }
        })
      assert.deepEqual(late, [])
      assert.deepEqual(
        rows.map((row) => JSON.parse(row)),
        want,
      )
    }),
  ))

function rowsOf(line: string): { ts: number; v?: unknown }[] {
  try {
    const row = JSON.parse(line)
    return typeof row?.ts === 'number' ? [row] : []
  } catch {
    return []
  }
}
