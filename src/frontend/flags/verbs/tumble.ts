import type { Verb } from '../verb.ts'
import {
  EMIT_OF_WINDOWS,
  NOTES_OF_WINDOWS,
  planWindow,
  ROW_IN_WINDOW,
  readWindow,
  type WindowOptions,
} from './window-options.ts'

export interface TumbleOptions extends WindowOptions {
  readonly verb: 'tumble'
}

export const tumble: Verb<TumbleOptions> = {
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
  parse: (step) => ({ verb: 'tumble', ...readWindow(step) }),
  plan: (step, planning) => {
    const window = { kind: 'tumble' as const, size: step.size, offset: step.offset }
    return planWindow(step, { window, spans: { size: step.sizeSpan } }, planning)
  },
}
