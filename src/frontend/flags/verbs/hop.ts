import type { Span } from '../../../base/span.ts'
import type { Duration } from '../../../time/duration.ts'
import { spanOfUse } from '../lexed.ts'
import type { Verb } from '../verb.ts'
import {
  EMIT_OF_WINDOWS,
  NOTES_OF_WINDOWS,
  planWindow,
  ROW_IN_WINDOW,
  readWindow,
  type WindowOptions,
} from './window-options.ts'

export interface HopOptions extends WindowOptions {
  readonly verb: 'hop'
  readonly slide: Duration
  readonly slideSpan: Span
}

export const hop: Verb<HopOptions> = {
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
  parse: (step) => ({
    verb: 'hop',
    ...readWindow(step),
    slide: step.duration('slide')!,
    slideSpan: spanOfUse(step.use('slide')!),
  }),
  plan: (step, planning) => {
    const window = { kind: 'hop' as const, size: step.size, slide: step.slide, offset: step.offset }
    return planWindow(step, { window, spans: { size: step.sizeSpan, slide: step.slideSpan } }, planning)
  },
}
