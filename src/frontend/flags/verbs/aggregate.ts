import type { Span } from '../../../base/span.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface AggregateOptions extends StepBase {
  readonly verb: 'aggregate'
  readonly by: readonly Span[]
  readonly agg: readonly Span[]
  readonly emit: 'final' | 'changes'
}

export const aggregate: Verb<AggregateOptions> = {
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
  parse: (step) => ({
    verb: 'aggregate',
    name: step.name,
    by: step.list('by'),
    agg: step.list('agg'),
    emit: step.emit(),
  }),
  plan: (step, planning) =>
    planning.builder.aggregate(planning.input, { ...planning.grouping(step), emit: step.emit }, planning.step),
}
