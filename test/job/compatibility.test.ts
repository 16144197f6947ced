import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChainLine } from '../../src/frontend/flags/command-line.ts'
import { parseCommandLine } from '../../src/frontend/flags/parse.ts'
import { planChain } from '../../src/frontend/flags/to-plan.ts'
import { judgeState, refuseMisfit, verdictLine } from '../../src/job/compatibility.ts'
import { signaturesOf } from '../../src/plan/signature.ts'
import type { OperatorRecord } from '../../src/state/store.ts'
import { shellWords } from '../cases/shell-words.ts'

function signatures(command: string): ReadonlyMap<string, string> {
  const files = { exists: () => false, readText: () => '' }
  const line = parseCommandLine(shellWords(command).slice(command.startsWith('tidemark') ? 1 : 0), files)
  return signaturesOf(planChain(line as ChainLine).root)
}

const stored = (command: string): Readonly<Record<string, OperatorRecord>> =>
  Object.fromEntries(
    [...signatures(command)].map(([id, signature]) => [
      id,
      { facts: null, merged: null, signature, structures: ['keys'] },
    ]),
  )

const verdicts = (before: string, after: string): readonly string[] =>
  judgeState(stored(before), signatures(after)).map(verdictLine)

const CHAIN = `-t ts filter "a > 1" then dedup -b id --within 1h then tumble 5m -b user -a "count(*) AS n, sum(x) AS total" then filter "n > 2"`
const DEDUP = 'keep          dedup'
const TUMBLE = 'keep          tumble'

