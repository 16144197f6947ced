import fc from 'fast-check'
import type { Frame } from '../../src/plan/kinds/over.ts'
import { testAgreement } from './agreement.ts'
import { naiveWindow } from './naive-grouping.ts'
import { naiveOver } from './naive-over.ts'
import { lessThan } from './naive-rows.ts'
import { computed, type Member, naiveSelect } from './naive-rowwise.ts'
import { randomFile } from './random-rows.ts'

const AGGREGATES =
  'count(*) AS n, sum(v) AS total, avg(v) AS mean, min(s) AS lo, max(s) AS hi, first_value(s) AS f, last_value(v) AS l'
const MORE =
  'count(DISTINCT s) AS d, sum(DISTINCT v) AS ds, count(s) FILTER (WHERE v > 1) AS w, sum(v) FILTER (WHERE v > 1) AS ws'
const RUNNING =
  "lag(s) AS before, lag(v, 3, 7) AS before3, lag(s, 6, 'x') AS before6, row_number() AS rn, rank() AS r, dense_rank() AS dr"

const v = ({ v: value }: Member) => value
const s = ({ s: value }: Member) => value
const isMore = (row: Member) => lessThan(1, v(row))
const aggregates = {
  n: { fn: 'count' as const },
  total: { fn: 'sum' as const, of: v },
  mean: { fn: 'avg' as const, of: v },
  lo: { fn: 'min' as const, of: s },
  hi: { fn: 'max' as const, of: s },
  f: { fn: 'first_value' as const, of: s },
  l: { fn: 'last_value' as const, of: v },
}
const more = {
  d: { fn: 'count distinct' as const, of: s },
  ds: { fn: 'sum distinct' as const, of: v },
  w: { fn: 'count' as const, of: s, where: isMore },
  ws: { fn: 'sum' as const, of: v, where: isMore },
}
const running = {
  lags: {
    before: { rows: 1, of: s },
    before3: { rows: 3, of: v, otherwise: 7 },
    before6: { rows: 6, of: s, otherwise: 'x' },
  },
  ranks: ['rn', 'r', 'dr'] as const,
}

/** Sums of these have no rounding, so that nothing depends on what was added before what. */
const NUMBERS = ['0', '1', '2', '3.5', '-4', '7', '1e1', 'null', undefined, '0.25']
const KEYS = ['"a"', '"a"', '"b"', 'null', undefined, '1', '1.0', '{"x":[]}']
const file = (times: readonly [number, number]) => randomFile({ keys: KEYS, numbers: NUMBERS, times }, 30)
/** Few times, so that there are peers; or many. */
const files = fc
  .constantFrom([1000, 1006] as const, [990, 1100] as const)
  .chain(file)
  .map((a) => ({ a }))

const frames = fc.constantFrom<Frame>(
  { kind: 'all' },
  { kind: 'rows', before: 1 },
  { kind: 'rows', before: 4 },
  { kind: 'range', span: 0 },
  { kind: 'range', span: 2 },
  { kind: 'range', span: 25 },
)
const parameters = fc.record({ frame: frames, delay: fc.constantFrom(0, 5, 200) })
const sizes = (frame: Frame) =>
  frame.kind === 'rows' ? { rows: frame.before } : frame.kind === 'range' ? { range: frame.span } : {}

testAgreement(
  'over: aggregates over every kind of frame',
  {
    parameters,
    delays: ({ delay }) => ({ a: delay }),
    files,
    engine: (steps, { frame, delay }) => steps.over(steps.source('a', delay), 'k', AGGREGATES, { frame }),
    naive: (w, { frame }) => naiveOver(w, w.source('a'), { id: 'over', by: ({ k }) => k, ...sizes(frame), aggregates }),
  },
  60,
)

testAgreement(
  'over: distinct and filtered aggregates, and functions that take no frame, with fields in their place',
  {
    parameters,
    delays: ({ delay }) => ({ a: delay }),
    files,
    engine: (steps, { frame, delay }) =>
      steps.over(steps.source('a', delay), 'k', `${MORE}, count(*) AS ts, ${RUNNING}`, { frame }),
    naive: (w, { frame }) =>
      naiveOver(w, w.source('a'), {
        id: 'over',
        by: ({ k }) => k,
        ...sizes(frame),
        aggregates: { ...more, ts: { fn: 'count' } },
        ...running,
      }),
  },
  40,
)

testAgreement('over: keys that are forgotten', {
  parameters: fc.record({ frame: frames, ttl: fc.constantFrom(1, 3, 30) }),
  files,
  engine: (steps, { frame, ttl }) =>
    steps.over(steps.source('a', 3), 'k', `${AGGREGATES}, ${RUNNING}`, { frame, stateTtl: ttl }),
  delays: () => ({ a: 3 }),
  naive: (w, { frame, ttl }) =>
    naiveOver(w, w.source('a'), { id: 'over', by: ({ k }) => k, ...sizes(frame), aggregates, ...running, ttl }),
})

testAgreement('over of a selection, with fields beside the calls, then a window', {
  parameters: fc.tuple(frames, fc.constantFrom(0, 20)),
  files,
  engine: (steps, [frame, lateness]) => {
    const some = steps.select(steps.source('a'), 'k, v, s')
    const rows = steps.over(some, '', 'count(*) - rank() AS n, lag(v) AS p, v IS NULL AND row_number() > 0 AS no', {
      frame,
    })
    return steps.tumble(rows, 20, 'n', 'count(*) AS c, min(p) AS p, max(no) AS no', lateness)
  },
  naive: (w, [frame, lateness]) => {
    const own = ['k', 'v', 's'].map((name) => computed(name, (row) => row[name]))
    const some = naiveSelect(w, w.source('a'), 'select', own)
    const rows = naiveOver(w, some, {
      id: 'over',
      by: () => null,
      ...sizes(frame),
      aggregates: { n: { fn: 'count' } },
      lags: { p: { rows: 1, of: v } },
      ranks: ['rn', 'r', 'dr'],
    })
    const result = naiveSelect(w, rows, 'over-result', [
      ...own,
      computed('n', (row) => (row['n'] as number) - (row['r'] as number)),
      computed('p', (row) => row['p']),
      computed('no', (row) => v(row) === null),
    ])
    const keys = { n: ({ n }: Member) => n }
    const counts = {
      c: { fn: 'count' as const },
      p: { fn: 'min' as const, of: ({ p }: Member) => p },
      no: { fn: 'max' as const, of: ({ no }: Member) => no },
    }
    return naiveWindow(w, result, { id: 'tumble', size: 20, lateness, keys, aggregates: counts })
  },
})
