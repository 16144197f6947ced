import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveAggregate, naiveWindow } from './naive-grouping.ts'
import type { Member } from './naive-rowwise.ts'
import { naiveUnnest } from './naive-unnest.ts'
import { randomFile } from './random-rows.ts'

const ARRAYS = [
  '[]',
  '[1]',
  '[ 2 , "x",null]',
  '["a","a", {"b": [1, 2.0]} ,[3]]',
  '[1,2,3,4,5,6,7,8,9]',
  'null',
  '"x"',
  '{}',
]
const OBJECTS = [
  '{}',
  '{"a":1}',
  '{ "a" : [1, 2.0], "b":null,"\\u0061":"z" }',
  '{"x":{"y":1e1}, "z":true}',
  'null',
  '7',
]

/** Arrays under k, objects under s. */
const files = randomFile({ keys: [...ARRAYS, undefined], scalars: [...OBJECTS, undefined] }).map((a) => ({ a }))
const names = fc.record({
  element: fc.constantFrom('k', 'item', 'v'),
  ordinality: fc.constantFrom(undefined, 'n', 'ts'),
  outer: fc.boolean(),
})

const optional = (ordinality: string | undefined) => (ordinality === undefined ? {} : { ordinality })

testAgreement(
  'unnest of arrays',
  {
    parameters: names,
    files,
    engine: (s, { element, ordinality, outer }) =>
      s.unnest(s.source('a'), `k AS ${element}`, { ...optional(ordinality), outer }),
    naive: (w, { ordinality, ...rest }) =>
      naiveUnnest(w, w.source('a'), 'unnest', { path: ['k'], ...optional(ordinality), ...rest }),
  },
  80,
)

testAgreement('unnest of objects, with the names of their members', {
  parameters: names,
  files,
  engine: (s, { element, ordinality, outer }) =>
    s.unnest(s.source('a'), `s AS ${element}`, { key: 'name', ...optional(ordinality), outer }),
  naive: (w, { ordinality, ...rest }) =>
    naiveUnnest(w, w.source('a'), 'unnest', { path: ['s'], key: 'name', ...optional(ordinality), ...rest }),
})

testAgreement('unnest of the elements of elements', {
  parameters: fc.boolean(),
  files,
  engine: (s, outer) =>
    s.unnest(s.unnest(s.source('a'), 'k AS one', { outer }), 'one.b AS two', { ordinality: 'n', outer }),
  naive: (w, outer) => {
    const one = naiveUnnest(w, w.source('a'), 'unnest', { path: ['k'], element: 'one', outer })
    return naiveUnnest(w, one, 'unnest-2', { path: ['one', 'b'], element: 'two', ordinality: 'n', outer })
  },
})

const byElement = { k: ({ k }: Member) => k }

testAgreement('unnest of what an updating aggregate gives, and a count of it', {
  parameters: fc.constant(null),
  files,
  isEndless: true,
  engine: (s) => {
    const last = s.aggregate(s.source('a'), 'v', 'last_value(k) AS k', 'changes')
    return s.aggregate(s.unnest(last, 'k'), 'k', 'count(*) AS n', 'changes')
  },
  naive: (w) => {
    const aggregates = { k: { fn: 'last_value' as const, of: ({ k }: Member) => k } }
    const last = naiveAggregate(w, w.source('a'), {
      id: 'aggregate',
      keys: { v: ({ v }) => v },
      aggregates,
      emit: 'changes',
    })
    const elements = naiveUnnest(w, last, 'unnest', { path: ['k'], element: 'k' })
    return naiveAggregate(w, elements, {
      id: 'aggregate-2',
      keys: byElement,
      aggregates: { n: { fn: 'count' } },
      emit: 'changes',
    })
  },
})

testAgreement('unnest, then a window: the elements have the time of their row', {
  parameters: fc.constantFrom(0, 20),
  files,
  engine: (s, lateness) => s.tumble(s.unnest(s.source('a'), 'k'), 20, 'k', 'count(*) AS n', lateness),
  naive: (w, lateness) => {
    const elements = naiveUnnest(w, w.source('a'), 'unnest', { path: ['k'], element: 'k' })
    return naiveWindow(w, elements, {
      id: 'tumble',
      size: 20,
      lateness,
      keys: byElement,
      aggregates: { n: { fn: 'count' } },
    })
  },
})
