import type { TableOptions } from '../job/job-options.ts'
import { type NodeOf, type PlanNode, scansOf, topologicalOrder } from '../plan/nodes.ts'
import type { AnySource } from '../sources/source.ts'
import type { World } from './world.ts'

/** What a front end knows of the words that named its inputs. */
export interface Wording {
  /** Why an input of that name may be missing. */
  readonly missingHint?: (name: string) => string | undefined
}

/** Opens the sources, and tries the tables; null: there are none of those. Throws E_FILE_MISSING and E_FILE_READ before anything else is touched. */
export async function openInputs(
  root: PlanNode,
  sourceOf: (scan: NodeOf<'scan'>) => AnySource,
  world: World,
  wording: Wording,
): Promise<TableOptions | null> {
  for (const scan of scansOf(root)) await sourceOf(scan).open()
  const tables = topologicalOrder(root).filter((node) => node.kind === 'table')
  if (tables.length === 0) return null
  const open = ({ table }: NodeOf<'table'>) => world.openInput([table.file], { ...wording, isMarked: false })
  for (const table of tables) {
    const source = open(table)
    await source.open()
    await source.close()
  }
  const { createTables: create } = await import('../job/create-tables.ts')
  return { open, create }
}
