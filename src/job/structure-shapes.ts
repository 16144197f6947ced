import type { PlanNode } from '../plan/nodes.ts'
import type { StructureShape } from '../state/structure.ts'
import { type IdleOptions, idleGraph } from './idle-graph.ts'

/** By step and by the name of the structure. */
export type StructureShapes = ReadonlyMap<string, Readonly<Record<string, StructureShape>>>

/** What the steps of a plan would keep, without running it. */
export async function shapesOf(root: PlanNode, options: IdleOptions): Promise<StructureShapes> {
  const { operators } = await idleGraph(root, options)
  return new Map(
    operators.map(({ id, operator }) => [
      id,
      Object.fromEntries(operator.structures.flatMap(({ name, shape }) => (shape ? [[name, shape]] : []))),
    ]),
  )
}
