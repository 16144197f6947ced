import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import { lessThan, numberOrNull, valueText } from './naive-rows.ts'
import { computed, type Member, type NaiveColumn, naiveFilter, naiveSelect, naiveUnion } from './naive-rowwise.ts'
import { randomFile } from './random-rows.ts'

const none = fc.constant(null)
const BIG = '{"a":{"b":9007199254740993}}'
const NESTED = [
  '{"a":{"b":1.50}}',
  '{ "a" : {"b":"x\\u0020y"} }',
  '{"a":[1, 2.0]}',
  '[1,{"b":2}]',
  '{"a":null}',
  '"a"',
  BIG,
]

/** Members whose text matters: nested ones, numbers and strings in several spellings. */
const files = randomFile({
  keys: NESTED,
  numbers: ['1.0', '-0', '1e2', '12345678901234567890', '0.10', '1E-7', 'null', undefined, '{"x":1}'],
  scalars: ['"\\u0041"', '"\\/"', '"\\ud800"', '"tab\\t"', '1', 'true', 'null', undefined, '[ 1.0 ]'],
}).map((a) => ({ a }))

/** A member as it is printed when it is selected: nested values keep their text, scalars have one printed form. */
const selected = (name: string, path: readonly string[], as: readonly string[] = [name]): NaiveColumn => ({
  path: as,
  text: ({ members }) => canonical(valueText(members, path) ?? 'null'),
})

