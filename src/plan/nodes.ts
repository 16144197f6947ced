import type { ColumnType } from '../data/column-type.ts'
import type { BoundAggregate, BoundExpression, Field } from '../expressions/bound.ts'
import type { WindowAssigner } from '../windows/window.ts'
import type { NamedColumn, Schema } from './schema.ts'

/** Where a source's rows get their event time. */
export type TimeSpec =
  | { readonly kind: 'field'; readonly field: MemberField; readonly format: 'auto' | 'iso' | 's' | 'ms' | 'us' | 'ns' }
  | { readonly kind: 'arrival' }

/** A member of the rows of a source, at a path. Resolving a name in an expression makes one, and so asks the scanner for it. */
export interface MemberField extends Field {
  readonly kind: 'member'
  readonly path: readonly string[]
  readonly type: 'any'
}

/** What a source is and how it tells time; durations in ms. */
export interface SourceSpec {
  readonly name: string
  /** Paths as given, `-` for standard input, read one after the other as `cat` would. */
  readonly files: readonly string[]
  readonly time: TimeSpec | null
  readonly watermarkDelay: number
  readonly idleTimeout: number | null
  readonly maxFuture: number | null
}

export type WindowSpec =
  | { readonly kind: 'tumble'; readonly size: number; readonly offset: number }
  | { readonly kind: 'hop'; readonly size: number; readonly slide: number; readonly offset: number }

/** A computed column: its field flows on, its expression is over the input's fields. */
export interface ComputedColumn {
  readonly column: NamedColumn
  readonly expression: BoundExpression
}

export interface AggregateColumn {
  readonly field: Field
  readonly aggregate: BoundAggregate
}

/** Parts that every node has. `id` names its state: `--name`, else verb and ordinal. */
interface NodeBase {
  readonly id: string
  readonly schema: Schema
}

/** Every kind of plan node. A new kind: its type here, then follow the compiler. */
export type PlanNode = NodeBase &
  (
    | { readonly kind: 'scan'; readonly source: SourceSpec; readonly members: Map<string, MemberField> }
    | { readonly kind: 'filter'; readonly input: PlanNode; readonly where: BoundExpression }
    | { readonly kind: 'project'; readonly input: PlanNode; readonly columns: readonly ComputedColumn[] }
    | { readonly kind: 'union'; readonly inputs: readonly PlanNode[]; readonly fields: Map<Field, readonly Field[]> }
    | {
        readonly kind: 'deduplicate'
        readonly input: PlanNode
        readonly keys: readonly BoundExpression[]
        /** ms; null: for ever. */
        readonly within: number | null
        readonly keep: 'first' | 'last'
        readonly allowedLateness: number
      }
    | {
        readonly kind: 'window-aggregate'
        readonly input: PlanNode
        readonly window: WindowSpec
        /** What `window` means in the plan's zone. */
        readonly assigner: WindowAssigner
        readonly start: Field
        readonly end: Field
        readonly keys: readonly ComputedColumn[]
        readonly aggregates: readonly AggregateColumn[]
        readonly allowedLateness: number
      }
    | {
        readonly kind: 'group-aggregate'
        readonly input: PlanNode
        readonly keys: readonly ComputedColumn[]
        readonly aggregates: readonly AggregateColumn[]
        readonly emit: 'final' | 'changes'
      }
  )

export type NodeOf<K extends PlanNode['kind']> = Extract<PlanNode, { kind: K }>

/** One arm for each kind of node. A missing arm does not compile; each arm sees its own fields. */
export type PlanVisitor<R> = { readonly [K in PlanNode['kind']]: (node: NodeOf<K>) => R }

export function visit<R>(node: PlanNode, visitor: PlanVisitor<R>): R {
  const arm = visitor[node.kind] as (node: PlanNode) => R // sound: the arm is chosen by this node's kind
  return arm(node)
}

/** A whole job: the node whose rows go to the sink. Further sinks come with several outputs. */
export interface Plan {
  readonly root: PlanNode
}

export function inputsOf(node: PlanNode): readonly PlanNode[] {
  if (node.kind === 'scan') return []
  return node.kind === 'union' ? node.inputs : [node.input]
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

/** Does the step drop rows that come too late? Then it may route them elsewhere, whole. */
export const judgesLateness = (node: PlanNode): boolean =>
  node.kind === 'window-aggregate' || (node.kind === 'deduplicate' && node.within !== null)

/** Does the field flow from a source, unchanged? */
export const isMember = (field: Field): field is MemberField => (field as Partial<MemberField>).kind === 'member'

export const columnTypeOf = (column: ComputedColumn): ColumnType => column.expression.type
