import { join } from 'node:path'
import type { LevelStore } from '../../src/state/level-store.ts'
import { REPOSITORY } from '../repository.ts'

/** A state directory as format 1 writes it, the run that left it, and its pages read out. */
export const FIXTURE = join(REPOSITORY, 'fixtures/checkpoints/v1')

/** What `tidemark` was told, in FIXTURE's folder, and where the run died. */
export interface FixtureRun {
  readonly words: readonly string[]
  readonly epoch: number
}

/** All that a store holds, as JSON: the root record, and by structure its pages in base64. */
export async function readAll(store: LevelStore): Promise<unknown> {
  const root = await store.root()
  if (root === undefined) return null
  const pages: Record<string, Record<string, string>> = {}
  for (const [operator, { structures }] of Object.entries(root.operators)) {
    for (const structure of structures) {
      const of: Record<string, string> = {}
      for (const [page, bytes] of await store.pages(operator, structure))
        of[page] = Buffer.from(bytes).toString('base64')
      pages[`${operator} ${structure}`] = of
    }
  }
  return { root, pages, confirmed: await store.confirmed() }
}
