import { newCounters } from '../operators/operator.ts'
import { layOut } from '../plan/layout.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { StructureShape } from '../state/structure.ts'
import { assemble } from './assemble.ts'

/** By step and by the name of the structure. */
export type StructureShapes = ReadonlyMap<string, Readonly<Record<string, StructureShape>>>

/** What the steps of a plan would keep, without running it. `lateAreKept`: late rows go to a file, whole. */
export function shapesOf(root: PlanNode, lateAreKept: boolean): StructureShapes {
  const { graph } = assemble(root, layOut(root, lateAreKept), ({ id }) => ({
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
