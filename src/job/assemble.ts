import { assert } from '../base/assert.ts'
import type { Slot } from '../data/batch.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { compileExpression } from '../expressions/compile.ts'
import type { AggregateInput } from '../operators/aggregate-inputs.ts'
import { deduplicate } from '../operators/deduplicate.ts'
import { Filter } from '../operators/filter.ts'
import { groupAggregate } from '../operators/group-aggregate.ts'
import type { Operator, OperatorContext } from '../operators/operator.ts'
import { Project } from '../operators/project.ts'
import { Union } from '../operators/union.ts'
import { windowAggregate } from '../operators/window-aggregate.ts'
import type { Layout } from '../plan/layout.ts'
import { type AggregateColumn, inputsOf, type NodeOf, type PlanNode, topologicalOrder, visit } from '../plan/nodes.ts'
import { ColumnReader } from './column-reader.ts'
import { Graph, type OperatorNode, type SourceNode } from './graph.ts'

export interface Assembled {
  readonly graph: Graph
  /** The scans in the order of the graph's sources. */
  readonly scans: readonly NodeOf<'scan'>[]
  /** Whose rows leave the job. */
  readonly root: SourceNode | OperatorNode
}

/** `contextOf` makes what a step tells besides its rows: counters, late and bad rows. */
export function assemble(root: PlanNode, layout: Layout, contextOf: (node: PlanNode) => OperatorContext): Assembled {
  const graph = new Graph()
  const made = new Map<PlanNode, SourceNode | OperatorNode>()
  const scans: NodeOf<'scan'>[] = []
  for (const node of topologicalOrder(root)) {
    if (node.kind === 'scan') {
      scans.push(node)
      made.set(node, graph.addSource())
    } else {
      const inputs = inputsOf(node).map((input) => made.get(input)!)
      made.set(node, graph.add(node.id, createOperator(node, layout, contextOf(node)), inputs))
    }
  }
  return { graph, scans, root: made.get(root)! }
}

/** The operator of a plan node. A new kind of node: its arm here. */
function createOperator(node: PlanNode, layout: Layout, context: OperatorContext): Operator {
  return visit<Operator>(node, {
    scan: () => assert(false, 'a scan is no operator') as never,
    filter: ({ input, where }) =>
      new Filter({ where: compileExpression(where, { slotOf: slotsIn(input, layout) }), context }),
    project: (project) => createProject(project, layout, context),
    union: ({ inputs, fields }) => {
      const slots = inputs.map((input, port) =>
        layout.slots.get(node)!.map((field) => slotsIn(input, layout)(fields.get(field)?.[port] ?? field)),
      )
      return new Union({ slots, context })
    },
    deduplicate: ({ input, keys, within, keep, allowedLateness, schema }) =>
      deduplicate(keep, {
        keys: new ColumnReader(keys, slotsIn(input, layout)),
        keyParts: keys.length,
        within,
        allowedLateness,
        context,
        slots: slotsOf(node, layout),
        keepsRaw: schema.rest !== null,
      }),
    'window-aggregate': ({ input, assigner, keys, aggregates, allowedLateness }) =>
      windowAggregate({
        windows: assigner,
        keys: new ColumnReader(
          keys.map(({ expression }) => expression),
          slotsIn(input, layout),
        ),
        aggregates: aggregateInputs(aggregates, input, layout),
        allowedLateness,
        retractable: input.schema.changelog === 'retract',
        context,
        slots: slotsOf(node, layout),
      }),
    'group-aggregate': ({ input, keys, aggregates, emit }) =>
      groupAggregate({
        keys: new ColumnReader(
          keys.map(({ expression }) => expression),
          slotsIn(input, layout),
        ),
        aggregates: aggregateInputs(aggregates, input, layout),
        emit,
        retractable: input.schema.changelog === 'retract',
        context,
        slots: slotsOf(node, layout),
      }),
  })
}

function createProject(node: NodeOf<'project'>, layout: Layout, context: OperatorContext): Operator {
  const slotOf = slotsIn(node.input, layout)
  const own = new Map<Field, BoundExpression>(node.columns.map(({ column, expression }) => [column.field, expression]))
  const columns = layout.slots.get(node)!.map((field) => {
    const expression = own.get(field)
    if (expression === undefined) return { kind: 'forward' as const, slot: slotOf(field) }
    if (expression.kind === 'field') return { kind: 'forward' as const, slot: slotOf(expression.field) }
    return { kind: 'compute' as const, evaluator: compileExpression(expression, { slotOf }), type: expression.type }
  })
  return new Project({ columns, context })
}

function aggregateInputs(
  aggregates: readonly AggregateColumn[],
  input: PlanNode,
  layout: Layout,
): readonly AggregateInput[] {
  const slotOf = slotsIn(input, layout)
  const retractable = input.schema.changelog === 'retract'
  return aggregates.map(({ aggregate: { fn, args, distinct, filter } }) => ({
    accumulator: fn.create({ argument: args[0]?.type ?? 'any', distinct, retractable }),
    args: args.length > 0 ? new ColumnReader(args, slotOf) : null,
    filter: filter ? new ColumnReader([filter], slotOf) : null,
    ...(fn.castTo && args[0] ? { hint: `CAST(${written(args[0])} AS ${fn.castTo})` } : {}),
  }))
}

const written = ({ span: { text, start, end } }: BoundExpression): string => text.slice(start, end)

/** Where the fields of a node's output stand in its batches. */
function slotsIn(node: PlanNode, layout: Layout): (field: Field) => number {
  const fields = layout.slots.get(node)!
  return (field) => {
    const slot = fields.indexOf(field)
    assert(slot >= 0, `${field.name} does not flow out of ${node.id}`)
    return slot
  }
}

const slotsOf = (node: PlanNode, layout: Layout): readonly Slot[] =>
  layout.slots.get(node)!.map(({ name, type }) => ({ name, type }))
