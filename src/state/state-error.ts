import { getSystemErrorMap } from 'node:util'
import { TidemarkError } from '../base/errors.ts'

/** What became of a state directory, in the user's words. `path`: as the user named it. */
export function damagedState(path: string, what: string, goodEpoch: number | null): TidemarkError {
  const good = goodEpoch === null ? 'no epoch in it is known to be whole' : `epoch ${goodEpoch} is still whole`
  return new TidemarkError('E_STATE_DAMAGED', `state '${path}' is damaged: ${what}; ${good}`, {
    hint: 'a copy of it or a savepoint can take its place',
  })
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  'no space left on device': 'free some space, then start again: the run goes on at its last checkpoint',
  'read-only file system':
    'name a --state directory that can be written; to look into this one, copy it to where that is possible',
  'permission denied': 'name a --state directory that can be written, or change its owner',
}
const ANY_WRITE_HINT = 'once that is mended, start again: the run goes on at its last checkpoint'

export function unwritableState(path: string, cause: unknown): TidemarkError {
  const reason = reasonOf(cause)
  return new TidemarkError('E_STATE_WRITE', `state '${path}' cannot be written: ${reason}`, {
    hint: WRITE_HINTS[reason] ?? ANY_WRITE_HINT,
    cause,
  })
}

/** Reasons of a disk or of its limits. Any other failure to read what was written here is damage: a name that leads nowhere, a place behind the end. */
const OF_THE_DISK =
  /^(?:no space|disk quota|read-only|permission denied|operation not permitted|input\/output|i\/o error|file too large|too many open|cannot allocate)/

/** A failure to open or to read what LevelDB wrote. */
export const unreadableState = (path: string, cause: Error): TidemarkError =>
  OF_THE_DISK.test(reasonOf(cause)) ? unwritableState(path, cause) : damagedState(path, databaseWords(cause), null)

/** What LevelDB found, without its word for the kind of error and without folders. */
const databaseWords = ({ message }: Error): string =>
  `its database cannot be read (${message.replace(/^\w[\w ]*: /, '').replaceAll(/\S*\//g, '')})`

/** What the operating system said, lower case: from its own error, or out of what LevelDB made of it (`IO error: FILE: Reason`). */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]
  if (known) return known
  const last = message.slice(message.lastIndexOf(': ') + 1).trim()
  return last.slice(0, 1).toLowerCase() + last.slice(1)
}
