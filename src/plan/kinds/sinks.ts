import type { NodeKind } from '../node-kind.ts'
import { type NodeBase, type PlanNode, topologicalOrder } from '../nodes.ts'
import { columnFields } from '../schema.ts'

/** A place where rows leave: those of one step or source, or of several in the order of their arrival, each in its own shape. */
export interface PlannedSink {
  readonly name: string
  readonly from: readonly PlanNode[]
}

/** The root of a plan with several sinks; a plan with one sink of one step has that step as its root. */
export interface SinksNode extends NodeBase {
  readonly kind: 'sinks'
  readonly sinks: readonly PlannedSink[]
  /** All that flows into sinks, each once. */
  readonly inputs: readonly PlanNode[]
}

/** The root of a plan whose rows go to these sinks, in the order of their declaration. */
export function buildSinks(sinks: readonly PlannedSink[]): PlanNode {
  const root = rootOf(sinks)
  const nodes = new Set(topologicalOrder(root))
  for (const node of nodes) {
    if ('leftOverOf' in node && node.leftOverOf) node.isBeside = nodes.has(node.leftOverOf)
  }
  return root
}

function rootOf(sinks: readonly PlannedSink[]): PlanNode {
  const inputs = [...new Set(sinks.flatMap(({ from }) => from))]
  if (sinks.length === 1 && inputs.length === 1) return inputs[0]!
  const schema = { columns: [], rest: null, hasTime: false, changelog: 'append' as const }
  return { kind: 'sinks', id: 'sinks', sinks, inputs, schema }
}

export const sinks: NodeKind<SinksNode> = {
  slots: () => [],
  demand: (node, demand) => {
    for (const input of node.inputs) demand.forward(input, columnFields(input.schema))
  },
  describe: () => 'sinks',
  state: null,
  judgesLateness: () => false,
}
