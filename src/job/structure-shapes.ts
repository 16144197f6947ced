import { newCounters } from '../operators/operator.ts'
import { layOut } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { StructureShape } from '../state/structure.ts'
import { assemble } from './assemble.ts'
import type { JobOptions } from './job-options.ts'
import { shapeOf } from './step-context.ts'

/** By step and by the name of the structure. */
export type StructureShapes = ReadonlyMap<string, Readonly<Record<string, StructureShape>>>

interface ShapesOptions extends Pick<JobOptions, 'timeOutput' | 'zone'> {
  /** Late rows go to a file, whole. */
  readonly lateAreKept: boolean
}

/** What the steps of a plan would keep, without running it. */
export function shapesOf(root: PlanNode, options: ShapesOptions): StructureShapes {
  const layout = layOut(root, options.lateAreKept)
  const rowShape = (node: PlanNode) => shapeOf(node, layout, options)
  const { graph } = assemble(root, layout, rowShape, ({ id }) => ({
    step: id,
    counters: newCounters(),
    late: () => {},
    badRow: () => {},
  }))
  return new Map(
    graph.operators.map(({ id, operator }) => [
      id,
      Object.fromEntries(operator.structures.flatMap(({ name, shape }) => (shape ? [[name, shape]] : []))),
    ]),
  )
}
