import { createReadStream, existsSync } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import { createStructures } from '../operators/stored-structures.ts'
import { loadSavepoint, type SavepointLoad } from '../state/savepoint-load.ts'

/** `loadSavepoint` with the structures of this release. */
export const restoreSavepoint = (load: Omit<SavepointLoad, 'create'>) =>
  loadSavepoint({ ...load, create: createStructures })

/** `--restore FILE`. Throws E_FILE_MISSING. */
export async function restoreFile(file: string, load: Omit<SavepointLoad, 'create' | 'bytes' | 'name'>): Promise<void> {
  if (!existsSync(file)) throw new TidemarkError('E_FILE_MISSING', `no savepoint '${file}' (--restore)`)
  await restoreSavepoint({ ...load, name: file, bytes: createReadStream(file) })
}
