import { createReadStream, existsSync } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import { createStructures } from '../operators/stored-structures.ts'
import { loadSavepoint, type SavepointLoad, savepointRoot } from '../state/savepoint-load.ts'
import type { RootRecord } from '../state/store.ts'

/** `loadSavepoint` with the structures of this release. */
export const restoreSavepoint = (load: Omit<SavepointLoad, 'create'>) =>
  loadSavepoint({ ...load, create: createStructures })

/** `--restore FILE`. Throws E_FILE_MISSING. */
export async function restoreFile(file: string, load: Omit<SavepointLoad, 'create' | 'bytes' | 'name'>): Promise<void> {
  await restoreSavepoint({ ...load, name: file, bytes: openSavepoint(file) })
}

/** What a savepoint says of the steps, without its entries. Throws E_FILE_MISSING, E_SAVEPOINT, E_STATE_FORMAT. */
export const rootOfFile = async (file: string): Promise<RootRecord> => savepointRoot(file, openSavepoint(file))

function openSavepoint(file: string): AsyncIterable<Buffer> {
  if (!existsSync(file)) throw new TidemarkError('E_FILE_MISSING', `no savepoint '${file}' (--restore)`)
  return createReadStream(file)
}