const SPELLINGS: Readonly<Record<string, string>> = {
  '12345678901234567890': '12345678901234567890',
  '9007199254740993': '9007199254740993',
  '"\\ud800"': '"\ufffd"',
}
const canonical = (text: string): string =>
  /^[[{]/.test(text) ? text : (SPELLINGS[text] ?? JSON.stringify(JSON.parse(text)))

const plus = (a: unknown, b: number) => (numberOrNull(a) === null ? null : (a as number) + b)

testAgreement('filter by a comparison that some rows refuse', {
  parameters: fc.constantFrom(2, 'x'),
  engine: (s, than) =>
    s.filter(s.source('a'), typeof than === 'number' ? `s < ${than} OR v = 1` : `s < '${than}' OR v = 1`),
  naive: (w, than) => naiveFilter(w, w.source('a'), 'filter', ({ s, v }) => or(() => lessThan(s, than), isEqual(v, 1))),
})

/** NULL, or whether both are the same. */
const isEqual = (a: unknown, b: unknown) => (a === undefined || a === null ? null : a === b)

/** SQL's OR; what fails on the left fails whatever is on the right. */
function or(left: () => boolean | null, right: boolean | null): boolean | null {
  const a = left()
  return a === true || right === true ? true : a === null || right === null ? null : false
}

testAgreement('select * is the lines as they came', {
  parameters: none,
  files,
  engine: (s) => s.select(s.source('a'), '*'),
  naive: (w) => naiveSelect(w, w.source('a'), 'select', [{ star: [] }]),
})

testAgreement('select * EXCEPT, with members that are put in the place of others', {
  parameters: none,
  files,
  engine: (s) => s.select(s.source('a'), '* EXCEPT (s, nothing), ts + 1 AS ts, k.a AS inner, true AS "k"'),
  naive: (w) =>
    naiveSelect(w, w.source('a'), 'select', [
      { star: ['s', 'nothing'] },
      computed('ts', ({ ts }) => plus(ts, 1)),
      selected('inner', ['k', 'a']),
      computed('k', () => true),
    ]),
})

testAgreement('select of nested paths into nested members, of lines and of rows selected from them', {
  parameters: fc.boolean(),
  files,
  engine: (s, isTwice) => {
    const rows = isTwice ? s.select(s.source('a'), 'v, s, k') : s.source('a')
    return s.select(rows, 'k.a.b AS out.b, s, k AS out.deep.k, v AS "a b", k.a')
  },
  naive: (w, isTwice) => {
    const own = [selected('v', ['v']), selected('s', ['s']), selected('k', ['k'])]
    const rows = isTwice ? naiveSelect(w, w.source('a'), 'select', own) : w.source('a')
    return naiveSelect(w, rows, isTwice ? 'select-2' : 'select', [
      selected('b', ['k', 'a', 'b'], ['out', 'b']),
      selected('s', ['s']),
      selected('k', ['k'], ['out', 'deep', 'k']),
      selected('v', ['v'], ['a b']),
      selected('a', ['k', 'a']),
    ])
  },
})

testAgreement('two selects and a filter, each of which refuses rows', {
  parameters: none,
  engine: (s) => {
    const sums = s.select(s.source('a'), 's + 1 AS s, v, k')
    return s.select(s.filter(sums, 's < 3 AND NOT v > 5'), '* EXCEPT (k), v - 1 AS v, s * 2 AS s2')
  },
  naive: (w) => {
    const sums = naiveSelect(w, w.source('a'), 'select', [
      computed('s', ({ s }) => plus(s, 1)),
      selected('v', ['v']),
      selected('k', ['k']),
    ])
    const some = naiveFilter(w, sums, 'filter', ({ s, v }) => and(lessThan(s, 3), not(lessThan(5, v))))
    return naiveSelect(w, some, 'select-2', [
      { star: ['k'] },
      computed('v', ({ v }) => plus(v, -1)),
      computed('s2', ({ s }) => (numberOrNull(s) === null ? null : (s as number) * 2)),
    ])
  },
})

const not = (a: boolean | null) => (a === null ? null : !a)
const and = (a: boolean | null, b: boolean | null) =>
  a === false || b === false ? false : a === null || b === null ? null : true

testAgreement('rows that a window made, refused by the steps behind it, and lines that are none', {
  parameters: fc.constantFrom(0, 30),
  files: randomFile({ oddOneOf: 4 }).map((a) => ({ a })),
  engine: (s, lateness) => {
    const windows = s.tumble(s.source('a'), 20, 'k', 'count(*) AS n, max(s) AS most', lateness)
    return s.select(s.filter(windows, 'n < 4'), '*, most + 1 AS more')
  },
  naive: (w, lateness) => {
    const aggregates = { n: { fn: 'count' as const }, most: { fn: 'max' as const, of: ({ s }: Member) => s } }
    const windows = naiveWindow(w, w.source('a'), {
      id: 'tumble',
      size: 20,
      lateness,
      keys: { k: ({ k }) => k },
      aggregates,
    })
    const some = naiveFilter(w, windows, 'filter', ({ n }) => lessThan(n, 4))
    return naiveSelect(w, some, 'select', [{ star: [] }, computed('more', ({ most }) => plus(most, 1))])
  },
})

testAgreement('rows refused in two branches, by SUM, and by the lines themselves, in the order of the input', {
  parameters: none,
  isEndless: true,
  engine: (s) => {
    const a = s.source('a', 10)
    const left = s.select(a, 's + 1 AS x')
    const right = s.select(s.tumble(a, 20, '', 'min(v) AS x, sum(s) AS t'), 'x')
    return s.aggregate(s.union(left, right), 'x < 2 AS low', 'count(*)', 'changes')
  },
  delays: () => ({ a: 10 }),
  naive: (w) => {
    const a = w.source('a')
    const left = naiveSelect(w, a, 'select', [computed('x', ({ s }) => plus(s, 1))])
    const aggregates = {
      x: { fn: 'min' as const, of: ({ v }: Member) => v },
      t: { fn: 'sum' as const, of: ({ s }: Member) => s },
    }
    const windows = naiveWindow(w, a, { id: 'tumble', size: 20, keys: {}, aggregates })
    const right = naiveSelect(w, windows, 'select-2', [computed('x', ({ x }) => x)])
    return naiveAggregate(w, naiveUnion(w, [left, right]), {
      id: 'aggregate',
      keys: { low: ({ x }) => lessThan(x, 2) },
      aggregates: { count: { fn: 'count' } },
      emit: 'changes',
    })
  },
})
