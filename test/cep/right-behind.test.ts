import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inLetters } from './letters.ts'

/** Pattern, rows a second apart, and what is found. */
const FOUND: readonly (readonly [pattern: string, rows: string, ...matches: string[]])[] = [
  ['A !B -> C', 'a b c'],
  ['A !B -> C', 'a x b c', 'a1 c4'],
  ['A !B -> C', 'a x c', 'a1 c3'],
  // a way that time has closed meanwhile changes nothing: no row was left out
  ['A !B -> C?[within 500ms] -> D', 'a b d'],
  ['A !B -> C?[within 500ms] -> D', 'a x b d', 'a1 d4'],
  ['A !B -> C?[within 500ms] -> D', 'a d', 'a1 d2'],
]

describe('what must not be the next row', () => {
  for (const [pattern, rows, ...matches] of FOUND)
    test(`${pattern} in ${rows}`, () => assert.deepEqual(inLetters(pattern, rows).matches, matches))
})
