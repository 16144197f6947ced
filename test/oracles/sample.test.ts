import fc from 'fast-check'
import { viewOf } from '../../src/data/key-bytes.ts'
import { stableHash } from '../../src/data/stable-hash.ts'
import { testAgreement } from './agreement.ts'
import { keyText } from './naive-rows.ts'
import { computed, naiveFilter, naiveSelect } from './naive-rowwise.ts'

/** From 0 to 1. */
function fractionOf(text: string, seed = 0): number {
  const bytes = Buffer.from(text)
  return stableHash(viewOf(bytes), 0, bytes.length, seed) / 2 ** 32
}

const shares = fc.constantFrom(0.1, 0.5, 0.9, 1)

testAgreement('sample by the lines as they came', {
  parameters: shares,
  engine: (s, share) => s.sample(s.source('a'), share, ''),
  naive: (w, share) => naiveFilter(w, w.source('a'), 'sample', (_, { line }) => fractionOf(line!.text) < share),
})

testAgreement('sample by a key and an expression that fails for some rows', {
  parameters: shares,
  engine: (s, share) => s.sample(s.source('a'), share, 'k, v + 1'),
  naive: (w, share) =>
    naiveFilter(w, w.source('a'), 'sample', ({ k, v }) => {
      const more = v === undefined || v === null ? null : (v as number) + 1
      return fractionOf(`${keyText(k)},${keyText(more)}`) < share
    }),
})

testAgreement('sample by the columns of rows that a step has made', {
  parameters: shares,
  engine: (s, share) => s.sample(s.select(s.source('a'), 'v, k'), share, ''),
  naive: (w, share) => {
    const columns = [computed('v', ({ v }) => v), computed('k', ({ k }) => k)]
    const rows = naiveSelect(w, w.source('a'), 'select', columns)
    return naiveFilter(w, rows, 'sample', ({ v, k }) => fractionOf(`${keyText(v)},${keyText(k)}`) < share)
  },
})
