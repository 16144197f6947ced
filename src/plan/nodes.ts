import type { BoundAggregate, BoundExpression, Field } from '../expressions/bound.ts'
import type { BadRowsNode } from './kinds/bad-rows.ts'
import type { CountWindowNode } from './kinds/count-window.ts'
import type { DeduplicateNode } from './kinds/deduplicate.ts'
import type { EnrichNode } from './kinds/enrich.ts'
import type { FilterNode } from './kinds/filter.ts'
import type { GroupAggregateNode } from './kinds/group-aggregate.ts'
import type { IntervalJoinNode } from './kinds/interval-join.ts'
import type { LateRowsNode } from './kinds/late-rows.ts'
import type { MatchNode } from './kinds/match.ts'
import type { NormalizeNode } from './kinds/normalize.ts'
import type { OverNode } from './kinds/over.ts'
import type { ProjectNode } from './kinds/project.ts'
import type { RegularJoinNode } from './kinds/regular-join.ts'
import type { SampleNode } from './kinds/sample.ts'
import type { ScanNode } from './kinds/scan.ts'
import type { SessionAggregateNode } from './kinds/session-aggregate.ts'
import type { SinksNode } from './kinds/sinks.ts'
import type { SortNode } from './kinds/sort.ts'
import type { TableNode } from './kinds/table.ts'
import type { TemporalJoinNode } from './kinds/temporal-join.ts'
import type { TopNode } from './kinds/top.ts'
import type { UnionNode } from './kinds/union.ts'
import type { UnnestNode } from './kinds/unnest.ts'
import type { WindowAggregateNode } from './kinds/window-aggregate.ts'
import type { WindowJoinNode } from './kinds/window-join.ts'
import type { NamedColumn, Schema } from './schema.ts'

/** Parts that every node has. `id` names its state: `--name`, else verb and ordinal. Beside them, all but a scan have an `input`, or `inputs`. */
export interface NodeBase {
  readonly id: string
  readonly schema: Schema
}

/** Every kind of plan node. A new kind: its file in `kinds`, a line here and one in `kinds/index.ts`; then follow the compiler. */
export type PlanNode =
  | ScanNode
  | FilterNode
  | ProjectNode
  | SampleNode
  | UnionNode
  | NormalizeNode
  | UnnestNode
  | DeduplicateNode
  | SortNode
  | TopNode
  | OverNode
  | WindowAggregateNode
  | SessionAggregateNode
  | CountWindowNode
  | GroupAggregateNode
  | LateRowsNode
  | BadRowsNode
  | SinksNode
  | TableNode
  | EnrichNode
  | IntervalJoinNode
  | MatchNode
  | RegularJoinNode
  | TemporalJoinNode
  | WindowJoinNode

export type NodeOf<K extends PlanNode['kind']> = Extract<PlanNode, { kind: K }>

/** A member of the rows of a source, at a path. Resolving a name in an expression makes one, and so asks the scanner for it. */
export interface MemberField extends Field {
  readonly kind: 'member'
  readonly path: readonly string[]
  readonly type: 'any'
}

/** A computed column: its field flows on, its expression is over the input's fields. */
export interface ComputedColumn {
  readonly column: NamedColumn
  readonly expression: BoundExpression
}

export interface AggregateColumn {
  readonly field: Field
  readonly aggregate: BoundAggregate
}

/** In the order of their ports. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  if ('inputs' in node) return node.inputs
  return 'input' in node ? [node.input] : []
}

/** All nodes below and with `root`, inputs before their consumers; a shared node once. */
export function topologicalOrder(root: PlanNode): readonly PlanNode[] {
  const order: PlanNode[] = []
  const seen = new Set<PlanNode>()
  const walk = (node: PlanNode) => {
    if (seen.has(node)) return
    seen.add(node)
    for (const input of inputsOf(node)) walk(input)
    order.push(node)
  }
  walk(root)
  return order
}

/** Have the rows of a source below a schema? Then expressions over them have Flink's types. */
export const isTyped = (node: PlanNode): boolean =>
  node.kind === 'scan' ? node.source.isTyped === true : inputsOf(node).some(isTyped)

/** The sources of a plan, each once, as they were declared. */
export const scansOf = (root: PlanNode): readonly ScanNode[] =>
  topologicalOrder(root)
    .filter((node) => node.kind === 'scan')
    .sort((a, b) => a.ordinal - b.ordinal)

/** Does the field flow from a source, unchanged? */
export const isMember = (field: Field): field is MemberField => (field as Partial<MemberField>).kind === 'member'

/** Does the node stand for work on rows: is it none of what the rows come from or go to? */
export const isStep = ({ kind }: PlanNode): boolean =>
  kind !== 'scan' && kind !== 'table' && kind !== 'sinks' && kind !== 'late-rows' && kind !== 'bad-rows'
