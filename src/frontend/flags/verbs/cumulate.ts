import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import { spanOfUse } from '../lexed.ts'
import type { Verb } from '../verb.ts'
import { EMIT_OF_WINDOWS, NOTES_OF_WINDOWS, planWindow, readWindow, type WindowOptions } from './window-options.ts'

export interface CumulateOptions extends WindowOptions {
  readonly verb: 'cumulate'
  readonly step: Duration
  readonly stepSpan: Span
}

export const cumulate: Verb<CumulateOptions> = {
  name: 'cumulate',
  argument: {
    placeholder: 'SIZE',
    kind: 'duration',
    summary: 'length of the last window: 1h, 1d, 7d',
    example: 'cumulate 1d --step 1h',
  },
  summary: 'windows that grow step by step up to a size; one row per window and key',
  group: 'windows',
  needsTime: true,
  flags: ['step', 'by', 'agg', 'offset', 'allowed-lateness', 'emit', 'name'],
  required: ['step'],
  flagLines: { emit: EMIT_OF_WINDOWS },
  usage: 'cumulate SIZE --step D [-b KEYS] [-a AGGREGATES]',
  examples: [
    {
      command: 'tidemark -t ts cumulate 1d --step 1h -a "sum(amount) AS today" orders.ndjson',
      output: '{"window_start":"2024-05-01T00:00:00Z","window_end":"2024-05-01T10:00:00Z","today":912.5}',
    },
    { command: 'tidemark -t ts cumulate 1h --step 5m -b host -a "count(DISTINCT user) AS users" app.ndjson' },
  ],
  notes: [
    'All windows of one size begin together: [10:00, 10:05), [10:00, 10:10), … up to SIZE, then anew.',
    'SIZE is a multiple of --step. A key has a row at each step from its first row on, news or not.',
    ...NOTES_OF_WINDOWS,
  ],
  manual: [
    'As tumble, but each --step tells what the window holds so far. A row is counted once, however many windows hold it. Days begin at midnight of --tz where size is whole days and step whole hours; where clocks are put back, the hour that comes twice is one step of two hours.',
  ],
  seeAlso: 'tumble, hop, help late. SQL: CUMULATE(TABLE t, DESCRIPTOR(ts), step, size)',
  parse: (step) => ({
    verb: 'cumulate',
    ...readWindow(step),
    step: step.duration('step')!,
    stepSpan: spanOfUse(step.use('step')!),
  }),
  plan: (step, planning) => {
    const window = { kind: 'cumulate' as const, size: step.size, step: step.step, offset: step.offset }
    return planWindow(step, { window, spans: { size: step.sizeSpan, step: step.stepSpan } }, planning)
  },
}
