import { closeSync, existsSync, fsync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { Clock } from '../time/clock.ts'
import { DatabaseLocked, LevelDatabase } from './level-database.ts'
import { LevelStore, type LevelStoreOptions } from './level-store.ts'
import { damagedState, unwritableState } from './state-error.ts'
import {
  DATABASE_FOLDER,
  EpochNote,
  META_DRAFT,
  META_FILE,
  readEpochNote,
  readMeta,
  removeOwner,
  SEGMENTS_FOLDER,
  type StateMeta,
  syncFolder,
  writeMeta,
  writeOwner,
} from './state-files.ts'
import { liveOwner, ownerText } from './state-owner.ts'
import { damagedTable } from './table-check.ts'

export interface StateDirectoryOptions {
  /** `read`: it must be there, and neither pages nor segments are written. */
  readonly mode: 'create-or-open' | 'open' | 'read'
  /** The command line, for the message that another process gets. */
  readonly command: string
  readonly release: string
  readonly clock: Clock
  /** Can LevelDB work with the database in this folder without ending the process? Asked where a table is damaged. */
  readonly survives: (folder: string) => Promise<boolean>
  /** For tests that let the process die at a step. */
  readonly onStep?: LevelStoreOptions['onStep']
}

/** A state directory that this process has for itself. */
export interface StateDirectory {
  /** As the user named it. */
  readonly path: string
  readonly incarnation: string
  readonly store: LevelStore
  /** For segment files of sinks that cannot prepare. */
  readonly segmentsFolder: string
  /** Closes the store and gives the directory free. */
  close(): Promise<void>
}

/**
 * Opens or makes the state directory `path`; the folder that it stands in must be there. Throws E_STATE_MISSING, E_STATE_FOREIGN, E_STATE_FORMAT, E_STATE_LOCKED, E_STATE_DAMAGED,
 * E_STATE_WRITE; a directory that is not a state of ours is left as it is. Whether its pages are whole is told by `store.root()`.
 */
export async function openStateDirectory(path: string, options: StateDirectoryOptions): Promise<StateDirectory> {
  try {
    const meta = findOrMake(path, options)
    const database = await openDatabase(path, options)
    try {
      return opened(path, { meta, database, options })
    } catch (error) {
      await database.close()
      throw error
    }
  } catch (error) {
    if (error instanceof TidemarkError || (error as NodeJS.ErrnoException).errno === undefined) throw error
    throw unwritableState(path, error)
  }
}

function findOrMake(path: string, { mode, release, clock }: StateDirectoryOptions): StateMeta {
  const found = lookAt(path)
  if (found === 'state') return readMeta(path, path)
  if (mode !== 'create-or-open') {
    throw new TidemarkError('E_STATE_MISSING', `no state in '${path}'`, {
      hint: 'a run with --state makes it; is the path right?',
    })
  }
  if (found === 'nothing') makeFolder(path)
  writeMeta(path, { release, wallTime: clock.wallTime() })
  return readMeta(path, path)
}

/** What a folder may hold before anything is put there. */
const isNothing = (name: string): boolean => name === 'lost+found' || META_DRAFT.test(name)

function lookAt(path: string): 'state' | 'empty' | 'nothing' {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'nothing'
  if (!stat.isDirectory()) {
    throw new TidemarkError('E_STATE_FOREIGN', `'${path}' is a file, not a state directory`, {
      hint: '--state takes a directory, which is made when it is missing',
    })
  }
  const names = readdirSync(path)
  if (names.includes(META_FILE)) return 'state'
  if (names.every(isNothing)) return 'empty'
  if (names.includes(SEGMENTS_FOLDER) && existsSync(join(path, DATABASE_FOLDER, 'CURRENT')))
    throw damagedState(path, `${META_FILE} is missing`, null)
  throw new TidemarkError('E_STATE_FOREIGN', `'${path}' holds other files and no state`, {
    hint: 'name a new or an empty directory: nothing else may stand in it',
  })
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const parent = dirname(path)
    throw new TidemarkError('E_STATE_MISSING', `no folder '${parent}' to put state '${path}' into`, {
      hint: `mkdir -p ${parent}`,
      cause: error,
    })
  }
  syncFolder(dirname(path))
}

/** How long whoever only looks into the directory is waited for, and between two tries, ms. */
const BRIEF = 1000
const TRY_EVERY = 25

async function openDatabase(path: string, { clock, survives }: StateDirectoryOptions): Promise<LevelDatabase> {
  const folder = join(path, DATABASE_FOLDER)
  const damaged = existsSync(folder) ? await damagedTable(folder) : null
  if (damaged !== null && !(await survives(folder)))
    throw damagedState(path, `table ${DATABASE_FOLDER}/${damaged} is not as it was written`, null)
  for (let waited = 0; ; waited += TRY_EVERY) {
    try {
      return await LevelDatabase.open({ folder, path, create: isNew(folder, path) })
    } catch (error) {
      if (!(error instanceof DatabaseLocked)) throw error
      if (waited >= BRIEF || liveOwner(path)?.isBrief !== true) throw lockedState(path, clock.wallTime())
      await new Promise<void>((resolve) => setTimeout(resolve, TRY_EVERY))
    }
  }
}

/** Was there never a database? What the making of one left behind when the process died counts as none. */
function isNew(folder: string, path: string): boolean {
  if (existsSync(join(folder, 'CURRENT'))) return false
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.some((name) => /\.(?:log|ldb|sst)$/.test(name)))
    throw damagedState(path, `${DATABASE_FOLDER}/CURRENT is missing`, null)
  return true
}

function lockedState(path: string, now: number): TidemarkError {
  const by = ownerText(liveOwner(path), now)
  return new TidemarkError('E_STATE_LOCKED', `state '${path}' is in use by ${by}`, {
    hint: `wait for it, stop it with: tidemark stop --state ${path}, or name another --state`,
  })
}

interface Opening {
  readonly meta: StateMeta
  readonly database: LevelDatabase
  readonly options: StateDirectoryOptions
}

function opened(path: string, { meta, database, options }: Opening): StateDirectory {
  const { command, clock, mode, onStep } = options
  const { incarnation } = meta
  const segmentsFolder = join(path, SEGMENTS_FOLDER)
  const since = new Date(clock.wallTime()).toISOString()
  writeOwner(path, { pid: process.pid, command, since, ...(mode === 'read' && { isBrief: true as const }) })
  mkdirSync(segmentsFolder, { recursive: true })
  const decidedEpoch = readEpochNote(path)
  const note = new EpochNote(path)
  const folder = openSync(join(path, DATABASE_FOLDER), 'r')
  const store = new LevelStore({
    database,
    path,
    incarnation,
    decidedEpoch,
    isReadOnly: mode === 'read',
    ...(onStep && { onStep }),
    // a new log of LevelDB has a name that LevelDB does not sync
    onDecided: async (epoch) => {
      await new Promise<void>((resolve) => fsync(folder, () => resolve()))
      note.write(epoch)
    },
  })
  const close = async () => {
    note.close()
    closeSync(folder)
    removeOwner(path)
    await store.close()
  }
  return { path, incarnation, store, segmentsFolder, close }
}
