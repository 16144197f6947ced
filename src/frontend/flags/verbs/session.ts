import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import type { Verb } from '../verb.ts'
import { EMIT_OF_WINDOWS, type GroupedWindowOptions, readGroupedWindow, readLength } from './window-options.ts'

export interface SessionOptions extends GroupedWindowOptions {
  readonly verb: 'session'
  /** Where the gap stands, for messages about it. */
  readonly gapSpan: Span
  readonly gap: Duration
}

export const session: Verb<SessionOptions> = {
  name: 'session',
  argument: {
    placeholder: 'GAP',
    kind: 'duration',
    summary: 'rows at most so far apart are in one session: 30s, 30m',
    example: 'session 30m',
  },
  summary: 'windows that last as long as rows keep coming; one row per session and key',
  group: 'windows',
  needsTime: true,
  flags: ['by', 'agg', 'allowed-lateness', 'emit', 'name'],
  flagLines: { emit: EMIT_OF_WINDOWS },
  usage: 'session GAP [-b KEYS] [-a AGGREGATES]',
  examples: [
    { command: 'tidemark -t ts session 30m -b user -a "count(*) AS pages" clicks.ndjson' },
    { command: 'tidemark -t ts -w 10s session 5m -b host -a "max(ms) AS worst" app.ndjson' },
  ],
  notes: [
    'A session begins with its first row; window_end is its last row and GAP. A row within GAP of it',
    'prolongs it, one between two makes them one. Rows of other keys close it when its key is silent.',
  ],
  manual: [
    'Result rows have window_start, window_end, the keys and the aggregates, and the event time window_end - 1 ms. Sessions that touch are one, as in Flink: rows exactly GAP apart are together.',
    'A row is late when the session that it would be part of, merged with those that it touches, is over. With --allowed-lateness a row that changes a session already told takes its result back (-D) and tells the new one (+I); where start and end stay as they were, it is an update (-U +U).',
  ],
  seeAlso: 'tumble, help late. SQL: SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), gap)',
  parse: (step) => {
    const { span, length } = readLength(step, 'gap')
    return { verb: 'session', gapSpan: span, gap: length, ...readGroupedWindow(step) }
  },
  plan: (step, planning) => {
    const { gap, gapSpan, allowedLateness, emit } = step
    return planning.builder.session(
      planning.input,
      { gap, gapSpan, ...planning.grouping(step), allowedLateness, emit },
      planning.step,
    )
  },
}
