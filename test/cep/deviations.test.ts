import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { ONCE, type PatternPart } from '../../src/cep/pattern.ts'
import { findLetters, inLetters } from './letters.ts'

/** Only matches are looked at. */
const matches = (pattern: string, rows: string, until?: number) =>
  inLetters(pattern, rows, until === undefined ? {} : { until }).matches

describe("where Flink's library has known faults the rule is kept", () => {
  test('behind a group that repeats, the next row is the next row: Flink lets rows come between', () => {
    assert.deepEqual(matches('(A -> B)+[relaxed] C', 'a b x c'), [])
    assert.deepEqual(matches('(A -> B)+[relaxed] C', 'a b c'), ['a1 b2 c3'])
    assert.deepEqual(matches('(A -> B){1,2}[relaxed] C', 'a x b a b c'), ['a1 b3 a4 b5 c6', 'a4 b5 c6'])
  })

  test('a match behind a group that repeats is told once: Flink tells it once more for each row in between', () => {
    assert.deepEqual(matches('(A -> B)+[relaxed] -> C', 'a b x y c'), ['a1 b2 c5'])
    assert.deepEqual(matches('(A -> B){1,3}[any] -> C', 'a b x y z c'), ['a1 b2 c6'])
  })

  test('the same rows under the same names are one match, however the rounds of a group cut them', () => {
    assert.deepEqual(matches('(A+? B?)+', 'a a'), ['a1', 'a1 a2', 'a2'])
    assert.deepEqual(matches('(A{1,2}? B?){1,2}', 'a a b'), ['a1', 'a1 a2', 'a2', 'a1 a2 b3', 'a2 b3'])
  })

  test('a repeated group without a step that must come is refused: Flink never ends', () => {
    assert.throws(() => matches('(A? B*)+', 'a'), /a repeated group needs a step that must come/)
  })

  test('a group that begins a group is entered as it is written: Flink takes the next row only', () => {
    assert.deepEqual(matches('A -> ((B C) D)', 'a x b c d'), ['a1 b3 c4 d5'])
    assert.deepEqual(matches('A ((B C) D)', 'a x b c d'), [])
  })
})

describe('what a NOT forbids', () => {
  test('a row that a NOT forbids ends the match, also if it would complete it: Flink lets the last step have it', () => {
    assert.deepEqual(matches('A -> !B -> C', 'a x bc c'), [])
    assert.deepEqual(matches('A !B C', 'a bc'), [])
    assert.deepEqual(matches('A -> !B -> C -> D', 'a bc d'), [])
  })

  test('!B is about the row behind A, also where only optional steps follow: Flink asks the row of A itself', () => {
    assert.deepEqual(matches('A !B C?', 'ab x'), ['ab1'])
    assert.deepEqual(matches('A !B C?', 'a b'), [])
    assert.deepEqual(matches('A !B C?', 'a c'), ['a1 c2', 'a1'])
  })

  test('of two NOTs at the end both count: Flink looks at the last one alone', () => {
    assert.deepEqual(matches('A -> !B -> !C within 5s', 'a b x', 10), [])
    assert.deepEqual(matches('A -> !B -> !C within 5s', 'a c x', 10), [])
    assert.deepEqual(matches('A -> !B -> !C within 5s', 'a x x', 10), ['a1'])
  })

  test('a NOT behind a range holds until its last row: Flink forgets it once a row was left out', () => {
    assert.deepEqual(matches('A{1,2}?[relaxed] -> !B -> C', 'a x b a c'), ['a4 c5'])
    assert.deepEqual(matches('A{1,2}?[relaxed] -> !B -> C', 'a x a c'), ['a1 a3 c4', 'a1 c4', 'a3 c4'])
  })

  test('a NOT behind a group holds behind every row that may be its last, and between its rounds', () => {
    assert.deepEqual(matches('(A B{2}[relaxed]) -> !C -> D', 'a b c b d'), [])
    assert.deepEqual(matches('(A B{2}[relaxed]){1,2}[relaxed] -> !C -> D', 'a b c b d'), [])
    assert.deepEqual(matches('(A B){2}[relaxed] -> !C -> D', 'a b c a b d'), [])
    assert.deepEqual(matches('(A B){2}[relaxed] -> !C -> D', 'a b x a b x d'), ['a1 b2 a4 b5 d7'])
    assert.deepEqual(matches('(A -> B){2} -> !C -> D', 'a c b a c b d'), ['a1 b3 a4 b6 d7'])
  })

  test('a NOT within a group holds until the next row that is taken, of the group or behind it', () => {
    assert.deepEqual(matches('(A -> !C){2}[relaxed] -> D', 'a x a d'), ['a1 a3 d4'])
    assert.deepEqual(matches('(A -> !C){2}[relaxed] -> D', 'a c a d'), [])
    assert.deepEqual(matches('(A -> !C){2}[relaxed] -> D', 'a a c d'), [])
    assert.throws(() => matches('A (B -> !C) within 5s', 'a'), /!C at the end of a group cannot end the pattern/)
  })

  test('a NOT at the end counts from the last row of a loop: Flink waits for a further row to begin with it', () => {
    assert.deepEqual(matches('A+?[relaxed] -> !B within 5s', 'a', 10), ['a1'])
    assert.deepEqual(inLetters('A+?[relaxed] -> !B within 5s', 'a', { until: 10 }).timeouts, [])
    assert.deepEqual(matches('A{1,2}?[relaxed] -> !B within 5s', 'a b', 10), [])
  })

  test('behind what may be left out a NOT is refused, since nobody knows from where on it holds', () => {
    assert.throws(() => matches('A? !B C', 'a'), /!B cannot stand behind A, which may be left out/)
    assert.throws(() => matches('A (B? C?) -> !D -> E', 'a'), TidemarkError)
  })
})

