import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TidemarkError } from '../../base/errors.ts'
import { EPOCH_FILE, readEpochNote, readMeta, type StateOwner } from '../../state/state-files.ts'
import { liveOwner } from '../../state/state-owner.ts'
import type { RootRecord } from '../../state/store.ts'
import { print } from '../print.ts'
import type { World } from '../world.ts'
import { ageText, counted } from './state-words.ts'

/** One directory at a glance; member names are those of `--json`. null: not known while another process uses it. */
interface Listed {
  readonly dir: string
  readonly epoch: number
  /** Since the epoch was decided; null: there is none. */
  readonly age_ms: number | null
  /** Steps that keep state. */
  readonly steps: number | null
  readonly entries: number | null
  /** On disk. */
  readonly bytes: number
  readonly finished: boolean | null
  readonly in_use: boolean
  readonly owner: StateOwner | null
}

/** `tidemark state ls DIR...`: one line. Says nothing of damage to pages: that is for `verify`. */
export async function listState(path: string, world: World, { json }: { readonly json: boolean }): Promise<number> {
  const listed = await look(path, world)
  return print(json ? JSON.stringify(listed) : lineOf(listed), world)
}

async function look(path: string, world: World): Promise<Listed> {
  const noted = ageOf(path, world)
  try {
    const state = await world.inspectState(path, 'read')
    try {
      const root = (await state.store.glance())?.root ?? null
      const known = { ...sizesOf(root), finished: root?.isFinished ?? false }
      const epoch = root?.epoch ?? 0
      return { dir: path, epoch, age_ms: noted, ...known, bytes: bytesIn(path), in_use: false, owner: null }
    } finally {
      await state.close()
    }
  } catch (error) {
    if (!(error instanceof TidemarkError) || error.code !== 'E_STATE_LOCKED') throw error
    readMeta(path, path)
    const unknown = { steps: null, entries: null, finished: null }
    const owner = liveOwner(path)
    return {
      dir: path,
      epoch: readEpochNote(path),
      age_ms: noted,
      ...unknown,
      bytes: bytesIn(path),
      in_use: true,
      owner,
    }
  }
}

/** The note of the epoch is written when an epoch is decided, and never else. */
function ageOf(path: string, world: World): number | null {
  if (readEpochNote(path) === 0) return null
  return Math.max(0, Math.round(world.clock.wallTime() - statSync(join(path, EPOCH_FILE)).mtimeMs))
}

/** Steps that keep something, and their entries; keys are counted with what they are keys of. */
function sizesOf(root: RootRecord | null): { readonly steps: number; readonly entries: number | null } {
  const kept = Object.values(root?.operators ?? {}).filter(({ structures }) => structures.length > 0)
  let entries: number | null = 0
  for (const { entries: own, structures } of kept) {
    if (own === undefined) entries = null
    else if (entries !== null) entries += entriesOf(structures, own)
  }
  return { steps: kept.length, entries }
}

/** A structure of keys counts only where it stands alone. */
export const entriesOf = (structures: readonly string[], entries: Readonly<Record<string, number>>): number =>
  structures
    .filter((name) => structures.length === 1 || name !== 'keys')
    .reduce((sum, name) => sum + (entries[name] ?? 0), 0)

function bytesIn(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    // LevelDB tidies up while we look
    bytes += entry.isDirectory() ? bytesIn(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  }
  return bytes
}

function lineOf({ dir, epoch, age_ms, steps, entries, bytes, finished, in_use, owner }: Listed): string {
  const kept =
    steps === null
      ? ''
      : `; ${counted(steps, 'step')}${entries === null ? '' : `, ${counted(entries, 'entry', 'entries')}`}`
  const user = owner ? `process ${owner.pid} (${owner.command})` : 'another process'
  const use = in_use ? `in use by ${user}` : finished ? 'finished' : 'not in use'
  const at = epoch === 0 ? 'no epoch yet' : `epoch ${epoch}${age_ms === null ? '' : `, ${ageText(age_ms)} ago`}`
  return `${dir}: ${at}${kept}; ${bytes} bytes on disk; ${use}`
}
