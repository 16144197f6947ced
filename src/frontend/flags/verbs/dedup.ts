import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface DedupOptions extends StepBase {
  readonly verb: 'dedup'
  readonly by: readonly Span[]
  /** null: for ever. */
  readonly within: Duration | null
  readonly keep: 'first' | 'last'
  readonly allowedLateness: Duration
  /** null: keys are never forgotten, or `within` says when. */
  readonly stateTtl: Duration | null
}

export const dedup: Verb<DedupOptions> = {
  name: 'dedup',
  summary: 'one row of each key, repeats left out',
  group: 'rows',
  needsTime: false,
  flags: ['by', 'within', 'keep', 'allowed-lateness', 'state-ttl', 'name'],
  required: ['by'],
  flagLines: {
    by: { summary: 'rows with equal keys are repeats', default: '', note: '; NULL is a key' },
    'allowed-lateness': {
      summary: 'remember keys for D longer, so that late repeats are known',
      note: '',
    },
  },
  usage: 'dedup -b KEYS [--within D | --state-ttl D] [--keep first|last]',
  examples: [
    { command: 'tidemark -t ts dedup -b order_id --within 1h orders.ndjson' },
    { command: 'tidemark -t ts dedup -b sensor --within 1m --keep last readings.ndjson' },
  ],
  notes: [
    'A repeat differs by less than D from the row that was kept, earlier or later; it does not prolong D.',
    'Without --within and --state-ttl every key is kept for the whole run, and a warning says so.',
  ],
  manual: [
    'Lets one row of each key through. With --within, a key counts again when D has passed since the row that was kept, by their own times; with --state-ttl, when the watermark has reached the time of the row that was kept + D.',
  ],
  seeAlso: 'aggregate, help late. SQL: ROW_NUMBER() OVER (PARTITION BY key ORDER BY ts) = 1',
  parse: (step) => ({
    verb: 'dedup',
    name: step.name,
    by: step.list('by'),
    within: step.duration('within'),
    keep: step.keyword('keep', ['first', 'last']) ?? 'first',
    allowedLateness: step.duration('allowed-lateness') ?? (0 as Duration),
    stateTtl: step.stateTtl('within'),
  }),
  plan: ({ by, within, keep, allowedLateness, stateTtl }, planning) =>
    planning.builder.deduplicate(
      planning.input,
      { keys: planning.expressionList(by), within, keep, allowedLateness, stateTtl },
      planning.step,
    ),
}
