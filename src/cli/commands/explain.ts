import { scannerFor } from '../../formats/json/create-scanner.ts'
import { destinationName } from '../../frontend/flags/outputs.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { scanFields } from '../../job/create-intake.ts'
import { explain, renderExplanation } from '../../plan/explain.ts'
import { type GraphStyle, renderGraph } from '../../plan/graph.ts'
import { judgesLateness } from '../../plan/kinds/index.ts'
import { layOut } from '../../plan/layout.ts'
import { topologicalOrder } from '../../plan/nodes.ts'
import { guaranteesOf } from '../guarantees.ts'

/** What `tidemark explain` prints: logical plan, physical plan, changelog of each edge, guarantees. Reads no row. */
export function explainJob(planned: PlannedJob, isJson: boolean): string {
  const { root, job } = planned
  const layout = layOut(root, job.late.kind === 'route')
  const explanation = explain(root, layout, {
    guarantees: guaranteesOf(planned),
    scannerOf: (scan) => scannerFor(scanFields(scan, layout), job.scanner),
  })
  return isJson ? `${JSON.stringify(explanation, null, 2)}\n` : renderExplanation(explanation)
}

/** The plan as a graph, with every place where rows of it go. */
export function graphOfJob({ root, job, sinks }: PlannedJob, style: GraphStyle): string {
  const results = sinks.map(({ output, from }) => ({ name: destinationName(output), from }))
  if (job.late.kind !== 'route') return renderGraph(root, results, style)
  const late = { name: destinationName(job.late.to), from: topologicalOrder(root).filter(judgesLateness), side: 'late' }
  return renderGraph(root, [...results, late], style)
}
