import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RankedList } from '../../src/state/ranked-list.ts'

test('a ranked list holds what a sorted array holds, rank by rank', () => {
  const anyStep = fc.oneof(
    { weight: 3, arbitrary: fc.record({ insert: fc.array(fc.nat(40), { maxLength: 900, size: 'max' }) }) },
    { weight: 2, arbitrary: fc.record({ removals: fc.array(fc.nat(), { maxLength: 700, size: 'max' }) }) },
    { weight: 1, arbitrary: fc.record({ shift: fc.integer({ min: 1, max: 5 }) }) },
  )
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 6, size: 'max' }), (steps) => {
      const list = new RankedList()
      const weights = new Map<number, number>()
      let expected: number[] = []
      let next = 0
      for (const step of steps) {
        if ('insert' in step) {
          for (const weight of step.insert) {
            const row = next++
            weights.set(row, weight)
            const at = expected.findIndex((other) => weights.get(other)! > weight)
            const rank = at < 0 ? expected.length : at
            expected.splice(rank, 0, row)
            assert.equal(
              list.insert(row, (other) => weights.get(other)! > weight),
              rank,
            )
          }
        } else if ('removals' in step) {
          for (const some of step.removals) {
            if (expected.length === 0) break
            const rank = some % expected.length
            const [row] = expected.splice(rank, 1)
            const weight = weights.get(row!)!
            assert.equal(list.at(rank), row)
            assert.ok(list.rankOf((other) => weights.get(other)! > weight) >= rank)
            list.removeAt(rank)
          }
        } else {
          list.renumber((row) => row + step.shift * 1e6)
          expected = expected.map((row) => row + step.shift * 1e6)
          for (const [row, weight] of [...weights]) weights.set(row + step.shift * 1e6, weight)
        }
        assert.deepEqual([...list], expected)
        assert.equal(list.size, expected.length)
        if (expected.length > 0) assert.equal(list.last, expected.at(-1))
      }
    }),
    { numRuns: 40 },
  )
})
