import type { BoundExpression, Field } from '../../expressions/bound.ts'
import { canonicalAggregate, canonicalText, type FieldText } from '../../expressions/canonical-text.ts'
import type { SelectItem } from '../../expressions/expression.ts'
import { isOverFunction } from '../../functions/over-function.ts'
import { formatDuration } from '../../time/duration.ts'
import type { BuildContext, StepLabel } from '../build-context.ts'
import type { NodeKind } from '../node-kind.ts'
import type { AggregateColumn, ComputedColumn, NodeBase, PlanNode } from '../nodes.ts'
import { newField, pathText, withColumns } from '../schema.ts'
import { noStar, outputPaths } from '../select-items.ts'
import { sourceTimes } from '../source-times.ts'
import { written } from '../wording.ts'

/** Which rows of its key a row looks at besides itself; lengths in ms. Those of the same time too, but for `rows`. */
export type Frame =
  | { readonly kind: 'all' }
  | { readonly kind: 'rows'; readonly before: number }
  | { readonly kind: 'range'; readonly span: number }

export interface OverNode extends NodeBase {
  readonly kind: 'over'
  /** In order of time. */
  readonly input: PlanNode
  readonly keys: readonly BoundExpression[]
  readonly calls: readonly AggregateColumn[]
  readonly frame: Frame
  /** ms of event time after the last row of a key at which it is forgotten; null: never. */
  readonly forgetAfter: number | null
}

export interface OverOptions extends Pick<OverNode, 'frame'> {
  readonly keys: readonly SelectItem[]
  readonly items: readonly SelectItem[]
  /** ms; null: none was given. */
  readonly stateTtl: number | null
}

/** Items that are more than one call (`amount - avg(amount)`) are computed by a projection behind the step. */
export function buildOver(context: BuildContext, input: PlanNode, options: OverOptions, step: StepLabel): PlanNode {
  context.requireTime(input, step)
  context.requireAppend(input, step)
  const keys = options.keys.map((item) => context.bind(noStar(item).expression, input))
  const items = options.items.map(noStar)
  const paths = outputPaths(items)
  const calls: AggregateColumn[] = []
  const results = items.map((item): ComputedColumn => {
    const bound = context.bindOver(item.expression, input)
    bound.aggregates.forEach((aggregate, i) => {
      calls.push({ field: bound.fields[i]!, aggregate })
    })
    const path = paths.get(item)!
    const { result } = bound
    const field = result.kind === 'field' ? result.field : newField(pathText(path), result.type)
    return { column: { path, field, fraction: 3 }, expression: result }
  })
  const schema = withColumns(
    input.schema,
    results.map(({ column }) => column),
  )
  const id = context.stepId(step)
  const { frame } = options
  const forgetAfter = options.stateTtl ?? naturalEnd(frame, calls)
  const sorted = inOrder(context, input, `${id}-sort`)
  const node: OverNode = { kind: 'over', id, input: sorted, keys, calls, frame, forgetAfter, schema }
  const computed = results.filter(({ expression }) => expression.kind !== 'field')
  if (computed.length === 0) return node
  return { kind: 'project', id: context.id(`${id}-result`), input: node, columns: computed, schema }
}

/** When a key has no row left that a row to come could look at. */
const naturalEnd = (frame: Frame, calls: readonly AggregateColumn[]): number | null =>
  frame.kind === 'range' && !calls.some(({ aggregate }) => isOverFunction(aggregate.fn)) ? frame.span : null

/** What is in order of time already, also by a sort of the user's, stays so. */
function inOrder(context: BuildContext, input: PlanNode, name: string): PlanNode {
  if (isInOrder(input)) return input
  return { kind: 'sort', id: context.id(name), input, keys: [], ties: 'arrival', schema: input.schema }
}

const isInOrder = (node: PlanNode): boolean =>
  node.kind === 'sort' ||
  node.kind === 'over' ||
  ((node.kind === 'filter' || node.kind === 'project' || node.kind === 'unnest' || node.kind === 'sample') &&
    isInOrder(node.input))

const ownFields = ({ calls }: OverNode): readonly Field[] => calls.map(({ field }) => field)

const inputFields = (node: OverNode, wanted: ReadonlySet<Field>): readonly Field[] => {
  const own = ownFields(node)
  return [...wanted].filter((field) => !own.includes(field))
}

export const over: NodeKind<OverNode> = {
  slots: (node, wanted) => [...inputFields(node, wanted), ...ownFields(node)],
  demand: (node, demand) => {
    demand.forward(node.input, inputFields(node, demand.of(node)))
    for (const key of node.keys) demand.expression(node.input, key, 'key')
    for (const { aggregate } of node.calls) {
      for (const argument of aggregate.args) demand.expression(node.input, argument, 'compute')
      if (aggregate.filter) demand.expression(node.input, aggregate.filter, 'compute')
    }
  },
  describe: (node) => {
    const by = node.keys.length > 0 ? ` by ${node.keys.map((key) => written(key.span)).join(', ')}` : ''
    return `${node.id}${by}, ${frameText(node.frame)}: ${node.calls.map(({ aggregate }) => written(aggregate.span)).join(', ')}`
  },
  state: {
    describe: ({ frame, forgetAfter }) => {
      const until =
        forgetAfter === null ? 'for ever' : `until ${formatDuration(forgetAfter)} of event time after its last row`
      return `${keptText(frame)} of each key, ${until}`
    },
    signature: (node, fieldText) => ({
      verb: 'over',
      keys: node.keys.map((key) => canonicalText(key, fieldText)),
      calls: node.calls.map(({ aggregate }) => canonicalAggregate(aggregate, fieldText)),
      frame: frameText(node.frame),
      'time fields': sourceTimes(node),
    }),
    isUnbounded: ({ keys, forgetAfter }) => keys.length > 0 && forgetAfter === null,
  },
  judgesLateness: () => false,
  fieldTexts: (node, fieldText) => fieldTextsOf(node, fieldText),
}

function* fieldTextsOf(node: OverNode, fieldText: FieldText): Generator<readonly [Field, string]> {
  for (const { field, aggregate } of node.calls) yield [field, `${node.id}.${canonicalAggregate(aggregate, fieldText)}`]
}

function frameText(frame: Frame): string {
  if (frame.kind === 'rows') return `${frame.before} row${frame.before === 1 ? '' : 's'} before`
  return frame.kind === 'range' ? `the last ${formatDuration(frame.span)}` : 'all rows so far'
}

function keptText(frame: Frame): string {
  if (frame.kind === 'all') return 'what all rows come to'
  return frame.kind === 'rows' ? `the last ${frame.before + 1} rows` : `the rows of ${frameText(frame)}`
}
