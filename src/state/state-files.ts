import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { TidemarkError } from '../base/errors.ts'
import { damagedState } from './state-error.ts'
import { STATE_FORMAT } from './state-layout.ts'

/** Files of a state directory besides its database. */
export const META_FILE = 'tidemark.json'
/** What the making of META_FILE leaves behind when the process dies in it. */
export const META_DRAFT = /^tidemark\.json\.\d+\.new$/
export const OWNER_FILE = 'owner.json'
export const EPOCH_FILE = 'epoch'
export const DATABASE_FOLDER = 'db'
export const SEGMENTS_FOLDER = 'segments'

export interface StateMeta {
  readonly format: number
  readonly incarnation: string
  /** ISO 8601, UTC. */
  readonly created: string
  /** The release that made it. */
  readonly release: string
}

interface Birth {
  readonly release: string
  /** ms since 1970 */
  readonly wallTime: number
}

/** Makes a state of the folder: at once, or not at all. If another process was faster, its state stands; so read what is there afterwards. */
export function writeMeta(folder: string, birth: Birth): void {
  placeOnce(writeDraft(folder, birth), join(folder, META_FILE))
  syncFolder(folder)
}

/** A new life begins in the folder: whatever else is there belongs to another one. */
export function replaceMeta(folder: string, birth: Birth): void {
  renameSync(writeDraft(folder, birth), join(folder, META_FILE))
  syncFolder(folder)
}

/** Returns its path. */
function writeDraft(folder: string, { release, wallTime }: Birth): string {
  const created = new Date(wallTime).toISOString()
  const meta: StateMeta = { format: STATE_FORMAT, incarnation: randomUUID(), created, release }
  const draft = join(folder, `${META_FILE}.${process.pid}.new`)
  const file = openSync(draft, 'w')
  try {
    writeSync(file, `${JSON.stringify(meta)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

/** Gives a file its name, unless there is one of that name. */
function placeOnce(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    // file systems without links: two processes that make one state in the same moment are then not told apart
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(draft, path)
  }
  rmSync(draft, { force: true })
}

/** Throws E_STATE_DAMAGED, or E_STATE_FORMAT for a layout that this release does not know. `path`: as the user named it. */
export function readMeta(folder: string, path: string): StateMeta {
  const meta = parsed(readFileSync(join(folder, META_FILE), 'utf8')) as StateMeta | null
  if (!(Number.isInteger(meta?.format) && typeof meta?.incarnation === 'string' && meta.incarnation !== ''))
    throw damagedState(path, `${META_FILE} cannot be read`, null)
  if (meta.format <= STATE_FORMAT) return meta
  const message = `state '${path}' was written by a newer release (${meta.release}, format ${meta.format}; this one reads up to ${STATE_FORMAT})`
  throw new TidemarkError('E_STATE_FORMAT', message, { hint: 'use that release, or name another --state' })
}

/** Who has the directory open; only for messages. */
export interface StateOwner {
  readonly pid: number
  readonly command: string
  /** ISO 8601, UTC. */
  readonly since: string
  /** It only looks into the directory and will soon be gone. */
  readonly isBrief?: true
}

export function writeOwner(folder: string, owner: StateOwner): void {
  writeFileSync(join(folder, OWNER_FILE), `${JSON.stringify(owner)}\n`)
}

export function removeOwner(folder: string): void {
  rmSync(join(folder, OWNER_FILE), { force: true })
}

/** null: not known. */
export function readOwner(folder: string): StateOwner | null {
  try {
    const owner = parsed(readFileSync(join(folder, OWNER_FILE), 'utf8')) as StateOwner | null
    const isWhole =
      Number.isInteger(owner?.pid) && typeof owner?.command === 'string' && !Number.isNaN(Date.parse(owner.since))
    return isWhole ? owner : null
  } catch {
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * The last decided epoch, written beside the database after it was safe there, and not synced: it may be behind, never ahead. A database that knows less was
 * cut short, which LevelDB itself would not notice.
 */
export class EpochNote {
  readonly #file: number

  constructor(folder: string) {
    this.#file = openSync(join(folder, EPOCH_FILE), constants.O_RDWR | constants.O_CREAT, 0o666)
  }

  write(epoch: number): void {
    const digits = `${epoch}`.padStart(12, '0')
    try {
      writeSync(this.#file, `${digits} ${checkOf(digits)}\n`, 0)
    } catch {
      // the epoch is decided all the same
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** 0: none, or it was torn. */
export function readEpochNote(folder: string): number {
  try {
    const [digits, check] = readFileSync(join(folder, EPOCH_FILE), 'latin1').trim().split(' ')
    return digits !== undefined && check === checkOf(digits) ? Number(digits) : 0
  } catch {
    return 0
  }
}

const checkOf = (digits: string): string => crc32(digits).toString(16).padStart(8, '0')

/** Makes the names in a folder safe from a crash of the machine, where the system can. */
export function syncFolder(folder: string): void {
  let file: number | null = null
  try {
    file = openSync(folder, 'r')
    fsyncSync(file)
  } catch {
    // not every system opens folders
  } finally {
    if (file !== null) closeSync(file)
  }
}
