import type { VerbDefinition } from './verb.ts'

const ROW_IN_WINDOW = '{"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:05:00Z","host":"a","count":9}'
const NOTES_OF_WINDOWS = [
  'A window is [start, end); a row on the end belongs to the next. Windows without rows give no row.',
]
const EMIT_OF_WINDOWS = { placeholder: 'final', default: 'final: once, when the watermark passes the end' }

/** Every verb, in the order of the help. A new verb: its entry here, and its part of `to-plan.ts`. */
export const VERBS: readonly VerbDefinition[] = [
  {
    name: 'filter',
    argument: {
      placeholder: 'EXPR',
      kind: 'expression',
      summary: 'an SQL condition; rows for which it is false or NULL are left out',
      example: `filter "level = 'ERROR'"`,
    },
    summary: 'the rows for which a condition is true',
    group: 'rows',
    needsTime: false,
    flags: ['file', 'name'],
    usage: 'filter EXPR',
    examples: [
      { command: `tidemark filter "level = 'ERROR' AND ms > 100" app.ndjson` },
      { command: `tidemark --arg user="$USER" filter 'name = :user' app.ndjson` },
    ],
    notes: [
      'Rows that pass leave as the bytes they came in. A missing field is NULL, and NULL is not true.',
      "Quote the expression for the shell: double quotes when it holds SQL strings ('...'), else single.",
    ],
    manual: ['Lets rows through for which EXPR is true, unchanged. Rows that it leaves out still move time.'],
    seeAlso: 'select (columns), dedup, help expressions. SQL: WHERE',
  },
  {
    name: 'select',
    argument: {
      placeholder: 'LIST',
      kind: 'list',
      summary: 'columns, SQL: fields, expressions with AS, *, * EXCEPT (a, b)',
      example: `select "id, amount * 1.2 AS gross"`,
    },
    summary: 'other columns: projection and computed values',
    group: 'rows',
    needsTime: false,
    flags: ['file', 'name'],
    usage: 'select LIST',
    examples: [
      {
        command: 'tidemark select "order_id, amount * 1.2 AS gross, geo.country" orders.ndjson',
        output: '{"order_id":7,"gross":12,"country":"DE"}',
      },
      { command: `tidemark select '* EXCEPT (password)' users.ndjson` },
    ],
    notes: [
      'Names: AS wins; a path gives its last part; f(path) gives f_path; anything else needs AS.',
      'A path that no row has gives null, and one warning.',
    ],
    manual: [
      'Makes new rows from the columns of LIST, in that order. The event time travels along, even if its field is left out.',
    ],
    seeAlso: 'filter, help expressions. SQL: SELECT',
  },
  {
    name: 'dedup',
    summary: 'one row of each key, repeats left out',
    group: 'rows',
    needsTime: false,
    flags: ['by', 'within', 'keep', 'allowed-lateness', 'name'],
    required: ['by'],
    flagLines: {
      by: { summary: 'rows with equal keys are repeats', default: '', note: '; NULL is a key' },
      'allowed-lateness': {
        summary: 'remember keys for D longer, so that late repeats are known',
        note: '',
      },
    },
    usage: 'dedup -b KEYS [--within D] [--keep first|last]',
    examples: [
      { command: 'tidemark -t ts dedup -b order_id --within 1h orders.ndjson' },
      { command: 'tidemark -t ts dedup -b sensor --within 1m --keep last readings.ndjson' },
    ],
    notes: [
      'A repeat differs by less than D from the row that was kept, earlier or later; it does not prolong D.',
      'Without --within every key is kept for the whole run, and a warning says so.',
    ],
    manual: [
      'Lets one row of each key through. With --within, a key counts again when D has passed since the row that was kept.',
    ],
    seeAlso: 'aggregate, help late. SQL: ROW_NUMBER() OVER (PARTITION BY key ORDER BY ts) = 1',
  },
  {
    name: 'tumble',
    argument: {
      placeholder: 'SIZE',
      kind: 'duration',
      summary: 'length: 5m, 1h30m, 1d (from midnight in --tz, 23 or 25 h long at DST)',
      example: 'tumble 5m',
    },
    summary: 'windows of one size, back to back; one row per window and key',
    group: 'windows',
    needsTime: true,
    flags: ['by', 'agg', 'offset', 'allowed-lateness', 'emit', 'name'],
    flagLines: { emit: EMIT_OF_WINDOWS },
    emits: ['final'],
    usage: 'tumble SIZE [-b KEYS] [-a AGGREGATES] [--offset D]',
    examples: [
      { command: 'tidemark -t ts tumble 5m -b host app.ndjson', output: ROW_IN_WINDOW },
      { command: 'tidemark -t ts --tz Europe/Berlin tumble 1d -a "sum(amount) AS revenue, count(*)" orders.ndjson' },
    ],
    notes: NOTES_OF_WINDOWS,
    manual: [
      'Result rows have window_start, window_end, the keys and the aggregates, and the event time window_end - 1 ms.',
    ],
    seeAlso: 'hop (overlapping), aggregate, help late. SQL: TUMBLE(TABLE t, DESCRIPTOR(ts), ...)',
  },
  {
    name: 'hop',
    argument: {
      placeholder: 'SIZE',
      kind: 'duration',
      summary: 'length of a window: 10m, 1h, 7d',
      example: 'hop 10m --every 1m',
    },
    summary: 'windows of one size that overlap; one row per window and key',
    group: 'windows',
    needsTime: true,
    flags: ['slide', 'by', 'agg', 'offset', 'allowed-lateness', 'emit', 'name'],
    required: ['slide'],
    flagLines: { emit: EMIT_OF_WINDOWS },
    emits: ['final'],
    usage: 'hop SIZE --every D [-b KEYS] [-a AGGREGATES]',
    examples: [
      {
        command: 'tidemark -t ts hop 10m --every 1m -b host app.ndjson',
        output: ROW_IN_WINDOW.replace('05:00', '10:00'),
      },
      { command: `tidemark -t ts hop 1h --every 5m -a "avg(ms) AS mean, max(ms) AS worst" access.ndjson` },
    ],
    notes: ['A row belongs to size / slide windows.', ...NOTES_OF_WINDOWS],
    manual: [
      'As tumble, but a window begins every --slide. Windows share their slices, so a small slide costs rows of output, not time per row.',
    ],
    seeAlso: 'tumble (back to back), help late. SQL: HOP(TABLE t, DESCRIPTOR(ts), slide, size)',
  },
  {
    name: 'aggregate',
    summary: 'one row per key over all rows, without a window',
    group: 'windows',
    needsTime: false,
    flags: ['by', 'agg', 'emit', 'name'],
    flagLines: { emit: { default: 'final: once, at the end of input' } },
    emits: ['final', 'changes'],
    usage: 'aggregate [-b KEYS] [-a AGGREGATES] [--emit changes]',
    examples: [
      {
        command: 'tidemark aggregate -b status -a "count(*) AS n, avg(ms) AS mean" access.ndjson',
        output: '{"status":200,"n":9120,"mean":12.5}',
      },
      {
        command: 'tail -F app.ndjson | tidemark aggregate -b service --emit changes',
        output: '{"_op":"+I","service":"api","count":1}',
      },
    ],
    notes: ['Needs no event time. Under --emit changes every result carries its row kind in _op: +I -U +U -D.'],
    manual: ['Keeps one group for each key until the end of input.'],
    seeAlso: 'tumble, hop, help expressions. SQL: GROUP BY',
  },
]
