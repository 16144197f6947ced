import { scannerFor } from '../../formats/json/create-scanner.ts'
import { destinationName } from '../../frontend/flags/outputs.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { scanFields } from '../../job/create-intake.ts'
import type { PartialsReport } from '../../operators/partials-report.ts'
import { explain, renderExplanation } from '../../plan/explain.ts'
import { type GraphStyle, renderGraph } from '../../plan/graph.ts'
import { judgesLateness } from '../../plan/kinds/index.ts'
import { layOut } from '../../plan/layout.ts'
import { topologicalOrder } from '../../plan/nodes.ts'
import { guaranteesOf } from '../guarantees.ts'
import { partialsJson, partialsText } from '../partials-text.ts'

/**
 * What `tidemark explain` prints: logical plan, physical plan, changelog of each edge, guarantees. Reads no row. `partials`: what steps were asked for, as it stands in
 * the state; null: no step was.
 */
export function explainJob(
  planned: PlannedJob,
  isJson: boolean,
  partials: readonly PartialsReport[] | null = null,
): string {
  const { root, job } = planned
  const layout = layOut(root, job.late.kind === 'route')
  const explanation = explain(root, layout, {
    guarantees: guaranteesOf(planned),
    scannerOf: (scan) => scannerFor(scanFields(scan, layout), job.scanner),
  })
  if (!isJson) return `${renderExplanation(explanation)}${partials ? sectionOf(partials, job.state) : ''}`
  const shown = partials ? { ...explanation, partials: partials.map(partialsJson) } : explanation
  return `${JSON.stringify(shown, null, 2)}\n`
}

function sectionOf(partials: readonly PartialsReport[], state: string | null): string {
  if (partials.length > 0)
    return `partial matches\n${partials
      .map(partialsText)
      .join('')
      .replace(/^(?=.)/gm, '  ')}`
  const why =
    state === null ? 'no row is read here: --state DIR tells those of a state directory' : `${state} holds none yet`
  return `partial matches\n  ${why}\n`
}

/** The plan as a graph, with every place where rows of it go. */
export function graphOfJob({ root, job, sinks }: PlannedJob, style: GraphStyle): string {
  const results = sinks.map(({ output, from }) => ({ name: destinationName(output), from }))
  if (job.late.kind !== 'route') return renderGraph(root, results, style)
  const late = { name: destinationName(job.late.to), from: topologicalOrder(root).filter(judgesLateness), side: 'late' }
  return renderGraph(root, [...results, late], style)
}
