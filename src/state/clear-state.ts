import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { StateDirectory } from './state-directory.ts'
import { DATABASE_FOLDER, EPOCH_FILE, OWNER_FILE, replaceMeta, SEGMENTS_FOLDER } from './state-files.ts'

export interface Clearing {
  /** Opens the directory, which locks it. */
  readonly open: () => Promise<StateDirectory>
  readonly release: string
  readonly wallTime: number
}

/** What was there. */
export interface Cleared {
  /** 0: none. */
  readonly epoch: number
  /** Steps that kept state. */
  readonly steps: readonly string[]
}

const OLD_DATABASE = /^db\.\d+\.old$/

/**
 * Takes everything out of a state directory and gives it a new incarnation, whether it is whole or damaged; null: it could not be read. Throws what `open` throws
 * but for damage. When the process dies in it, the directory is as before, or damaged (its parts are of two lives), or new: never the old life without its state.
 */
export async function clearState(path: string, { open, release, wallTime }: Clearing): Promise<Cleared | null> {
  const state = await openIfWhole(open)
  try {
    const cleared = state && (await whatIsIn(state))
    replaceMeta(path, { release, wallTime })
    // out of the way while it is locked: whoever comes next finds none and makes a new one
    const database = join(path, DATABASE_FOLDER)
    if (existsSync(database)) renameSync(database, join(path, `db.${process.pid}.old`))
    rmSync(join(path, EPOCH_FILE), { force: true })
    const segments = join(path, SEGMENTS_FOLDER)
    if (existsSync(segments))
      for (const name of readdirSync(segments)) rmSync(join(segments, name), { recursive: true })
    return cleared
  } finally {
    await state?.close()
    rmSync(join(path, OWNER_FILE), { force: true })
    for (const name of readdirSync(path)) if (OLD_DATABASE.test(name)) rmSync(join(path, name), { recursive: true })
  }
}

async function openIfWhole(open: () => Promise<StateDirectory>): Promise<StateDirectory | null> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'E_STATE_DAMAGED') return null
    throw error
  }
}

async function whatIsIn({ store }: StateDirectory): Promise<Cleared | null> {
  try {
    const operators = Object.entries((await store.glance())?.root.operators ?? {})
    const steps = operators.filter(([, { structures }]) => structures.length > 0).map(([id]) => id)
    return { epoch: (await store.glance())?.root.epoch ?? 0, steps }
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'E_STATE_DAMAGED') return null
    throw error
  }
}
