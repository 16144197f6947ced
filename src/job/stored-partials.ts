import type { PartialsReport } from '../operators/partials-report.ts'
import type { PlanNode } from '../plan/nodes.ts'
import type { RootRecord, Store } from '../state/store.ts'
import { refuseOtherColumns } from './compatibility.ts'
import { type IdleOptions, idleGraph } from './idle-graph.ts'

/** Which partial matches are open in an epoch, of the steps that were asked for theirs. Throws E_STATE_MISFIT. */
export async function storedPartials(
  root: PlanNode,
  options: IdleOptions,
  { store, record }: { readonly store: Store; readonly record: RootRecord },
): Promise<readonly PartialsReport[]> {
  const graph = await idleGraph(root, options)
  const reports: PartialsReport[] = []
  for (const { id, operator } of graph.operators) {
    const saved = record.operators[id]
    if (!operator.partials?.() || saved === undefined) continue
    for (const structure of operator.structures) {
      const pages = await store.pages(id, structure.name)
      if (pages.length > 0) refuseOtherColumns(id, saved.shapes?.[structure.name], structure.shape)
      structure.restore(pages)
    }
    operator.restoreFacts(saved.facts)
    reports.push(operator.partials()!)
  }
  return reports
}
