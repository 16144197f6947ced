import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { BoundExpression, Field } from '../../expressions/bound.ts'
import { canonicalText } from '../../expressions/canonical-text.ts'
import type { OrderItem, SelectItem } from '../../expressions/expression.ts'
import { formatDuration } from '../../time/duration.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { NodeBase, PlanNode } from '../nodes.ts'
import { bindOrder, type OrderKey, orderSignature, orderText } from '../ordering.ts'
import { columnFields, type NamedColumn, newField, pathText, withColumns } from '../schema.ts'
import { noStar } from '../select-items.ts'
import { sourceTimes } from '../source-times.ts'
import { windowOf } from '../window-of.ts'
import { written } from '../wording.ts'

export interface TopNode extends NodeBase {
  readonly kind: 'top'
  readonly input: PlanNode
  /** Rows of a key that go on. */
  readonly most: number
  readonly keys: readonly BoundExpression[]
  readonly orders: readonly OrderKey[]
  /** Borders of the windows that it ranks within; null: it ranks the whole input. */
  readonly window: { readonly start: Field; readonly end: Field } | null
  readonly emit: 'final' | 'changes'
  /** null: ranks are not shown. */
  readonly rank: NamedColumn | null
  /** ms; null: keys are never forgotten, or they are as their windows end. */
  readonly stateTtl: number | null
}

export interface TopOptions extends Pick<TopNode, 'most' | 'emit'> {
  readonly keys: readonly SelectItem[]
  readonly orders: readonly OrderItem[]
  /** Where rows are results of windows: rank them all the same over the whole input. */
  readonly isGlobal: boolean
  readonly rank: { readonly path: readonly string[]; readonly span: Span } | null
  /** Where `changes` was written. */
  readonly emitSpan: Span | null
  /** ms; null: none. */
  readonly stateTtl: number | null
  /** Where it was written behind the verb. */
  readonly ttlSpan: Span | null
}

/** Throws E_NAME for a column of ranks that there is, E_FLAG_VALUE for changes of what is final. */
export function buildTop(context: BuildContext, input: PlanNode, options: TopOptions, step: StepLabel): TopNode {
  const { most, emit, emitSpan } = options
  const window = options.isGlobal ? null : windowOf(input)
  if (window !== null && emit === 'changes') {
    const hint = '--emit final gives its rows when it ends; --global ranks the rows of all windows'
    throw new TidemarkError('E_FLAG_VALUE', `${step.verb} has no changes to tell of a window`, {
      hint,
      ...(emitSpan ? { span: emitSpan } : {}),
    })
  }
  const stateTtl = window === null ? options.stateTtl : refuseTtl(options, step)
  if (stateTtl !== null) context.requireTime(input, step)
  const keys = options.keys.map((item) => context.bind(noStar(item).expression, input))
  const orders = bindOrder(context, input, options.orders, true)
  const rank = rankColumn(input, options.rank)
  const changelog = emit === 'changes' ? 'retract' : 'append'
  const own = { ...input.schema, hasTime: window !== null, changelog } as const
  const schema = rank ? withColumns(own, [rank]) : own
  return { kind: 'top', id: context.stepId(step), input, most, keys, orders, window, emit, rank, stateTtl, schema }
}

/** What is kept of windows goes when they end: a TTL for all steps is not meant for them, one for this step is a mistake. */
function refuseTtl({ ttlSpan }: TopOptions, step: StepLabel): null {
  if (ttlSpan === null) return null
  throw new TidemarkError('E_FLAG', `${step.verb} forgets the rows of a window when it ends, not after a --state-ttl`, {
    span: ttlSpan,
    hint: '--global ranks the rows of all windows; of those it takes --state-ttl',
  })
}

function rankColumn({ schema }: PlanNode, rank: TopOptions['rank']): NamedColumn | null {
  if (rank === null) return null
  const { path, span } = rank
  if (schema.columns.some((column) => column.path[0] === path[0])) {
    throw new TidemarkError('E_NAME', `the rows have a column '${path[0]}' already`, {
      span,
      hint: 'give the rank another name',
    })
  }
  return { path, field: newField(pathText(path), 'number'), fraction: 3 }
}

const isUpdated = ({ input }: TopNode): boolean => input.schema.changelog === 'retract'

/** What it hands on of its input's rows: where rows are taken back, all of their columns, by which they are known. */
function forwarded({ input, rank }: TopNode, wanted: ReadonlySet<Field>): readonly Field[] {
  const known = input.schema.changelog === 'retract' ? columnFields(input.schema) : []
  return [...new Set([...wanted, ...known])].filter((field) => field !== rank?.field)
}

export const top: NodeKind<TopNode> = {
  slots: (node, wanted) => [
    ...forwarded(node, wanted),
    ...(node.rank && wanted.has(node.rank.field) ? [node.rank.field] : []),
  ],
  demand: (node, demand) => {
    demand.forward(node.input, forwarded(node, demand.of(node)))
    for (const key of node.keys) demand.expression(node.input, key, 'key')
    for (const { expression } of node.orders) demand.expression(node.input, expression, 'compute')
    if (node.window) demand.forward(node.input, [node.window.start, node.window.end])
  },
  describe: ({ id, most, keys, orders, window, emit }) => {
    const by = keys.length > 0 ? ` by ${keys.map(({ span }) => written(span)).join(', ')}` : ''
    return `${id} ${most}${by} order by ${orderText(orders)}${window ? ', within each window' : `, emit ${emit}`}`
  },
  state: {
    describe: (node) => {
      const rows = isUpdated(node) ? 'all rows' : `${node.most} ${node.most === 1 ? 'row' : 'rows'}`
      const each = node.keys.length > 0 ? ' of each key' : ''
      if (node.window) return `${rows}${each} until the watermark passes the end of their window`
      if (node.stateTtl !== null)
        return `${rows}${each}, until ${formatDuration(node.stateTtl)} of event time after its last row`
      return `${rows}${each}, ${node.emit === 'final' ? 'until the input ends' : 'for ever'}`
    },
    signature: (node, fieldText) => ({
      verb: 'top',
      n: `${node.most}`,
      keys: node.keys.map((key) => canonicalText(key, fieldText)),
      'order by': orderSignature(node.orders, fieldText),
      windows: node.window ? 'each' : 'none',
      emit: node.emit,
      input: node.input.schema.changelog,
      'time fields': node.window ? sourceTimes(node) : [],
    }),
    isUnbounded: ({ keys, window, stateTtl }) => window === null && keys.length > 0 && stateTtl === null,
  },
  judgesLateness: ({ window }) => window !== null,
  fieldTexts: function* ({ id, rank }) {
    if (rank) yield [rank.field, `${id}.rank`]
  },
  finalHint: ({ id }) => `leave --emit changes out of ${id}, so that it gives final rows`,
  timelessHint: 'it ranks the whole input; use a window there',
}
