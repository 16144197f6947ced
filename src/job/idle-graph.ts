import { newCounters } from '../operators/operator.ts'
import { layOut } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import { assemble } from './assemble.ts'
import type { Graph } from './graph.ts'
import type { JobOptions } from './job-options.ts'
import { loadOperators } from './operators/index.ts'
import { shapeOf } from './step-context.ts'

export interface IdleOptions extends Pick<JobOptions, 'timeOutput' | 'zone'> {
  /** Late rows go to a file, whole. */
  readonly lateAreKept: boolean
}

/** The operators of a plan as a run would make them, for what there is to learn of them without rows. */
export async function idleGraph(root: PlanNode, options: IdleOptions): Promise<Graph> {
  const layout = layOut(root, options.lateAreKept)
  const { graph } = assemble({
    root,
    layout,
    createOperator: await loadOperators(root),
    shapeOf: (node) => shapeOf(node, layout, options),
    contextOf: ({ id }) => ({ step: id, counters: newCounters(), late: () => {}, badRow: () => {} }),
  })
  return graph
}
