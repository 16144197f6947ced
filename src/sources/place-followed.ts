import { TidemarkError } from '../base/errors.ts'
import { fitOf, isSameFile, type OperandMark } from './file-mark.ts'
import { withDescriptor, wordFor } from './file-operand.ts'
import { FollowedFile, type FollowedMark } from './followed-file.ts'
import { findSibling } from './place-marks.ts'
import { refuseLostStream } from './place-streams.ts'
import { compressedSince, findCopy, type Rotated, rotatedSince } from './rotation.ts'
import { statOf } from './stat-of.ts'

const RESET = 'to begin anew: tidemark state reset'

/** Where following a name goes on. */
export interface Placed {
  /** What is to be read, in order: a rotated file, those that came after it, the file that has the name now. */
  readonly files: readonly FollowedFile[]
  /** The file was cut short, and no copy of what stood in it was found. */
  readonly isTruncated: boolean
}

/**
 * Finds what an earlier run has read of `name`, which may have been rotated since, once or more often: by its inode under whatever name it has in the
 * folder, else by its content. Throws E_SOURCE_GONE where bytes that are known to be unread are out of reach.
 */
export function placeFollowed(name: string, marks: readonly OperandMark[]): Placed {
  const mark = markOf(name, marks)
  if (mark === null) return { files: openNamed(name, []), isTruncated: false }
  const begin = { offset: mark.offset, line: mark.line }
  const now = statOf(name)
  const isSame = now !== null && isSameFile(now, mark)
  const fits = now !== null && mark.offset <= now.size && fitsNow(name, now.size, mark)
  if (isSame && fits) return { files: [new FollowedFile(name, begin)], isTruncated: false }
  const moved = isSame ? null : findSibling(mark)
  if (moved) return { files: withLater(name, new FollowedFile(moved.path, begin, true)), isTruncated: false }
  // the file itself was copied, together with the state
  if (fits) return { files: [new FollowedFile(name, begin)], isTruncated: false }
  const copy = findCopy(name, mark)
  if (copy) return { files: withLater(name, new FollowedFile(copy.path, begin, true)), isTruncated: false }
  const packed = mark.modified === undefined ? null : compressedSince(name, BigInt(mark.modified))
  if (packed) throw packedError(name, packed)
  if (mark.size > mark.offset) throw goneError(mark)
  const between = mark.modified === undefined ? [] : rotatedSince(name, BigInt(mark.modified), now ? [now] : [])
  return { files: openNamed(name, between), isTruncated: isSame && between.length === 0 }
}

type KnownMark = Extract<OperandMark, { kind: 'file' }> & Partial<FollowedMark>

/** A run that did not follow the file may have read others beside it: those must be through. */
function markOf(name: string, marks: readonly OperandMark[]): KnownMark | null {
  for (const mark of marks) if (mark.kind === 'replayed') refuseLostStream(mark)
  const files = marks.filter((mark) => mark.kind === 'file')
  const own = files.find((mark) => mark.name === name) ?? null
  for (const mark of files) if (mark !== own && mark.offset < mark.size) throw goneError(mark)
  return own
}

function goneError({ name, offset, size }: KnownMark): TidemarkError {
  return new TidemarkError(
    'E_SOURCE_GONE',
    `${offset} of ${size} bytes of ${wordFor(name)} were read, and the rest is not in its folder`,
    { hint: `put the file back beside ${name}, under any name; ${RESET}` },
  )
}

function packedError(name: string, { path }: Rotated): TidemarkError {
  return new TidemarkError(
    'E_SOURCE_GONE',
    `rows of ${wordFor(name)} may be in ${path}, which was compressed before they were read`,
    { hint: `unpack it beside it (gzip -dk, zstd -d), it is found by its content; logrotate: delaycompress; ${RESET}` },
  )
}

const fitsNow = (name: string, size: number, mark: KnownMark): boolean =>
  withDescriptor({ name, inherited: undefined, kind: 'file', size }, (fd) => fitOf(fd, mark)) === 'fits'

/** The files that came behind a rotated one, and the one that has the name now. */
export function withLater(name: string, old: FollowedFile, known: readonly FollowedFile[] = []): FollowedFile[] {
  const identities = [old, ...known].map(({ identity }) => identity)
  const now = statOf(name)
  const between = rotatedSince(name, old.modified, now ? [...identities, now] : identities)
  return [old, ...openNamed(name, between)]
}

/** Those between, and the file that has the name now, if there is one. */
function openNamed(name: string, between: readonly Rotated[]): FollowedFile[] {
  const files = between.map(({ path }) => new FollowedFile(path, undefined, true))
  return statOf(name) === null ? files : [...files, new FollowedFile(name)]
}
