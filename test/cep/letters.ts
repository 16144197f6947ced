import { compilePattern } from '../../src/cep/compile.ts'
import { type Limit, Matcher, type MatcherHost, type RowsInOrder } from '../../src/cep/matcher.ts'
import { parsePattern } from '../../src/cep/parse-pattern.ts'
import type { Pattern, SkipStrategy } from '../../src/cep/pattern.ts'
import { wordsFor } from '../../src/cep/row-judge.ts'

export interface LettersOptions {
  readonly skip?: SkipStrategy
  /** Rows are a second apart; time goes on to so many seconds behind the first row. Default: no further than the last row. */
  readonly until?: number
  /** Default: enough. */
  readonly maxPartials?: number
  readonly maxEntries?: number
  /** By label, a condition that looks at the rows taken before, the last one last. */
  readonly dependent?: Readonly<Record<string, (row: string, taken: readonly string[]) => boolean>>
}

/** What was found in letters: matches and timed-out partial matches, as the letters of their rows with their numbers. */
export interface LettersFound {
  readonly matches: readonly string[]
  readonly timeouts: readonly string[]
  /** Partial matches that are open in the end. */
  readonly open: number
  /** What each partial match, or held match, that was not followed found full. */
  readonly refused: readonly Limit[]
  /** Most entries that were kept behind a row, and those kept in the end. */
  readonly mostEntries: number
  readonly entries: number
}

/** Finds a pattern, as users write it, in rows such as `a x ab c`: step A takes the rows that hold an a, and so on; A2 takes what A does. */
export function inLetters(pattern: string, rows: string, options: LettersOptions = {}): LettersFound {
  const { parts, within } = parsePattern({ source: '--pattern', text: pattern })
  return findLetters({ parts, within, skip: options.skip ?? { kind: 'no-skip' } }, rows, options)
}

export function findLetters(pattern: Pattern, rows: string, options: LettersOptions = {}): LettersFound {
  const { until, maxPartials = 1000, maxEntries = 100_000, dependent = {} } = options
  const nfa = compilePattern(pattern)
  const letters = rows.split(' ')
  const found = { matches: [] as string[], timeouts: [] as string[], refused: [] as Limit[] }
  let mostEntries = 0
  const textOf = (entry: number) =>
    matcher.buffer
      .chain(entry)
      .map((one) => `${letters[matcher.buffer.rowOf(one)]}${matcher.buffer.rowOf(one) + 1}`)
      .join(' ')
  const host: MatcherHost = {
    holds: (condition, entry) => {
      const taken = matcher.buffer.chain(entry).map((one) => letters[matcher.buffer.rowOf(one)]!)
      return dependent[nfa.conditions[condition]!]!(letters[matcher.at]!, taken)
    },
    keepRow: (n) => n,
    releaseRow: () => {},
    match: (entry) => void found.matches.push(textOf(entry)),
    timeout: (entry) => void found.timeouts.push(textOf(entry)),
    changed: () => {
      mostEntries = Math.max(mostEntries, matcher.buffer.size)
    },
    refusePartial: (limit) => void found.refused.push(limit),
  }
  const limits = { maxPartials, maxEntries }
  const dependentOnes = new Set(nfa.conditions.flatMap((label, number) => (dependent[label] ? [number] : [])))
  const matcher: Matcher = new Matcher(nfa, host, { skip: pattern.skip, dependent: dependentOnes, ...limits })
  const times = Float64Array.from(letters, (_, i) => i * 1000)
  const truths = truthsOf(letters.length, nfa.conditions, (label, i) => letters[i]!.includes(label[0]!.toLowerCase()))
  takeAll(matcher, { keys: new Int32Array(letters.length), times, truths })
  if (until !== undefined) matcher.advance(until * 1000)
  return { ...found, open: matcher.partials.size, mostEntries, entries: matcher.buffer.size }
}

/** Which of `conditions` so many rows meet, as matchers want it. */
export function truthsOf(
  rows: number,
  conditions: readonly string[],
  meets: (label: string, row: number, number: number) => boolean,
) {
  const words = wordsFor(conditions.length)
  const truths = new Int32Array(rows * words)
  for (let row = 0; row < rows; row += 1) {
    for (const [number, label] of conditions.entries())
      if (meets(label, row, number)) truths[row * words + (number >> 5)]! |= 1 << number
  }
  return truths
}

/** Takes all rows, though matches are complete in between. */
export function takeAll(matcher: Matcher, rows: RowsInOrder): void {
  for (let next = 0; next < rows.keys.length; next = matcher.at + 1) matcher.takeRows(rows, next, rows.keys.length)
}
