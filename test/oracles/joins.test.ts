import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveAggregate } from './naive-grouping.ts'
import type { NaiveJoinKind } from './naive-join.ts'
import { naiveRegularJoin, naiveTemporalJoin, naiveWindowJoin } from './naive-late-joins.ts'
import { computed, type Member, naiveSelect } from './naive-rowwise.ts'
import { randomFile } from './random-rows.ts'

const some = { keys: ['"a"', '"b"', '1', 'null', undefined], numbers: ['0', '1', '2', 'null', undefined] }
const file = fc.oneof(
  { weight: 6, arbitrary: randomFile(some, 16) },
  { weight: 1, arbitrary: fc.constantFrom('', '{"ts":\n') },
)
const files = fc.record({ a: file, b: file })
const delay = fc.constantFrom(0, 5, 40)

interface Parameters {
  readonly delays: readonly [number, number]
  readonly join: NaiveJoinKind
}
const delays = ({ delays: [a, b] }: Parameters) => ({ a, b })
const kinds = fc.constantFrom<NaiveJoinKind>('inner', 'left', 'right', 'full', 'semi', 'anti')

const k = ({ k }: Member) => k
const byK = [(value: Member) => [value.k], (value: Member) => [value.k]] as const

testAgreement(
  'window join',
  {
    files,
    parameters: fc.record({ delays: fc.tuple(delay, delay), join: kinds, size: fc.constantFrom(1, 10, 25, 500) }),
    delays: (p) => delays(p),
    engine: (s, { delays: [a, b], join, size }) =>
      s.windowJoin(s.source('a', a), s.source('b', b), { on: 'k', join, size }),
    naive: (w, { join, size }) =>
      naiveWindowJoin(w, [w.source('a'), w.source('b')], { id: 'join', join, as: 'r', on: byK, size }),
  },
  80,
)

testAgreement(
  'temporal join',
  {
    files,
    parameters: fc.record({
      delays: fc.tuple(delay, delay),
      join: fc.constantFrom<NaiveJoinKind>('inner', 'left'),
    }),
    delays: (p) => delays(p),
    engine: (s, { delays: [a, b], join }) => s.temporalJoin(s.source('a', a), s.source('b', b), { on: 'k', join }),
    naive: (w, { join }) =>
      naiveTemporalJoin(w, [w.source('a'), w.source('b')], { id: 'join', join, as: 'r', on: byK }),
  },
  80,
)

testAgreement(
  'regular join',
  {
    files,
    parameters: fc.record({
      delays: fc.tuple(delay, delay),
      join: kinds,
      ttl: fc.constantFrom(null, null, 10, 40),
    }),
    delays: (p) => delays(p),
    engine: (s, { delays: [a, b], join, ttl }) =>
      s.regularJoin(s.source('a', a), s.source('b', b), { on: 'k', join, stateTtl: ttl }),
    naive: (w, { join, ttl }) =>
      naiveRegularJoin(w, [w.source('a'), w.source('b')], { id: 'join', join, as: 'r', on: byK, ttl }),
  },
  80,
)

testAgreement(
  'regular join of a changelog and rows, and of rows and a changelog',
  {
    files,
    parameters: fc.record({ delays: fc.tuple(delay, delay), join: kinds, isRight: fc.boolean() }),
    delays: (p) => delays(p),
    isEndless: true,
    engine: (s, { delays: [a, b], join, isRight }) => {
      const rows = s.source('a', a)
      const counts = s.aggregate(s.source('b', b), 'k', 'count(*) AS n, sum(v) AS v', 'changes')
      const lines = join === 'right' || join === 'full' ? rows : s.select(rows, 'k, v')
      const isLeftOpen = join === 'right' || join === 'full'
      const [left, right] = isRight || isLeftOpen ? [lines, counts] : [counts, lines]
      return s.regularJoin(left, right, { on: 'k', join, stateTtl: null })
    },
    naive: (w, { join, isRight }) => {
      const rows = w.source('a')
      const source = w.source('b')
      const aggregates = { n: { fn: 'count' as const }, v: { fn: 'sum' as const, of: ({ v }: Member) => v } }
      const options = { id: 'aggregate', keys: { k }, aggregates, emit: 'changes' as const }
      const isLeftOpen = join === 'right' || join === 'full'
      const counts = naiveAggregate(w, source, options)
      const columns = [computed('k', k), computed('v', ({ v }) => v)]
      const lines = isLeftOpen ? rows : naiveSelect(w, rows, 'select', columns)
      const inputs = isRight || isLeftOpen ? ([lines, counts] as const) : ([counts, lines] as const)
      return naiveRegularJoin(w, inputs, { id: 'join', join, as: 'r', on: byK })
    },
  },
  80,
)
