import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import type { Emission } from '../../../time/emission.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface AggregateOptions extends StepBase {
  readonly verb: 'aggregate'
  readonly by: readonly Span[]
  readonly agg: readonly Span[]
  readonly emit: Emission
  /** null: keys are never forgotten. */
  readonly stateTtl: Duration | null
}

export const aggregate: Verb<AggregateOptions> = {
  name: 'aggregate',
  summary: 'one row per key over all rows, without a window',
  group: 'windows',
  needsTime: false,
  flags: ['by', 'agg', 'emit', 'state-ttl', 'name'],
  flagLines: { emit: { default: 'final: once, at the end of input' } },
  usage: 'aggregate [-b KEYS] [-a AGGREGATES] [--emit changes|every:D]',
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
  notes: [
    'Needs event time only for --emit every:D and --state-ttl. Unless results are final, each carries its',
    'row kind in _op: +I -U +U -D.',
  ],
  manual: [
    'Keeps one group for each key until the end of input, or with --state-ttl D until the watermark reaches the time of its last row + D. Under --emit final the result of a forgotten key comes out then; under --emit every:D, what has changed since the last tick; under --emit changes nothing is said. Its next row then is +I again, as in Flink. Also as in Flink, with a TTL every row tells a change, even where the result stays as it was.',
  ],
  seeAlso: 'tumble, hop, help expressions. SQL: GROUP BY',
  parse: (step) => ({
    verb: 'aggregate',
    name: step.name,
    by: step.list('by'),
    agg: step.list('agg'),
    emit: step.emit(),
    stateTtl: step.stateTtl(),
  }),
  plan: (step, planning) =>
    planning.builder.aggregate(
      planning.input,
      { ...planning.grouping(step), emit: step.emit, stateTtl: step.stateTtl },
      planning.step,
    ),
}
