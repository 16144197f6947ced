import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import type { Frame } from '../../../plan/kinds/over.ts'
import type { Duration } from '../../../time/duration.ts'
import type { StepReader } from '../step-reader.ts'
import { readCount } from '../values.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface OverOptions extends StepBase {
  readonly verb: 'over'
  readonly columns: Span
  readonly by: readonly Span[]
  readonly frame: Frame
  /** null: keys are forgotten when the frame says so, or never. */
  readonly stateTtl: Duration | null
}

export const over: Verb<OverOptions> = {
  name: 'over',
  argument: {
    placeholder: 'LIST',
    kind: 'list',
    summary: 'columns to add: aggregates, lag(x), row_number(), expressions of them',
    example: `over "sum(amount) AS running"`,
  },
  summary: 'every row as it is, and beside it what the rows before it come to',
  group: 'windows',
  needsTime: true,
  flags: ['by', 'rows', 'range', 'state-ttl', 'file', 'name'],
  flagLines: { 'state-ttl': { default: 'never; or --range' } },
  usage: 'over LIST [-b KEYS] [--rows N | --range D]',
  examples: [
    {
      command: `tidemark -t ts over "lag(amount) AS previous, sum(amount) AS running" -b user orders.ndjson`,
      output: '{"ts":"2024-05-01T10:00:05Z","user":"ann","amount":5,"previous":3,"running":8}',
    },
    {
      command: `tidemark -t ts over "ms - avg(ms) AS above" -b path --range 10m then filter "above > 500" a.ndjson`,
    },
  ],
  notes: [
    'Rows come out in order of event time, once the watermark reaches it; later ones are late. Without a',
    'frame all rows of the key so far count. Rows of one time see each other, but with --rows not.',
  ],
  manual: [
    'The columns are added to the row; one that has the name of a field takes its place. Fields of the row may stand beside the calls: amount - avg(amount) AS above. All aggregates can be called, with DISTINCT and FILTER; lag(x [, rows [, default]]), row_number(), rank() and dense_rank() besides, which look at all rows of the key so far, whatever the frame is. lead is refused: what comes later is not known yet.',
    'A row costs the same however large its frame is: what leaves the frame is taken back from the result, and sums of doubles lose nothing by that.',
    'The frame is that of SQL: --rows N is ROWS N PRECEDING, --range D is RANGE INTERVAL D PRECEDING, without either it is RANGE UNBOUNDED PRECEDING. Behind sort, rows of one time are in its order; else in that of the input. With --range the state of a key goes when the watermark is D past its last row, unless lag or row_number ask for all rows; other state is kept for each key until --state-ttl.',
  ],
  seeAlso: 'sort, hop (windows that overlap), help late. SQL: SUM(x) OVER (PARTITION BY k ORDER BY ts)',
  parse: (step) => ({
    verb: 'over',
    name: step.name,
    columns: step.argument,
    by: step.list('by'),
    frame: readFrame(step),
    stateTtl: step.duration('state-ttl'),
  }),
  plan: ({ columns, by, frame, stateTtl }, planning) => {
    const options = { keys: planning.expressionList(by), items: planning.selectList([columns]), frame, stateTtl }
    return planning.builder.over(planning.input, options, planning.step)
  },
}

function readFrame(step: StepReader): Frame {
  const [rows, range] = [step.use('rows'), step.use('range')]
  if (rows && range)
    throw new TidemarkError('E_FLAG', `over takes ${rows.written} or ${range.written}, not both`, {
      hint: 'for both frames: over LIST --rows N then over LIST --range D',
    })
  if (rows) return { kind: 'rows', before: readCount(rows) }
  return range ? { kind: 'range', span: step.duration('range')! } : { kind: 'all' }
}
