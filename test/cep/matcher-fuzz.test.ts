import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compilePattern } from '../../src/cep/compile.ts'
import { Matcher, type MatcherHost } from '../../src/cep/matcher.ts'
import { isAmbiguous, windowOf } from '../../src/cep/pattern.ts'
import { inLetters, takeAll, truthsOf } from './letters.ts'
import { type Meets, type NaiveTimeout, naiveMatches, naiveSkip, type Taken } from './naive-matcher.ts'
import { compiles, type Drawn, drawn, eventsOf, hasTies, isMet, namesOf } from './random-patterns.ts'

interface Told {
  readonly taken: readonly Taken[]
  readonly at: number
}

function run({ pattern, conditions, rows }: Drawn): {
  readonly matches: Told[]
  readonly timeouts: Told[]
  readonly matcher: Matcher
} {
  const nfa = compilePattern(pattern)
  const matches: Told[] = []
  const timeouts: Told[] = []
  const held = new Set<number>()
  const takenBy = (entry: number): Taken[] =>
    matcher.buffer.chain(entry).map((one) => ({
      step: nfa.steps[nfa.stepOf[matcher.buffer.positionOf(one)]!]!,
      event: matcher.buffer.rowOf(one),
    }))
  const host: MatcherHost = {
    holds: (number, entry) => {
      const one = conditions.get(nfa.conditions[number]!)!
      const last = takenBy(entry).findLast(({ step }) => step === one.over)
      return isMet(one, rows[matcher.at]!.value, last && rows[last.event]!.value)
    },
    keepRow: (n) => {
      assert.ok(!held.has(n))
      held.add(n)
      return n
    },
    releaseRow: (row) => assert.ok(held.delete(row)),
    match: (entry, _key, time) => void matches.push({ taken: takenBy(entry), at: time }),
    timeout: (entry, _key, timeout) => void timeouts.push({ taken: takenBy(entry), at: timeout.at }),
    changed: () => {},
    refusePartial: () => assert.fail(),
  }
  const ofRows = nfa.conditions.map((label) => conditions.get(label)!)
  const dependent = new Set(ofRows.flatMap(({ over }, number) => (over === null ? [] : [number])))
  const limits = { maxPartials: 1e6, maxEntries: 1e6 }
  const matcher: Matcher = new Matcher(nfa, host, { skip: pattern.skip, dependent, ...limits })
  const times = Float64Array.from(rows, ({ time }) => time)
  const meets = (label: string, i: number) => conditions.get(label)!.values.includes(rows[i]!.value)
  takeAll(matcher, { keys: new Int32Array(rows.length), times, truths: truthsOf(rows.length, nfa.conditions, meets) })
  matcher.advance(Number.POSITIVE_INFINITY)
  if (windowOf(pattern) !== null) {
    assert.equal(matcher.partials.size, 0)
    assert.equal(matcher.buffer.size, 0)
    assert.equal(held.size, 0)
    assert.ok(matcher.isIdle(0))
  }
  return { matches, timeouts, matcher }
}

describe('the matcher', () => {
  test('finds what a naive reading of the rules finds, in random rows and for random patterns', () => {
    let checked = 0
    fc.assert(
      fc.property(drawn, (one) => {
        const { pattern, conditions, rows } = one
        if (!compiles(pattern)) return
        checked += 1
        const meets: Meets = (label, event, taken) => {
          const { values, over } = conditions.get(label)!
          const last = taken.findLast(({ step }) => step === over)
          return isMet({ values, over }, rows[event]!.value, last && rows[last.event]!.value)
        }
        const naive = naiveMatches(pattern, rows, meets)
        // of matches that begin and end together which is first is not said where they differ in names alone
        const isUnsaid = pattern.skip.kind !== 'no-skip'
        if ('name' in pattern.skip && hasTies(naive.matches)) return
        const textOf = isUnsaid ? eventsOf : namesOf
        const wanted = naiveSkip(pattern, naive).map(({ taken }) => textOf(taken))
        const { matches, timeouts } = run(one)
        assert.deepEqual(matches.map(({ taken }) => textOf(taken)).sort(), wanted.sort())
        // the rows of an ambiguous pattern may stand at several positions, which end one by one
        if (isUnsaid || isAmbiguous(pattern.parts)) return
        const told = ({ taken, at }: NaiveTimeout) => `${namesOf(taken)} at ${at}`
        assert.deepEqual(timeouts.map(told).sort(), naive.timeouts.map(told).sort(), 'what ran out of time')
      }),
      { numRuns: 3000 },
    )
    assert.ok(checked > 100)
  })
})

test('conditions beyond the thirty-second are told from the first', () => {
  const steps = Array.from({ length: 39 }, (_, i) => `A${i}`)
  const rows = Array.from({ length: 39 }, () => 'a').join(' ')
  assert.equal(inLetters(`${steps.join(' ')} Z`, `${rows} z`).matches.length, 1)
  assert.equal(inLetters(`${steps.join(' ')} Z`, `${rows} a`).matches.length, 0)
  assert.equal(inLetters(`${steps.join(' ')} -> !Y -> Z`, `${rows} x y z`).matches.length, 0)
})
