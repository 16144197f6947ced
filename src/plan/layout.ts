import type { Encoding } from '../data/column.ts'
import type { BoundExpression, Field } from '../expressions/bound.ts'
import { Demand } from './demand.ts'
import { judgesLateness, kindOf } from './kinds/index.ts'
import { inputsOf, type MemberField, type PlanNode, topologicalOrder } from './nodes.ts'
import { columnFields } from './schema.ts'

/** The columns of every edge: which fields flow, and in which slot. Projection push-down is a part of it: nobody asks, nobody scans. */
export interface Layout {
  /** Fields of the node's output rows, in slot order. */
  readonly slots: ReadonlyMap<PlanNode, readonly Field[]>
  readonly encodings: ReadonlyMap<MemberField, Encoding>
  /** Joins whose rows are made as the lines that leave: nobody wants anything else of them. */
  readonly lines: ReadonlySet<PlanNode>
}

/** What a sink computes of the rows of a node. */
export interface SinkExpression {
  readonly node: PlanNode
  readonly expression: BoundExpression
}

/** `keepsLateRows`: are late rows routed elsewhere? Then steps that judge lateness need whole rows. */
export function layOut(root: PlanNode, keepsLateRows: boolean, ofSinks: readonly SinkExpression[] = []): Layout {
  const demand = new Demand()
  for (const field of columnFields(root.schema)) demand.add(root, field, 'print')
  for (const { node, expression } of ofSinks) demand.expression(node, expression, 'compute')
  const order = topologicalOrder(root)
  for (const node of [...order].reverse()) {
    kindOf(node).demand(node, demand)
    if (!keepsLateRows || !judgesLateness(node)) continue
    for (const input of inputsOf(node)) demand.forward(input, columnFields(input.schema))
  }
  const slots = new Map<PlanNode, readonly Field[]>()
  for (const node of order)
    slots.set(
      node,
      kindOf(node).slots(node, demand.of(node), (input) => slots.get(input)!),
    )
  return { slots, encodings: demand.encodings(), lines: new Set() }
}
