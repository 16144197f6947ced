import type { Span } from '../../../base/span.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface SortOptions extends StepBase {
  readonly verb: 'sort'
  /** Each use of `--order-by`, an SQL list. */
  readonly orderBy: readonly Span[]
}

export const sort: Verb<SortOptions> = {
  name: 'sort',
  summary: 'rows in order of event time, as far as the watermark allows',
  group: 'rows',
  needsTime: true,
  flags: ['order-by', 'name'],
  flagLines: {
    'order-by': { summary: 'order of rows with the same time', default: 'as they came' },
  },
  usage: 'sort [--order-by LIST]',
  examples: [
    { command: 'tidemark -t ts -w 10s sort app.ndjson' },
    { command: 'tidemark -t ts tumble 1m -b url then sort --order-by "count DESC, url" access.ndjson' },
  ],
  notes: [
    'Time is always the first key; --order-by names the next ones: ASC unless told, NULL before all else.',
    'A row waits until the watermark reaches its time. One that comes after that is late (see --late).',
    'For an order by something else: top N --order-by.',
  ],
  manual: [
    'Rows leave as the bytes they came in. Memory holds the rows of the watermark delay. As in Flink, a sort of a stream begins with event time, upwards; --order-by orders rows of one instant: results of one window, for example.',
    'Values of unlike types sort booleans, numbers, strings (by code point), arrays and objects (by their text). NULLS FIRST and NULLS LAST are understood.',
  ],
  seeAlso: 'top, help late. SQL: ORDER BY ts, ...',
  parse: (step) => ({ verb: 'sort', name: step.name, orderBy: step.list('order-by') }),
  plan: ({ orderBy }, planning) =>
    planning.builder.sort(planning.input, { keys: planning.orderList(orderBy), ties: 'arrival' }, planning.step),
}
