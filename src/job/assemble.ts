import type { OperatorContext } from '../operators/operator.ts'
import type { Layout } from '../plan/layout.ts'
import { inputsOf, type NodeOf, type PlanNode, topologicalOrder } from '../plan/nodes.ts'
import { Graph, type OperatorNode, type SourceNode } from './graph.ts'
import { createOperator } from './operators/index.ts'
import { Wiring } from './operators/wiring.ts'

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
      made.set(node, graph.add(node.id, createOperator(node, new Wiring(layout, contextOf(node))), inputs))
    }
  }
  return { graph, scans, root: made.get(root)! }
}