/** An edit of CHAIN (or of `from`), and the verdict on each stateful step. */
const EDITS: readonly {
  readonly edit: string
  readonly from?: string
  readonly to: string
  readonly verdicts: readonly string[]
}[] = [
  { edit: 'nothing', to: CHAIN, verdicts: [DEDUP, TUMBLE] },
  {
    edit: 'spaces and letter case',
    to: CHAIN.replace('count(*) AS n', 'COUNT( * ) as n').replace('a > 1', '(a>1)'),
    verdicts: [DEDUP, TUMBLE],
  },
  {
    edit: 'a filter inserted',
    to: CHAIN.replace('then tumble', 'then filter "b = 2" then tumble'),
    verdicts: [DEDUP, TUMBLE],
  },
  { edit: 'a filter removed', to: CHAIN.replace('filter "a > 1" then ', ''), verdicts: [DEDUP, TUMBLE] },
  { edit: 'a filter changed', to: CHAIN.replace('a > 1', 'a > 2'), verdicts: [DEDUP, TUMBLE] },
  { edit: 'another watermark delay', to: `-w 10s ${CHAIN}`, verdicts: [DEDUP, TUMBLE] },
  {
    edit: 'another allowed lateness',
    to: CHAIN.replace('dedup -b id', 'dedup -b id --allowed-lateness 1m'),
    verdicts: [DEDUP, TUMBLE],
  },
  {
    edit: 'results renamed',
    to: CHAIN.replace('AS n', 'AS events').replace('n > 2', 'events > 2'),
    verdicts: [DEDUP, TUMBLE],
  },
  { edit: 'another output', to: `-o out.ndjson ${CHAIN}`, verdicts: [DEDUP, TUMBLE] },
  { edit: 'another scanner', to: `--scanner reference ${CHAIN}`, verdicts: [DEDUP, TUMBLE] },
  {
    edit: 'rows renamed before',
    from: '-t ts select "user AS u, x" then tumble 5m -b u',
    to: '-t ts select "user AS who, x" then tumble 5m -b who',
    verdicts: [TUMBLE],
  },
  {
    edit: 'another meaning under the same name',
    from: '-t ts select "user AS u" then tumble 5m -b u',
    to: '-t ts select "owner AS u" then tumble 5m -b u',
    verdicts: ['incompatible  tumble: its keys were user and are now owner'],
  },
  {
    edit: 'a key added',
    to: CHAIN.replace('-b user', '-b user,region'),
    verdicts: [DEDUP, 'incompatible  tumble: its keys were user and are now user, region'],
  },
  {
    edit: 'a key changed',
    to: CHAIN.replace('-b user', '-b region'),
    verdicts: [DEDUP, 'incompatible  tumble: its keys were user and are now region'],
  },
  {
    edit: 'a key as another expression',
    to: CHAIN.replace('-b user', '-b "lower(user)"'),
    verdicts: [DEDUP, 'incompatible  tumble: its keys were user and are now lower(user)'],
  },
  {
    edit: 'an aggregate added',
    to: CHAIN.replace('sum(x) AS total', 'sum(x) AS total, max(x)'),
    verdicts: [
      DEDUP,
      'incompatible  tumble: its aggregates were count(*), sum(x) and are now count(*), sum(x), max(x)',
    ],
  },
  {
    edit: 'an aggregate removed',
    to: CHAIN.replace(', sum(x) AS total', ''),
    verdicts: [DEDUP, 'incompatible  tumble: its aggregates were count(*), sum(x) and are now count(*)'],
  },
  {
    edit: 'aggregates in another order',
    to: CHAIN.replace('count(*) AS n, sum(x) AS total', 'sum(x) AS total, count(*) AS n'),
    verdicts: [DEDUP, 'incompatible  tumble: its aggregates were count(*), sum(x) and are now sum(x), count(*)'],
  },
  {
    edit: 'an aggregate with a filter',
    to: CHAIN.replace('count(*)', 'count(*) FILTER (WHERE ok)'),
    verdicts: [
      DEDUP,
      'incompatible  tumble: its aggregates were count(*), sum(x) and are now count(*) FILTER (WHERE ok), sum(x)',
    ],
  },
  {
    edit: 'an aggregate of distinct values',
    to: CHAIN.replace('sum(x)', 'sum(DISTINCT x)'),
    verdicts: [
      DEDUP,
      'incompatible  tumble: its aggregates were count(*), sum(x) and are now count(*), sum(DISTINCT x)',
    ],
  },
  {
    edit: 'another size',
    to: CHAIN.replace('tumble 5m', 'tumble 10m'),
    verdicts: [DEDUP, 'incompatible  tumble: its window was 5m and is now 10m'],
  },
  {
    edit: 'another offset',
    to: CHAIN.replace('tumble 5m', 'tumble 5m --offset 1m'),
    verdicts: [DEDUP, 'incompatible  tumble: its window was 5m and is now 5m offset 1m'],
  },
  {
    edit: 'a hop in the place of a tumble',
    to: CHAIN.replace('tumble 5m', 'hop 5m --every 1m'),
    verdicts: [
      DEDUP,
      'new           hop: it begins empty',
      'dropped       tumble: tumble is no longer in the pipeline',
    ],
  },
  {
    edit: 'another time field',
    to: CHAIN.replace('-t ts', '-t at'),
    verdicts: [
      'incompatible  dedup: its time fields were ts and are now at',
      'incompatible  tumble: its time fields were ts and are now at',
    ],
  },
  { edit: 'a zone, for windows shorter than a day', to: `--tz Europe/Berlin ${CHAIN}`, verdicts: [DEDUP, TUMBLE] },
  {
    edit: 'a zone, for days',
    from: '-t ts tumble 1d',
    to: '-t ts --tz Europe/Berlin tumble 1d',
    verdicts: ['incompatible  tumble: its window was 1d and is now 1d in Europe/Berlin'],
  },
  {
    edit: 'dedup within a longer time',
    to: CHAIN.replace('--within 1h', '--within 2h'),
    verdicts: ['incompatible  dedup: its within was 1h and is now 2h', TUMBLE],
  },
  {
    edit: 'dedup keeping the last',
    to: CHAIN.replace('--within 1h', '--within 1h --keep last'),
    verdicts: ['incompatible  dedup: its keep was first and is now last', TUMBLE],
  },
  {
    edit: 'a step removed',
    to: CHAIN.replace('dedup -b id --within 1h then ', ''),
    verdicts: [TUMBLE, 'dropped       dedup: dedup is no longer in the pipeline'],
  },
  {
    edit: 'a step renamed',
    to: CHAIN.replace('tumble 5m', 'tumble 5m --name per-user'),
    verdicts: [
      DEDUP,
      'new           per-user: it begins empty',
      'dropped       tumble: per-user is the same step by another name: --name tumble keeps its state',
    ],
  },
  {
    edit: 'a second step of the same verb behind',
    to: `${CHAIN} then dedup -b user --within 1h`,
    verdicts: [DEDUP, TUMBLE, 'new           dedup-2: it begins empty'],
  },
  {
    edit: 'steps in another order',
    from: '-t ts dedup -b a --within 1h then dedup -b b --within 1h',
    to: '-t ts dedup -b b --within 1h then dedup -b a --within 1h',
    verdicts: [
      'incompatible  dedup: its keys were a and are now b',
      'incompatible  dedup-2: its keys were b and are now a',
    ],
  },
  {
    edit: 'named steps in another order',
    from: '-t ts dedup --name a -b a --within 1h then dedup --name b -b b --within 1h',
    to: '-t ts dedup --name b -b b --within 1h then dedup --name a -b a --within 1h',
    verdicts: ['keep          b', 'keep          a'],
  },
  {
    edit: 'corrections in the place of a final result',
    from: 'aggregate -b a',
    to: 'aggregate -b a --emit changes',
    verdicts: ['incompatible  aggregate: its emit was final and is now changes'],
  },
  {
    edit: 'results in between, and more often',
    from: '-t ts tumble 5m -b a --emit every:1m then aggregate -b a --emit every:1h',
    to: '-t ts tumble 5m -b a --emit every:10s then aggregate -b a --emit every:1m',
    verdicts: ['keep          tumble', 'keep          aggregate'],
  },
  {
    edit: 'results in between where there were none',
    from: '-t ts tumble 5m -b a',
    to: '-t ts tumble 5m -b a --emit every:10s',
    verdicts: ['incompatible  tumble: its emit was none and is now every'],
  },
]

describe('what becomes of state when a pipeline changes', () => {
  for (const { edit, from = CHAIN, to, verdicts: lines } of EDITS) {
    test(edit, () => assert.deepEqual(verdicts(from, to), lines))
  }
})

test('what does not fit is refused, what is lost only unless it was allowed', () => {
  const misfit = judgeState(stored('-t ts tumble 5m -b a'), signatures('-t ts tumble 5m -b b'))
  assert.throws(() => refuseMisfit(misfit, 'st', true), {
    code: 'E_STATE_MISFIT',
    message: 'tumble cannot go on with its state: its keys were a and are now b',
  })
  const dropped = judgeState(stored('-t ts tumble 5m -b a'), signatures('-t ts dedup -b b --within 1h'))
  assert.throws(() => refuseMisfit(dropped, 'st', false), { message: 'no step goes on with the state of tumble' })
  refuseMisfit(dropped, 'st', true)
})
