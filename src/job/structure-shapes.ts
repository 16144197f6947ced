import { newCounters } from '../operators/operator.ts'
import { layOut } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { StructureShape } from '../state/structure.ts'
import { assemble } from './assemble.ts'
import type { JobOptions } from './job-options.ts'
import { loadOperators } from './operators/index.ts'
import { shapeOf } from './step-context.ts'

/** By step and by the name of the structure. */
export type StructureShapes = ReadonlyMap<string, Readonly<Record<string, StructureShape>>>

interface ShapesOptions extends Pick<JobOptions, 'timeOutput' | 'zone'> {
  /** Late rows go to a file, whole. */
  readonly lateAreKept: boolean
}

/** What the steps of a plan would keep, without running it. */
export async function shapesOf(root: PlanNode, options: ShapesOptions): Promise<StructureShapes> {
  const layout = layOut(root, options.lateAreKept)
  const { graph } = assemble({
    root,
    layout,
    createOperator: await loadOperators(root),
    shapeOf: (node) => shapeOf(node, layout, options),
    contextOf: ({ id }) => ({ step: id, counters: newCounters(), late: () => {}, badRow: () => {} }),
  })
  return new Map(
    graph.operators.map(({ id, operator }) => [
      id,
      Object.fromEntries(operator.structures.flatMap(({ name, shape }) => (shape ? [[name, shape]] : []))),
    ]),
  )
}
