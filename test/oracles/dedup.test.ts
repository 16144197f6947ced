import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { type NaiveDedup, naiveDedupFirst, naiveDedupLast } from './naive-dedup.ts'
import { naiveWindow } from './naive-grouping.ts'
import { lessThan } from './naive-rows.ts'
import type { Stream, World } from './naive-world.ts'
import { randomFile } from './random-rows.ts'

const keep = fc.constantFrom('first' as const, 'last' as const)
const parameters = fc.record({
  keep,
  within: fc.constantFrom(1, 10, 25, 60, null),
  lateness: fc.constantFrom(0, 0, 5, 40),
  delay: fc.constantFrom(0, 5, 30),
})

/** Few keys, so that they repeat. */
const files = randomFile({
  keys: ['"a"', '"b"', '1', '1.0', 'null', undefined, '{"x":1, "y":[]}', '{"y":[],"x":1.0}'],
}).map((a) => ({ a }))

const naiveDedup = (
  world: World,
  input: Stream,
  { keep, ...options }: NaiveDedup & { keep: 'first' | 'last' },
): Stream => (keep === 'first' ? naiveDedupFirst(world, input, options) : naiveDedupLast(world, input, options))

testAgreement(
  'dedup',
  {
    parameters,
    delays: ({ delay }) => ({ a: delay }),
    files,
    isEndless: true, // keys of `--keep first` wait for their generation to go
    engine: (s, { delay, lateness, ...options }) =>
      s.deduplicate(s.source('a', delay), { by: 'k', ...options, allowedLateness: lateness }),
    naive: (w, { delay: _, ...options }) => naiveDedup(w, w.source('a'), { id: 'dedup', by: ({ k }) => k, ...options }),
  },
  80,
)

testAgreement('dedup by a field and an expression that fails for some rows', {
  parameters,
  delays: ({ delay }) => ({ a: delay }),
  isEndless: true,
  engine: (s, { delay, lateness, ...options }) =>
    s.deduplicate(s.source('a', delay), { by: 'k, s < 2', ...options, allowedLateness: lateness }),
  naive: (w, { delay: _, ...options }) =>
    naiveDedup(w, w.source('a'), { id: 'dedup', by: ({ k, s }) => [k, lessThan(s, 2)], ...options }),
})

testAgreement('dedup, then a window', {
  parameters: fc.tuple(parameters, fc.constantFrom(0, 30)),
  delays: ([{ delay }]) => ({ a: delay }),
  files,
  isEndless: true,
  engine: (s, [{ delay, lateness, ...options }, allowedLateness]) => {
    const kept = s.deduplicate(s.source('a', delay), { by: 'k', ...options, allowedLateness: lateness })
    return s.window(
      kept,
      { size: 40, slide: 15 },
      { by: '', aggregates: 'count(*) AS n, last_value(s) AS s', allowedLateness },
    )
  },
  naive: (w, [{ delay: _, ...options }, lateness]) => {
    const kept = naiveDedup(w, w.source('a'), { id: 'dedup', by: ({ k }) => k, ...options })
    const aggregates = {
      n: { fn: 'count' as const },
      s: { fn: 'last_value' as const, of: ({ s }: { s?: unknown }) => s },
    }
    return naiveWindow(w, kept, { id: 'hop', size: 40, slide: 15, lateness, keys: {}, aggregates })
  },
})

testAgreement('a window, then dedup of its results, then dedup of those', {
  parameters: fc.tuple(keep, keep),
  isEndless: true,
  engine: (s, [one, two]) => {
    const rows = s.tumble(s.source('a', 5), 10, 'k', 'count(*) AS n')
    return s.dedup(s.dedup(rows, 'k', 25, one), 'n', 30, two)
  },
  delays: () => ({ a: 5 }),
  naive: (w, [one, two]) => {
    const keys = { k: ({ k }: { k?: unknown }) => k }
    const rows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 10, keys, aggregates: { n: { fn: 'count' } } })
    const kept = naiveDedup(w, rows, { id: 'dedup', by: ({ k }) => k, within: 25, keep: one })
    return naiveDedup(w, kept, { id: 'dedup-2', by: ({ n }) => n, within: 30, keep: two })
  },
})
