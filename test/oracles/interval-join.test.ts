import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveWindow } from './naive-grouping.ts'
import { type NaiveJoinKind, naiveIntervalJoin } from './naive-join.ts'
import { lessThan } from './naive-rows.ts'
import { computed, type Member, naiveFilter, naiveSelect } from './naive-rowwise.ts'
import { randomFile } from './random-rows.ts'

const some = { keys: ['"a"', '"b"', '1', '1.0', 'null', undefined], numbers: ['0', '1', '2', 'null', undefined] }
const FAR_AHEAD = '{"ts":4102444800000,"k":"a","v":1}\n'
const file = fc.oneof(
  { weight: 6, arbitrary: randomFile(some, 16) },
  { weight: 1, arbitrary: fc.constantFrom('', '{"ts":\n') },
  {
    weight: 1,
    arbitrary: fc.tuple(randomFile(some, 6), randomFile(some, 6)).map(([a, b]) => `${a.trimEnd()}\n${FAR_AHEAD}${b}`),
  },
)
const files = fc.record({ a: file, b: file })
const delay = fc.constantFrom(0, 5, 40)
interface Parameters {
  readonly delays: readonly [number, number]
  readonly join: NaiveJoinKind
  readonly bounds: readonly [lower: number, upper: number]
}
const delays = ({ delays: [a, b] }: Parameters) => ({ a, b })
const join = fc.constantFrom<NaiveJoinKind>('inner', 'left', 'right', 'full', 'semi', 'anti')
const bounds = fc.constantFrom<Parameters['bounds']>(
  [0, 0],
  [-10, 10],
  [-30, 0],
  [0, 30],
  [5, 20],
  [-40, -10],
  [-200, 200],
)
const parameters: fc.Arbitrary<Parameters> = fc.record({ delays: fc.tuple(delay, delay), join, bounds })

const k = ({ k }: Member) => k
const byK = [(value: Member) => [value.k], (value: Member) => [value.k]] as const

testAgreement(
  'interval join',
  {
    files,
    parameters,
    delays,
    engine: (s, { delays: [a, b], join, bounds: [lower, upper] }) =>
      s.intervalJoin(s.source('a', a), s.source('b', b), { on: 'k', join, lower, upper }),
    naive: (w, { join, bounds: [lower, upper] }) =>
      naiveIntervalJoin(w, [w.source('a'), w.source('b')], {
        id: 'join',
        join,
        as: 'r',
        on: byK,
        lower,
        upper,
      }),
  },
  120,
)

testAgreement('interval join on two pairs, of rows that a filter and a select have left', {
  files,
  parameters,
  delays,
  engine: (s, { delays: [a, b], join, bounds: [lower, upper] }) => {
    const left = s.filter(s.source('a', a), 'v < 2')
    const right = s.select(s.source('b', b), 'k AS key, v, s AS more.s')
    return s.intervalJoin(left, right, { on: 'k = key AND v = v', join, lower, upper })
  },
  naive: (w, { join, bounds: [lower, upper] }) => {
    const left = naiveFilter(w, w.source('a'), 'filter', ({ v }) => lessThan(v, 2))
    const columns = [
      computed('key', k),
      computed('v', ({ v }) => v),
      { path: ['more', 's'], text: ({ value }: { value: Member }) => JSON.stringify(value.s ?? null) },
    ]
    const right = naiveSelect(w, w.source('b'), 'select', columns)
    const on = [({ k, v }: Member) => [k, v], ({ key, v }: Member) => [key, v]] as const
    return naiveIntervalJoin(w, [left, right], { id: 'join', join, as: 'r', on, lower, upper })
  },
})

testAgreement('windows over an interval join', {
  files,
  parameters,
  delays,
  engine: (s, { delays: [a, b], join, bounds: [lower, upper] }) => {
    const both = s.intervalJoin(s.source('a', a), s.source('b', b), { on: 'k', join, lower, upper })
    const right = join === 'semi' || join === 'anti' ? 'v' : 'r.v'
    return s.tumble(both, 20, 'k', `count(*) AS n, sum(v) AS left, sum(${right}) AS right, count(${right}) AS met`)
  },
  naive: (w, { join, bounds: [lower, upper] }) => {
    const both = naiveIntervalJoin(w, [w.source('a'), w.source('b')], {
      id: 'join',
      join,
      as: 'r',
      on: byK,
      lower,
      upper,
    })
    const right = ({ v, r }: Member) => (join === 'semi' || join === 'anti' ? v : (r as Member | null)?.v)
    return naiveWindow(w, both, {
      id: 'tumble',
      size: 20,
      keys: { k },
      aggregates: {
        n: { fn: 'count' },
        left: { fn: 'sum', of: ({ v }) => v },
        right: { fn: 'sum', of: right },
        met: { fn: 'count', of: right },
      },
    })
  },
})
