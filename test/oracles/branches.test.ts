import fc from 'fast-check'
import { testAgreement } from './agreement.ts'
import { naiveWindow } from './naive-grouping.ts'
import { lessThan } from './naive-rows.ts'
import { type Member, naiveFilter, naiveUnion } from './naive-rowwise.ts'

const isLess = ({ s }: Member) => lessThan(s, 2)

/** Read as one stream again: a row that left stands where it stood. */
testAgreement('split: each row goes one way, a bad one neither', {
  parameters: fc.constant(null),
  engine: (steps) => {
    const { leaving, staying } = steps.split(steps.source('a'), 's < 2')
    return steps.union(leaving, staying)
  },
  naive: (w) => {
    const judged = naiveFilter(w, w.source('a'), 'split', (row) => [isLess(row), true][1])
    const leaving = naiveFilter(w, judged, 'split-to', isLess)
    return naiveUnion(w, [leaving, naiveFilter(w, judged, 'split-rest', (row) => isLess(row) !== true)])
  },
})

testAgreement('tee of results of windows by a condition: what leaves goes on as well', {
  parameters: fc.constantFrom(0, 30),
  engine: (steps, lateness) => {
    const windows = steps.tumble(steps.source('a'), 20, 'k', 'count(*) AS n, max(s) AS s', lateness)
    const { leaving, staying } = steps.tee(windows, 's < 2')
    return steps.union(leaving, staying)
  },
  naive: (w, lateness) => {
    const aggregates = { n: { fn: 'count' as const }, s: { fn: 'max' as const, of: ({ s }: Member) => s } }
    const keys = { k: ({ k }: Member) => k }
    const windows = naiveWindow(w, w.source('a'), { id: 'tumble', size: 20, lateness, keys, aggregates })
    const judged = naiveFilter(w, windows, 'tee', (row) => [isLess(row), true][1])
    const leaving = naiveFilter(w, judged, 'tee-to', isLess)
    return naiveUnion(w, [leaving, judged])
  },
})
