// What is measured: for each query the command line of tidemark and the same for naive.mjs. Field names are those of generate.mjs;
// README.md says in words what each does.
import { DISORDER } from './generate.mjs'

const MINUTE = 60_000
const timed = ['--time', 'ts', '--watermark-delay', `${DISORDER}ms`, '--late', 'drop']
const aggregates = 'count(*) AS n, sum(amount) AS total'

const windowed = (name, verb, { by, size, slide }) => ({
  name,
  tidemark: [...timed, ...verb, '--by', by, '--agg', aggregates],
  naive: { kind: 'window', delay: DISORDER, by, size, slide },
})

export const QUERIES = [
  {
    name: 'filter',
    tidemark: ['filter', "event_type = 'purchase' AND amount > 500"],
    naive: { kind: 'filter' },
  },
  windowed('tumble-few', ['tumble', '1m'], {
    by: 'event_type',
    size: MINUTE,
    slide: MINUTE,
  }),
  windowed('tumble-10k', ['tumble', '5m'], {
    by: 'user_id',
    size: 5 * MINUTE,
    slide: 5 * MINUTE,
  }),
  windowed('tumble-1m', ['tumble', '5m'], {
    by: 'session_id',
    size: 5 * MINUTE,
    slide: 5 * MINUTE,
  }),
  windowed('hop-10', ['hop', '10m', '--every', '1m'], {
    by: 'user_id',
    size: 10 * MINUTE,
    slide: MINUTE,
  }),
  {
    name: 'dedup',
    tidemark: [...timed, 'dedup', '--by', 'event_id', '--within', '10m'],
    naive: { kind: 'dedup', delay: DISORDER, by: 'event_id', within: 10 * MINUTE },
  },
]
