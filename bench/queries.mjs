// What is measured: each query as words of tidemark and as data for the other programs (naive.mjs, peers.mjs), with the ratios to reach.
// README.md says in words what each does.
import { DISORDER } from './rows.mjs'

const MINUTE = 60_000
const timed = ['--time', 'ts', '--watermark-delay', `${DISORDER}ms`, '--late', 'drop']

/** Count and sum of `amount` by `by` in windows of `size` ms, one every `slide` ms. */
const windowed = ({ by, size, slide = size, ...query }) => ({
  ...query,
  tidemark: [
    ...timed,
    ...(slide === size ? ['tumble', `${size}ms`] : ['hop', `${size}ms`, '--every', `${slide}ms`]),
    ...['--by', by, '--agg', 'count(*) AS n, sum(amount) AS total'],
  ],
  plain: { kind: 'window', delay: DISORDER, by, size, slide },
})

/**
 * `set`: the rows (rows.mjs); `other`: those of the right side of a join, so that half of the rows are of either;
 * `table`: those that others are looked up in.
 * `peers`: who runs it besides tidemark and naive.mjs. `target`: how many times faster than naive.mjs (CPU) and DuckDB (wall) it is to be, at
 * 2,000,000 rows.
 */
export const QUERIES = [
  {
    name: 'filter',
    set: 'flat',
    peers: ['duckdb', 'jq', 'mlr'],
    target: { naive: 9, duckdb: 2 },
    tidemark: ['filter', "event_type = 'purchase' AND amount > 500"],
    plain: { kind: 'filter' },
  },
  windowed({
    name: 'tumble-few',
    set: 'flat',
    peers: ['duckdb', 'jq', 'mlr'],
    target: { naive: 9, duckdb: 1.7 },
    by: 'event_type',
    size: MINUTE,
  }),
  windowed({
    name: 'tumble-messy',
    set: 'messy',
    peers: ['duckdb', 'jq', 'mlr'],
    target: { naive: 6.5, duckdb: 1.7 },
    by: 'event_type',
    size: MINUTE,
  }),
  windowed({
    name: 'tumble-shuffled',
    set: 'shuffled',
    peers: ['duckdb', 'jq', 'mlr'],
    target: {},
    by: 'event_type',
    size: MINUTE,
  }),
  windowed({
    name: 'tumble-10k',
    set: 'flat',
    peers: ['duckdb', 'jq', 'mlr'],
    target: { naive: 7, duckdb: 1.4 },
    by: 'user_id',
    size: 8 * MINUTE,
  }),
  windowed({
    name: 'tumble-1m',
    set: 'flat',
    peers: ['duckdb'],
    target: { naive: 3.5, duckdb: 0.9 },
    by: 'session_id',
    size: 5 * MINUTE,
  }),
  windowed({
    name: 'tumble-1m-live',
    set: 'keys',
    peers: ['duckdb'],
    target: { naive: 3.5, duckdb: 0.9 },
    by: 'session_id',
    // 1,000,000 rows, each with a key of its own
    size: 10_000_000,
  }),
  windowed({
    name: 'hop-10',
    set: 'flat',
    peers: ['duckdb'],
    target: { naive: 4 },
    by: 'user_id',
    size: 10 * MINUTE,
    slide: MINUTE,
  }),
  {
    name: 'session',
    set: 'flat',
    peers: [],
    target: { naive: 4 },
    tidemark: [...timed, 'session', '30s', '--by', 'user_id', '--agg', 'count(*) AS n, sum(amount) AS total'],
    plain: { kind: 'session', delay: DISORDER, by: 'user_id', gap: 30_000 },
  },
  {
    name: 'sort',
    set: 'flat',
    peers: [],
    target: {},
    tidemark: [...timed, 'sort'],
    plain: { kind: 'sort', delay: DISORDER },
  },
  {
    name: 'over',
    set: 'flat',
    peers: [],
    target: {},
    tidemark: [
      ...[...timed, 'over', 'sum(amount) AS running, lag(amount) AS previous'],
      ...['--by', 'user_id', '--rows', '5'],
    ],
    plain: { kind: 'over', delay: DISORDER, by: 'user_id', rows: 5 },
  },
  {
    name: 'match',
    set: 'flat',
    peers: [],
    target: { naive: 8 },
    tidemark: [
      ...[...timed, 'match', '--by', 'user_id', '--pattern', 'VIEW{3,} PURCHASE within 5m'],
      ...['--define', "VIEW: event_type = 'view'", '--define', "PURCHASE: event_type = 'purchase'"],
      ...['--measures', 'count(VIEW.user_id) AS views, PURCHASE.amount'],
    ],
    plain: { kind: 'match', delay: DISORDER, by: 'user_id', within: 5 * MINUTE },
  },
  {
    name: 'join',
    set: 'flat',
    other: 'payments',
    peers: [],
    target: { naive: 7 },
    tidemark: [
      ...timed,
      'join',
      '--on',
      'event_id = ref',
      '--within',
      '1m',
      '--with-time',
      'paid_at',
      '--as',
      'payment',
    ],
    plain: {
      ...{ kind: 'join', delay: DISORDER, within: MINUTE, as: 'payment' },
      ...{ keys: ['event_id', 'ref'], times: ['ts', 'paid_at'] },
    },
  },
  {
    name: 'enrich',
    set: 'flat',
    table: { set: 'sessions', rows: 1_000_000 },
    peers: [],
    target: {},
    tidemark: ['enrich', '--on', 'session_id', '--as', 'session'],
    plain: { kind: 'enrich', key: 'session_id', as: 'session' },
  },
  {
    name: 'dedup',
    set: 'flat',
    peers: [],
    target: { naive: 6 },
    tidemark: [...timed, 'dedup', '--by', 'event_id', '--within', '10m'],
    plain: { kind: 'dedup', delay: DISORDER, by: 'event_id', within: 10 * MINUTE },
  },
]
