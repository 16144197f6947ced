import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import { readRows } from '../values.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface CountWindowOptions extends StepBase {
  readonly verb: 'count-window'
  readonly size: number
  /** Rows between two results of a key; null: windows do not overlap. */
  readonly slide: number | null
  readonly by: readonly Span[]
  readonly agg: readonly Span[]
  readonly stateTtl: Duration | null
}

export const countWindow: Verb<CountWindowOptions> = {
  name: 'count-window',
  argument: {
    placeholder: 'N',
    kind: 'count',
    summary: 'how many rows of a key make a window: 10, 1000',
    example: 'count-window 100',
  },
  summary: 'windows of N rows of a key, as they come; one row per window',
  group: 'windows',
  needsTime: false,
  flags: ['slide', 'by', 'agg', 'state-ttl', 'name'],
  flagLines: {
    slide: {
      placeholder: 'M',
      summary: 'a result after every M rows, of the last N; or --every',
      default: 'N',
    },
  },
  usage: 'count-window N [--slide M] [-b KEYS] [-a AGGREGATES]',
  examples: [
    { command: 'tidemark count-window 100 -b sensor -a "avg(value) AS mean" readings.ndjson' },
    { command: 'tidemark count-window 10 --slide 1 -b host -a "max(ms) AS worst" app.ndjson' },
  ],
  notes: [
    'Rows count in the order in which they come; --ordered makes that the order of time. With --slide the',
    'first results of a key are of fewer than N rows. What is not complete at the end gives none.',
    'Needs event time only for --state-ttl.',
  ],
  manual: [
    "As countWindow(N) and countWindow(N, M) of Flink's DataStream API. Result rows have the keys and the aggregates, and the event time of the row that completes them. A row costs the same whatever N is; of sliding windows what the aggregates read of the last N rows of each key is kept.",
    "What is kept of a key stays until its window is complete, of sliding windows for ever; with --state-ttl D it is forgotten when the watermark reaches the time of the key's last row + D. The next row of the key then is its first.",
  ],
  seeAlso: 'tumble, hop (by time), aggregate',
  parse: (step) => {
    const slide = step.use('slide')
    return {
      verb: 'count-window',
      name: step.name,
      size: step.count(),
      slide: slide ? readRows(slide) : null,
      by: step.list('by'),
      agg: step.list('agg'),
      stateTtl: step.stateTtl(),
    }
  },
  plan: (step, planning) =>
    planning.builder.countWindow(
      planning.input,
      { ...planning.grouping(step), size: step.size, slide: step.slide, stateTtl: step.stateTtl },
      planning.step,
    ),
}
