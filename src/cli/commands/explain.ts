import { scannerFor } from '../../formats/json/create-scanner.ts'
import type { ChainLine } from '../../frontend/flags/command-line.ts'
import { planChain } from '../../frontend/flags/to-plan.ts'
import { scanFields } from '../../job/create-intake.ts'
import { explain, renderExplanation } from '../../plan/explain.ts'
import { layOut } from '../../plan/layout.ts'
import { type NodeOf, topologicalOrder } from '../../plan/nodes.ts'
import { guaranteesOf } from '../guarantees.ts'

/** What `tidemark explain CHAIN` prints: logical plan, physical plan, changelog of each edge, guarantees. Reads no row. */
export function explainLine(line: ChainLine): string {
  const { root } = planChain(line)
  const { late } = line.job
  const scans = topologicalOrder(root).filter((node): node is NodeOf<'scan'> => node.kind === 'scan')
  const layout = layOut(root, late.kind === 'route')
  const explanation = explain(root, layout, {
    guarantees: guaranteesOf(scans, line.job),
    scannerOf: (scan) => scannerFor(scanFields(scan, layout), line.job.scanner),
  })
  return line.json ? `${JSON.stringify(explanation, null, 2)}\n` : renderExplanation(explanation)
}
