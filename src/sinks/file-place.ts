import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { TidemarkError } from '../base/errors.ts'
import type { Disk, DiskFile, FileFacts } from './disk.ts'

/** So many bytes at the end of a file tell whether it is the one that was left. */
export const TAIL_BYTES = 4096

/** How a file was left: which one it is, how long, and what its end looks like. Plain JSON. */
export interface FilePlace {
  readonly device: string
  readonly inode: string
  readonly length: number
  /** CRC-32 of the last bytes, at most `TAIL_BYTES`. */
  readonly tail: number
}

/** The last bytes of what a file held when it was `length` long. */
export const endingAt = (file: DiskFile, length: number): Promise<Buffer> =>
  file.read(Math.max(0, length - TAIL_BYTES), Math.min(length, TAIL_BYTES))

/**
 * Does the file hold at [0, length) what it held when it was left? Judged by its length and tail, not by its inode: a file that was copied or put back
 * is as good as the one that was written.
 */
export async function holds(file: DiskFile, facts: FileFacts, length: number, tail: number): Promise<boolean> {
  return facts.length >= length && crc32(await endingAt(file, length)) === tail
}

/** When a file changed, as far as one can tell. */
export type ChangedWhile = 'since the last run' | 'while this job was running'

export interface Changed {
  readonly disk: Disk
  readonly path: string
  /** How it may have been left, the longest first. */
  readonly places: readonly FilePlace[]
  readonly when: ChangedWhile
}

/** What has become of a file that is not as it was left, each with its own words. */
export async function changedError({ disk, path, places, when }: Changed): Promise<TidemarkError> {
  const place = places.at(-1)!
  const facts = await disk.facts(path)
  const isSame = facts !== null && facts.device === place.device && facts.inode === place.inode
  const moved = isSame ? null : await nameOf(disk, path, place)
  if (moved !== null) {
    return changed(`${path} was renamed to ${moved} ${when}`, [
      'move it back, or add --append to begin a new file; the parts that --roll makes need no rotation',
      facts !== null && facts.length > 0 ? `move what is now in ${path} away first` : '',
    ])
  }
  if (facts === null) {
    return changed(`${path} was removed ${when}: it held ${place.length} bytes`, [
      'put it back, or add --append to begin a new one',
    ])
  }
  if (facts.length < place.length) {
    return changed(`${path} was cut short ${when}: ${facts.length} of ${place.length} bytes are left`, [
      facts.length === 0
        ? 'put the file back, or add --append to begin anew'
        : 'put the file back, or move it away and add --append to begin a new one',
    ])
  }
  const file = await disk.open(path, { create: false })
  try {
    for (const { length, tail } of places) {
      if (!(await holds(file, facts, length, tail))) continue
      return changed(`${path} has ${facts.length - length} bytes that this job did not write`, [
        `they came ${when}, from another process or a later run of this job; keep them elsewhere, then: truncate -s ${length} ${path}`,
        when === 'since the last run' ? 'or --allow-rewind goes on behind them, and rows may be in it twice' : '',
      ])
    }
  } finally {
    await file.close()
  }
  return changed(`${path} was ${isSame ? 'written over' : 'replaced by another file'} ${when}`, [
    'put the file back, or move this one away and add --append to begin a new one',
  ])
}

const changed = (message: string, hints: readonly string[]): TidemarkError =>
  new TidemarkError('E_OUTPUT_CHANGED', message, { hint: hints.filter((hint) => hint !== '').join('; ') })

/** The present name, in the same folder, of a file that was written under `path`; null: none. */
async function nameOf(disk: Disk, path: string, { device, inode, length }: FilePlace): Promise<string | null> {
  for (const name of await disk.list(dirname(path))) {
    if (name === basename(path)) continue
    const other = join(dirname(path), name)
    const facts = await disk.facts(other)
    // an inode is used again once its file is gone: a shorter one is another file
    if (facts?.device === device && facts.inode === inode && facts.length >= length) return other
  }
  return null
}
