import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { survivesDatabase } from '../../src/cli/database-probe.ts'
import type { StateDirectory, StateDirectoryOptions } from '../../src/state/state-directory.ts'
import { openStateDirectory } from '../../src/state/state-directory.ts'
import type { PageWrite, RootRecord, Store } from '../../src/state/store.ts'
import { FakeClock } from '../../src/time/clock.ts'

export const OPENING: StateDirectoryOptions = {
  mode: 'create-or-open',
  command: 'tidemark -t ts dedup a.ndjson',
  release: '0.1.0',
  clock: new FakeClock(Date.parse('2024-05-01T10:02:03Z')),
  survives: survivesDatabase,
}

export function openState(path: string, options: Partial<StateDirectoryOptions> = {}): Promise<StateDirectory> {
  return openStateDirectory(path, { ...OPENING, ...options })
}

/** Runs in a new folder that goes afterwards. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-state-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a store holds: the epoch, and by place the text of each page. */
export interface Contents {
  readonly epoch: number
  readonly pages: Readonly<Record<string, string>>
}

export const write = (place: string, text: string | null): PageWrite => {
  const [operator, structure, page] = place.split(' ') as [string, string, string]
  return { operator, structure, page, bytes: text === null ? null : Buffer.from(text) }
}

/** Reads all pages of the structures that `places` name. */
export async function readPages(
  store: Pick<Store, 'pages'>,
  structures: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const pages: Record<string, string> = {}
  for (const place of structures) {
    const [operator, structure] = place.split(' ') as [string, string]
    for (const [page, bytes] of await store.pages(operator, structure))
      pages[`${place} ${page}`] = Buffer.from(bytes).toString()
  }
  return pages
}

/** What a start finds. */
export async function contentsOf(store: Store, structures: readonly string[]): Promise<Contents> {
  const root: RootRecord | undefined = await store.root()
  return { epoch: root?.epoch ?? 0, pages: await readPages(store, structures) }
}
