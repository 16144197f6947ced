import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inLetters } from './letters.ts'

const rows = (letters: string, count: number) => Array.from({ length: count }, () => letters).join(' ')

describe('what partial matches keep', () => {
  test('is bounded also where each of few takes many rows', () => {
    const { refused, mostEntries, open } = inLetters('A{1,} -> B', rows('ab', 200), { maxEntries: 500 })
    assert.ok(mostEntries <= 500, `${mostEntries}`)
    assert.ok(refused.length > 0 && refused.every((limit) => limit === 'entries'))
    assert.ok(open > 0)
  })

  test('is given back when they end, and then others are followed again', () => {
    const text = `${rows('a', 12)} ${rows('x', 30)} a b`
    const { matches, refused, entries } = inLetters('A{1,} -> B within 10s', text, { maxEntries: 20, until: 100 })
    assert.ok(refused.length > 0)
    assert.deepEqual(matches, ['a43 b44'])
    assert.equal(entries, 0)
  })

  test('may be as much as the bound', () => {
    assert.deepEqual(inLetters('A{1,} -> B', 'a a a', { maxEntries: 6 }).refused, [])
    assert.deepEqual(inLetters('A{1,} -> B', 'a a a', { maxEntries: 5 }).refused, ['entries'])
    assert.deepEqual(inLetters('A -> B', 'a a a', { maxPartials: 3 }).refused, [])
    assert.deepEqual(inLetters('A -> B', 'a a a', { maxPartials: 2 }).refused, ['partials'])
  })

  test('holds matches back up to the bound, and those that began first', () => {
    const skip = { kind: 'past-last' } as const
    // the first pair never gets its second row, and all that are complete wait for it
    const text = `a0 ${Array.from({ length: 50 }, (_, i) => `a${i + 1} b${i + 1}`).join(' ')}`
    const dependent = { B: (row: string, taken: readonly string[]) => row === `b${taken[0]!.slice(1)}` }
    // with the one the next pair has no room to begin, with the other none to wait
    for (const maxEntries of [21, 22]) {
      const { matches, refused, mostEntries, open } = inLetters('A -> B', text, { skip, dependent, maxEntries })
      assert.deepEqual(matches, [])
      assert.equal(open, 1)
      assert.equal(mostEntries, maxEntries)
      assert.deepEqual(refused, Array(40).fill('entries'))
    }
    const told = inLetters('A -> B', `${text} b0`, { skip: { kind: 'to-next' }, dependent, maxEntries: 22 }).matches
    const pairs = Array.from({ length: 10 }, (_, i) => `a${i + 1}${2 * i + 2} b${i + 1}${2 * i + 3}`)
    assert.deepEqual(told, ['a01 b0102', ...pairs])
  })

  test('does not keep a match from being told that nothing holds back', () => {
    const skip = { kind: 'past-last' } as const
    const { matches, refused, entries } = inLetters('A{1,} -> B', 'a a a a b', { skip, maxEntries: 10 })
    assert.deepEqual(matches, ['a1 a2 a3 a4 b5'])
    assert.deepEqual(refused, [])
    assert.equal(entries, 0)
  })
})
