import { printPath } from '../expressions/print.ts'
import { type PlanNode, topologicalOrder } from './nodes.ts'

/** The time fields of the sources that flow into a step, for the signature of state that depends on event time. */
export function sourceTimes(node: PlanNode): readonly string[] {
  const times = topologicalOrder(node).flatMap((scan) =>
    scan.kind === 'scan' && scan.source.time ? [scan.source.time] : [],
  )
  return [...new Set(times.map((time) => (time.kind === 'arrival' ? 'arrival' : printPath(time.field.path))))]
}
