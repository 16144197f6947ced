import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { compilePattern } from '../../src/cep/compile.ts'
import { parsePattern } from '../../src/cep/parse-pattern.ts'

function hintOf(text: string): string | undefined {
  try {
    const { parts, within } = parsePattern({ source: '--pattern', text })
    compilePattern({ parts, within, skip: { kind: 'past-last' } })
  } catch (error) {
    if (error instanceof TidemarkError) return error.details.hint
    throw error
  }
  return undefined
}

/** What people write, and a part of what they are told. */
const HINTS = {
  'A, B': 'one behind the other',
  'A B )': 'no group is open',
  'A+[strict][any]': 'all in one bracket',
  '1A B': 'begins with a letter',
  'A{-1}': 'whole numbers from 0 on',
  'A{1.5}': 'whole numbers',
  '{- A -} B': '--measures',
  'A.x B': 'letters, digits and _',
  'a-b': 'letters, digits and _',
  'A => B': 'followed by is written ->',
  '^A B$': 'no anchors',
  'A | B': 'there is no "or"',
  'A & B': 'one behind the other',
  'A{2,3}[relaxed] B*': 'make it reluctant: A{2,3}?[relaxed] B*',
  'A{,2}[until S] B': 'write A*[until ...]',
  'A{3}[until S] B': 'write A{3,}[until ...]',
  'A.oneOrMore().until(x)': 'A+?[relaxed]',
  'A.optional()': 'written A?',
  'A+.allowCombinations()': 'A+[any]',
  'A.notFollowedBy("B")': 'A -> !B -> C',
  'A+.until(S)': 'A+[until S]',
  'A.where(x > 1)': '--define',
  'A B.within(Duration.ofMinutes(5))': 'A B within 5m',
  'begin("A")': 'A ->> B',
  'PERMUTE (A, B C)': 'Flink has none either',
  "A B within INTERVAL '5' MINUTE": 'within 5m',
  'A -> !B': 'how long B has to stay away',
  'A (B -> (C -> !D))': '(...) -> !D within 10m',
} as const

describe('a pattern that is refused comes with what to write instead', () => {
  for (const [pattern, hint] of Object.entries(HINTS))
    test(pattern, () => {
      const told = hintOf(pattern)
      assert.ok(told?.includes(hint), `${told}`)
    })
})

test('a step may have the name of a method, also before a group', () => {
  for (const pattern of ['next (A B)', 'permute (A B)', 'begin (A B)', 'A within', 'times optional greedy'])
    assert.equal(hintOf(pattern), undefined)
})
