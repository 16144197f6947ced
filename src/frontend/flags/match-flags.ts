import type { FlagDefinition } from './flag.ts'

/** Step flags that only `match` has. */
export const MATCH_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'pattern',
    placeholder: 'PATTERN',
    scope: 'step',
    value: { kind: 'pattern' },
    section: 'step',
    summary: "what to find: 'A B' next, 'A -> B' later, 'A{3,} !B C'",
    manual:
      'Names of steps, tied to each other: tidemark help patterns tells all. In single quotes, since a shell reads ! in double ones; NOT B is the same as !B. A trailing within 5m is --within 5m.',
  },
  {
    name: 'define',
    placeholder: '"NAME: COND"',
    scope: 'step',
    value: { kind: 'list' },
    repeats: true,
    section: 'step',
    summary: 'condition of the rows of a step',
    default: 'any row',
    manual:
      "Cut at the first colon; SQL's NAME AS condition, ... is read, too. Besides the row, conditions may look at rows taken before: price > LAST(A.price), SUM(A.amount) + amount < 100.",
  },
  {
    name: 'measures',
    placeholder: 'LIST',
    scope: 'step',
    value: { kind: 'list' },
    repeats: true,
    section: 'step',
    summary: 'columns of the result: "count(A.x) AS n, B.user"',
    default: 'the whole match',
    manual:
      'An SQL list over the rows of the match: A.x (the last), FIRST(A.x), LAST(A.x, 1), any aggregate, MATCH_START() and MATCH_END(). A field without the name of a step is that of the last row, an aggregate without one is over all rows.',
  },
  {
    name: 'skip',
    placeholder: 'HOW',
    scope: 'step',
    value: { kind: 'skip' },
    section: 'step',
    summary: 'where to go on: past-last, to-next, no-skip, to-first:A',
    default: 'past-last',
    manual:
      "past-last: behind the last row of the match. to-next: behind its first row. to-first:A, to-last:A: at a row of A. no-skip: every match there is. Flink's API has no-skip, its SQL to-next unless told. With all but no-skip a match waits until no earlier one can be completed any more.",
  },
  {
    name: 'rows',
    placeholder: '',
    scope: 'step',
    verb: 'match',
    value: { kind: 'none' },
    section: 'step',
    summary: 'the rows of each match, with _match and _as added',
    manual: '_match numbers the matches, _as is the name of the step that the row was taken for. Not with --measures.',
  },
  {
    name: 'timeout',
    placeholder: 'drop|FILE',
    scope: 'step',
    value: { kind: 'keyword-or-file', keywords: ['drop'] },
    section: 'step',
    summary: 'partial matches that run out of time',
    default: 'drop',
    manual:
      'A FILE (or fd:N) gets the keys, the rows taken so far by name (match) and the time (_timeout). Each partial match is told once, however many ways it could have gone on.',
  },
  {
    name: 'max-partials',
    placeholder: 'N|drop:N',
    scope: 'step',
    value: { kind: 'partials' },
    section: 'step',
    summary: 'most partial matches at once; more are an error',
    default: '1000000',
    manual:
      'Of all keys together. The rows that they keep may be 4 N (10000 where that is less), a row counted for every partial match that took it, and once for those that took the same rows up to it; rows of matches that wait for an earlier one (see --skip) count, too. So a loop of rows that all fit needs no more memory than many short matches: some 64 bytes for each of them, and the rows themselves once. drop:N goes on without what is too much, and counts it in --summary.',
  },
  {
    name: 'explain-partials',
    placeholder: 'KEY',
    scope: 'step',
    value: { kind: 'text' },
    section: 'step',
    summary: "tell which partial matches of KEY are open; '*': of all",
    manual:
      'Why is there no match? On standard error, when the input has ended (before that ends what is open), when the run is suspended, and at SIGUSR1: each partial match of the key with its rows, since when it waits, for which step and condition, and when its time is up; and matches that wait for an earlier one. KEY is the value of --by as text, for several keys one after the other with commas between, or a JSON array. Where rows are not kept whole their fields are those that the job reads. tidemark explain with --state DIR tells the same of what a state directory holds, without reading a row.',
  },
]
