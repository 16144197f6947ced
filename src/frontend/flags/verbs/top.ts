import type { Span } from '../../../base/span.ts'
import { parseFieldPath } from '../../../expressions/parse.ts'
import type { ColumnName } from '../../../plan/kinds/unnest.ts'
import type { Duration } from '../../../time/duration.ts'
import { spanOfUse } from '../lexed.ts'
import type { StepReader } from '../step-reader.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface TopOptions extends StepBase {
  readonly verb: 'top'
  readonly most: number
  readonly by: readonly Span[]
  readonly orderBy: readonly Span[]
  readonly global: boolean
  readonly emit: 'final' | 'changes'
  readonly emitSpan: Span | null
  /** null: ranks are not shown. */
  readonly rank: ColumnName | null
  readonly stateTtl: Duration | null
  readonly ttlSpan: Span | null
}

export const top: Verb<TopOptions> = {
  name: 'top',
  argument: {
    placeholder: 'N',
    kind: 'count',
    summary: 'how many rows of each key: 1, 10',
    example: 'top 10 --order-by hits',
  },
  summary: 'the first N rows by an order, of each window if the rows have one',
  group: 'rows',
  needsTime: false,
  flags: ['order-by', 'by', 'global', 'rank', 'emit', 'state-ttl', 'name'],
  required: ['order-by'],
  flagLines: {
    'order-by': { summary: 'what ranks the rows; DESC unless told', default: '' },
    by: { summary: 'N rows of each key', default: 'N of all rows', note: '; NULL is a key' },
    emit: { placeholder: 'final|changes', default: 'final: when the window ends, or the input' },
  },
  usage: 'top N --order-by LIST [-b KEYS] [--rank NAME] [--global]',
  examples: [
    { command: 'tidemark -t ts tumble 1m -b url -a "count(*) AS hits" then top 10 --order-by hits access.ndjson' },
    { command: 'tidemark top 3 -b user --order-by "amount, ts ASC" --rank place orders.ndjson' },
  ],
  notes: [
    'Results of windows are ranked within each window, and come when it ends. Other rows come when the',
    'input ends; with --emit changes as they come, and -D for one that is pushed out.',
    'Of equal rows the one that came first is before the others.',
  ],
  manual: [
    'Rows leave whole, by rank. A key keeps N rows; where the input takes rows back (aggregate --emit changes, --allowed-lateness) all of them, as each may move up. Within windows results are final all the same: corrections have come when the window ends.',
    'Under --emit changes a row that enters is +I, and the one that it pushes out -D, as in Flink; with --rank each row that moves is an update of its rank (-U +U). Rows of one instant that are to be in order: sort.',
    "Without windows the rows of a key are kept until the input ends, under --emit changes for ever; with --state-ttl D they are forgotten when the watermark reaches the time of the key's last row + D, be it one of the first or not. Under --emit final they come out then; under --emit changes nothing is said, and the next row of the key is its first.",
  ],
  seeAlso: 'sort, dedup, aggregate. SQL: ROW_NUMBER() OVER (PARTITION BY k ORDER BY x DESC) <= N',
  parse: (step) => ({
    verb: 'top',
    name: step.name,
    most: step.count(),
    by: step.list('by'),
    orderBy: step.list('order-by'),
    global: step.use('global') !== undefined,
    emit: step.keyword('emit', ['final', 'changes']) ?? 'final',
    emitSpan: step.use('emit') ? spanOfUse(step.use('emit')!) : null,
    rank: rankName(step),
    stateTtl: step.stateTtl(),
    ttlSpan: step.ownUse('state-ttl') ? spanOfUse(step.ownUse('state-ttl')!) : null,
  }),
  plan: ({ most, by, orderBy, global, emit, emitSpan, rank, stateTtl, ttlSpan }, planning) => {
    const keys = planning.expressionList(by)
    const orders = planning.orderList(orderBy)
    const options = { most, keys, orders, isGlobal: global, emit, emitSpan, rank, stateTtl, ttlSpan }
    return planning.builder.top(planning.input, options, planning.step)
  },
}

function rankName(step: StepReader): ColumnName | null {
  const use = step.use('rank')
  if (!use) return null
  const span = spanOfUse(use)
  return { path: parseFieldPath(span.text, span.source), span }
}
