import { compilePattern } from '../../src/cep/compile.ts'
import { Matcher, type MatcherHost } from '../../src/cep/matcher.ts'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import type { Pattern, SkipStrategy } from '../../src/cep/pattern.ts'

export interface LettersOptions {
  readonly skip?: SkipStrategy
  /** Rows are a second apart; time goes on to so many seconds behind the first row. Default: no further than the last row. */
  readonly until?: number
}

/** What was found in letters: matches and timed-out partial matches, as the letters of their rows with their numbers. */
export interface LettersFound {
  readonly matches: readonly string[]
  readonly timeouts: readonly string[]
  /** Partial matches that are open in the end. */
  readonly open: number
}

/** Finds a pattern, as users write it, in rows such as `a x ab c`: step A takes the rows that hold an a, and so on; A2 takes what A does. */
export function inLetters(pattern: string, rows: string, options: LettersOptions = {}): LettersFound {
  const { parts, within } = parsePattern({ source: '--pattern', text: pattern })
  return findLetters({ parts, within, skip: options.skip ?? { kind: 'no-skip' } }, rows, options)
}

export function findLetters(pattern: Pattern, rows: string, { until }: LettersOptions = {}): LettersFound {
  const nfa = compilePattern(pattern)
  const letters = rows.split(' ')
  const found = { matches: [] as string[], timeouts: [] as string[] }
  let at = 0
  const textOf = (entry: number) =>
    matcher.buffer
      .chain(entry)
      .map((one) => `${letters[matcher.buffer.rowOf(one)]}${matcher.buffer.rowOf(one) + 1}`)
      .join(' ')
  const host: MatcherHost = {
    holds: () => false,
    keepRow: () => at,
    releaseRow: () => {},
    match: (entry) => void found.matches.push(textOf(entry)),
    timeout: (entry) => void found.timeouts.push(textOf(entry)),
    changed: () => {},
    refusePartial: () => {},
  }
  const matcher: Matcher = new Matcher(nfa, host, { skip: pattern.skip, dependent: new Set(), maxPartials: 1000 })
  for (const [i, letter] of letters.entries()) {
    at = i
    matcher.advance(i * 1000)
    matcher.truths.fill(0)
    for (const [number, label] of nfa.conditions.entries())
      if (letter.includes(label[0]!.toLowerCase())) matcher.truths[number >> 5]! |= 1 << number
    matcher.take(0, i * 1000)
  }
  if (until !== undefined) matcher.advance(until * 1000)
  return { ...found, open: matcher.partials.size }
}