describe('windows', () => {
  test('[within] at an optional step holds until its row comes: Flink drops it once a row was left out', () => {
    assert.deepEqual(matches('A -> B?[within 3s] -> C', 'a x x b c'), ['a1 c5'])
    assert.deepEqual(matches('A -> B?[within 4s] -> C', 'a x x b c'), ['a1 b4 c5', 'a1 c5'])
  })

  test('[within] at a repeated step is refused: in Flink it says nothing', () => {
    assert.throws(() => matches('A -> B+[within 3s]', 'a'), /\[within\] is for a step that takes one row/)
  })

  test('[within] of an absence at the end is counted from the row before', () => {
    assert.deepEqual(matches('A B -> !C[within 3s]', 'a b x x x c'), ['a1 b2'])
    assert.deepEqual(matches('A B -> !C[within 3s]', 'a b x c'), [])
  })

  test('a partial match that runs out of time is told once: Flink tells it for each way that was open', () => {
    assert.deepEqual(inLetters('A -> B? -> C within 3s', 'a x', { until: 5 }).timeouts, ['a1'])
  })
})

describe('of matches that begin and end with the same rows', () => {
  test('the one that went on looping is told, and the others are not: in Flink any of them may be', () => {
    const part = (name: string, more: Partial<PatternPart>): PatternPart =>
      ({
        kind: 'step',
        name,
        contiguity: 'followed-by',
        quantifier: ONCE,
        until: null,
        within: null,
        ...more,
      }) as PatternPart
    const loop = { ...ONCE, max: null, inner: 'relaxed' } as const
    const parts = [part('A', { contiguity: null }), part('B', { quantifier: loop }), part('C', {})]
    const pattern = { parts, skip: { kind: 'to-next' }, within: null } as const
    assert.deepEqual(findLetters(pattern, 'a b b c').matches, ['a1 b2 b3 c4'])
  })

  test('the one that took earlier rows is told, whichever steps they stand for', () => {
    const options = { skip: { kind: 'past-last' } } as const
    assert.deepEqual(inLetters('A{2}[relaxed] -> C', 'a x a c', options).matches, ['a1 a3 c4'])
    assert.deepEqual(inLetters('(A{2})? (B{2,3}?)? -> C', 'ab ab ab bc', options).matches, ['ab1 ab2 ab3 bc4'])
  })
})
