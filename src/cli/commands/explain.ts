import { scannerFor } from '../../formats/json/create-scanner.ts'
import type { ChainLine } from '../../frontend/flags/command-line.ts'
import { planChain } from '../../frontend/flags/to-plan.ts'
import { scanFields } from '../../job/create-intake.ts'
import { explain, renderExplanation } from '../../plan/explain.ts'
import { layOut } from '../../plan/layout.ts'
import { judgesLateness } from '../../plan/nodes.ts'

/** What `tidemark explain CHAIN` prints: logical plan, physical plan, changelog of each edge, guarantees. Reads no row. */
export function explainLine(line: ChainLine): string {
  const { root } = planChain(line)
  const { output, late } = line.job
  const layout = layOut(root, (node) => late.kind === 'route' && judgesLateness(node))
  const sink =
    output.kind === 'file' ? output.path : output.kind === 'stdout' ? 'standard output' : `fd:${output.descriptor}`
  const explanation = explain(root, layout, {
    sinkName: sink,
    scannerOf: (scan) => scannerFor(scanFields(scan, layout), line.job.scanner),
  })
  return line.json ? `${JSON.stringify(explanation, null, 2)}\n` : renderExplanation(explanation)
}
