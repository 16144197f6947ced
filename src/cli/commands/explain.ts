import { scannerFor } from '../../formats/json/create-scanner.ts'
import type { PlannedJob } from '../../frontend/planned-job.ts'
import { scanFields } from '../../job/create-intake.ts'
import { explain, renderExplanation } from '../../plan/explain.ts'
import { layOut } from '../../plan/layout.ts'
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
