import fc from 'fast-check'
import type { PlanNode } from '../../src/plan/nodes.ts'
import type { Steps } from '../job/pipeline.ts'
import { testAgreement } from './agreement.ts'
import type { NaiveAggregate } from './naive-aggregates.ts'
import { naiveDedupFirst, naiveDedupLast } from './naive-dedup.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { lessThan } from './naive-rows.ts'
import { computed, type Member, naiveFilter, naiveSelect, naiveUnion } from './naive-rowwise.ts'
import type { Stream, World } from './naive-world.ts'
import { randomFile } from './random-rows.ts'

const FAR_AHEAD = '{"ts":4102444800000,"k":"a","v":1}\n'
const some = { keys: ['"a"', '"b"', '1', 'null', undefined], numbers: ['0', '1', '2', '-3', '7', 'null', undefined] }

/** Sources that are empty, that end early, that overlap or not, and with a row stamped far in the future. */
const file = fc.oneof(
  { weight: 5, arbitrary: randomFile(some, 14) },
  { weight: 1, arbitrary: fc.constantFrom('', '\n\n', '{"ts":\n') },
  { weight: 1, arbitrary: randomFile({ ...some, times: [1150, 1200] }, 5) },
  {
    weight: 1,
    arbitrary: fc.tuple(randomFile(some, 5), randomFile(some, 5)).map(([a, b]) => `${a.trimEnd()}\n${FAR_AHEAD}${b}`),
  },
)
const delay = fc.constantFrom(0, 5, 40)
const delays = fc.record({ a: delay, b: delay, c: delay })

const k = ({ k }: Member) => k
const OF_ROWS = 'count(*) AS n, sum(v) AS total, first_value(v) AS first, last_value(v) AS last'
const NAIVE_OF_ROWS: Readonly<Record<string, NaiveAggregate>> = {
  n: { fn: 'count' },
  total: { fn: 'sum', of: ({ v }) => v },
  first: { fn: 'first_value', of: ({ v }) => v },
  last: { fn: 'last_value', of: ({ v }) => v },
}

const two = { files: fc.record({ a: file, b: file }), delays: ({ a, b }: { a: number; b: number }) => ({ a, b }) }
const three = { files: fc.record({ a: file, b: file, c: file }), delays: (p: Record<'a' | 'b' | 'c', number>) => p }

testAgreement('two sources as one, with many lines that are no rows', {
  ...two,
  files: fc.record({
    a: randomFile({ ...some, oddOneOf: 3 }),
    b: fc.oneof(file, randomFile({ ...some, oddOneOf: 3 })),
  }),
  parameters: delays,
  engine: (s, { a, b }) => s.union(s.source('a', a), s.source('b', b)),
  naive: (w) => naiveUnion(w, [w.source('a'), w.source('b')]),
})

testAgreement('windows over three sources', {
  ...three,
  parameters: delays,
  engine: (s, { a, b, c }) => {
    const rows = s.union(s.source('a', a), s.filter(s.source('b', b), 'v < 3'), s.source('c', c))
    return s.hop(rows, { size: 30, slide: 20 }, 'k', OF_ROWS)
  },
  naive: (w) => {
    const a = w.source('a')
    const b = naiveFilter(w, w.source('b'), 'filter', ({ v }) => lessThan(v, 3))
    const rows = naiveUnion(w, [a, b, w.source('c')])
    return naiveWindow(w, rows, { id: 'hop', size: 30, slide: 20, keys: { k }, aggregates: NAIVE_OF_ROWS })
  },
})

/** Two branches that hold the watermark back by different times, one of them a changelog, and both again as one. */
function diamond(s: Steps, source: PlanNode, lateness: number): PlanNode {
  const left = s.select(s.dedup(source, 'k', 25, 'last'), 'k, v')
  const right = s.select(s.tumble(source, 20, 'k', 'sum(v) AS v', lateness), 'k, v')
  return s.union(left, right)
}

function naiveDiamond(w: World, source: Stream, lateness: number): Stream {
  const columns = [computed('k', k), computed('v', ({ v }) => v)]
  const left = naiveSelect(w, naiveDedupLast(w, source, { id: 'dedup', by: k, within: 25 }), 'select', columns)
  const aggregates = { v: { fn: 'sum' as const, of: ({ v }: Member) => v } }
  const windows = naiveWindow(w, source, { id: 'tumble', size: 20, lateness, keys: { k }, aggregates })
  return naiveUnion(w, [left, naiveSelect(w, windows, 'select-2', columns)])
}

const lateness = fc.constantFrom(0, 30)

testAgreement('a diamond', {
  parameters: fc.tuple(delay, lateness),
  delays: ([a]) => ({ a }),
  engine: (s, [delay, lateness]) => diamond(s, s.source('a', delay), lateness),
  naive: (w, [, lateness]) => naiveDiamond(w, w.source('a'), lateness),
})

testAgreement('windows over a diamond', {
  parameters: fc.tuple(delay, lateness, lateness),
  delays: ([a]) => ({ a }),
  files: randomFile(some).map((a) => ({ a })),
  engine: (s, [delay, inner, outer]) =>
    s.tumble(diamond(s, s.source('a', delay), inner), 40, 'k', `${OF_ROWS}, max(v) AS most`, outer),
  naive: (w, [, inner, outer]) =>
    naiveWindow(w, naiveDiamond(w, w.source('a'), inner), {
      id: 'tumble-2',
      size: 40,
      lateness: outer,
      keys: { k },
      aggregates: { ...NAIVE_OF_ROWS, most: { fn: 'max', of: ({ v }) => v } },
    }),
})

testAgreement('windows of two sources, one of them deduplicated, as one, and windows of those', {
  ...two,
  parameters: delays,
  isEndless: true,
  engine: (s, { a, b }) => {
    const left = s.tumble(s.source('a', a), 20, 'k', OF_ROWS)
    const right = s.tumble(s.dedup(s.source('b', b), 'v', 15), 10, 'k', OF_ROWS, 25)
    return s.aggregate(
      s.union(left, right),
      'k',
      'count(*) AS windows, sum(n) AS n, last_value(total) AS total',
      'changes',
    )
  },
  naive: (w) => {
    const windows = { keys: { k }, aggregates: NAIVE_OF_ROWS }
    const left = naiveWindow(w, w.source('a'), { id: 'tumble', size: 20, ...windows })
    const kept = naiveDedupFirst(w, w.source('b'), { id: 'dedup', by: ({ v }) => v, within: 15 })
    const right = naiveWindow(w, kept, { id: 'tumble-2', size: 10, lateness: 25, ...windows })
    const aggregates: Record<string, NaiveAggregate> = {
      windows: { fn: 'count' },
      n: { fn: 'sum', of: ({ n }) => n },
      total: { fn: 'last_value', of: ({ total }) => total },
    }
    const rows = naiveUnion(w, [left, right])
    return naiveAggregate(w, rows, { id: 'aggregate', keys: { k }, aggregates, emit: 'changes' })
  },
})
