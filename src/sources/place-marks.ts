import { fstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { CompressedPlace } from './compression/content-stream.ts'
import {
  bytesAt,
  type FileIdentity,
  type FileMark,
  type Fit,
  fileOffset,
  fitOf,
  identityOf,
  isSameFile,
  type OperandMark,
} from './file-mark.ts'
import { type Operand, withDescriptor, wordFor } from './file-operand.ts'
import { refuseLostStream, startOfStream } from './place-streams.ts'

/** Where reading of one operand goes on. */
export interface Start {
  readonly offset: number
  readonly line: number
  /** Of a compressed file that was begun: `offset` counts what it decompresses to. */
  readonly compressed?: CompressedPlace | undefined
  /** Of a stream that is given again: CRC-32 of what is passed over. */
  readonly crc?: number
}

export const BEGINNING: Start = { offset: 0, line: 1 }
export const RESET = 'to begin anew: tidemark state reset'

/** An operand as it is now, and what is known of how far it was read. */
interface Candidate {
  readonly operand: Operand
  readonly identity: FileIdentity | null
  /** The mark that it fits, by its index; -1: it is new. */
  mark: number
}

/**
 * Finds for every mark of an earlier run the operand that it belongs to: the same file under whatever name, else a copy of it. Operands without a mark are
 * new, and read from their beginning. Throws E_SOURCE_CHANGED or E_SOURCE_GONE where bytes that were not read are out of reach, or bytes that were read are
 * no longer the same. Returns the starts of the operands, and for each its mark's index (-1: none).
 */
export function placeMarks(
  marks: readonly OperandMark[],
  operands: readonly Operand[],
  isReplayed: (operand: Operand) => boolean,
): { readonly starts: readonly Start[]; readonly markOf: readonly number[] } {
  const candidates: Candidate[] = operands.map((operand) => ({
    operand,
    identity: operand.kind === 'file' ? withDescriptor(operand, identityOf) : null,
    mark: -1,
  }))
  const left = marks.filter((mark, i) => !claimSame(mark, i, candidates))
  for (const mark of left) {
    if (mark.kind === 'replayed') refuseLostStream(mark)
    else if (mark.kind === 'file' && !claimCopy(mark, marks.indexOf(mark), candidates)) refuseUnread(mark, candidates)
  }
  const starts = candidates.map(({ operand, mark }) => {
    const found = marks[mark]
    if (operand.kind !== 'file') return startOfStream(operand.name, found, isReplayed(operand))
    return found?.kind === 'file' ? startAt(found, operand) : BEGINNING
  })
  return { starts, markOf: candidates.map(({ mark }) => mark) }
}

/** By device and inode, whatever the name; streams by their name. */
function claimSame(mark: OperandMark, index: number, candidates: readonly Candidate[]): boolean {
  const found = candidates.find(
    ({ operand, identity, mark: taken }) =>
      taken < 0 &&
      (mark.kind === 'file'
        ? identity !== null && isSameFile(identity, mark) && fitOfOperand(operand, mark) === 'fits'
        : identity === null && operand.name === mark.name),
  )
  if (found) found.mark = index
  return found !== undefined || mark.kind === 'stream'
}

/** A file with the same bytes, of the same name if there is one: copied together with the state, or rotated by copying. */
function claimCopy(mark: FileMark, index: number, candidates: readonly Candidate[]): boolean {
  const free = candidates.filter(({ identity, mark: taken }) => identity !== null && taken < 0)
  const named = free.find(({ operand }) => operand.name === mark.name)
  // nothing was read of it: any file of its name will do
  const rest = mark.offset === 0 ? [] : free.filter((candidate) => candidate !== named)
  const found = [...(named ? [named] : []), ...rest].find(({ operand }) => fitOfOperand(operand, mark) === 'fits')
  if (found) found.mark = index
  return found !== undefined
}

const fitOfOperand = (operand: Operand, mark: FileMark): Fit => withDescriptor(operand, (fd) => fitOf(fd, mark))

/** No operand fits the mark. Fine if the file was read to its end. */
function refuseUnread(mark: FileMark, candidates: readonly Candidate[]): void {
  const same = candidates.find(({ identity, mark: taken }) => taken < 0 && identity && isSameFile(identity, mark))
  if (same) throw changedError(mark, same.operand)
  const named = candidates.find(({ operand }) => operand.name === mark.name)
  const moved = findSibling(mark)
  const size = moved?.size ?? mark.size
  // as far as can be seen: what came later, before the file went, is not known of a file that is gone
  if (size <= fileOffset(mark) && (mark.compressed?.isAll ?? true) && (moved || !named)) return
  if (named) throw replacedError(mark, moved)
  const word = wordFor(mark.name)
  throw new TidemarkError(
    'E_SOURCE_GONE',
    `${fileOffset(mark)} of ${size} bytes of ${word} were read, and it is no longer among the files`,
    { hint: moved ? `name it again until it is read: ${moved.path}` : `it is not in its folder; ${RESET}` },
  )
}

function changedError(mark: FileMark, operand: Operand): TidemarkError {
  const word = wordFor(operand.name)
  if (fitOfOperand(operand, mark) === 'shorter') {
    const size = withDescriptor(operand, sizeOf)
    return new TidemarkError(
      'E_SOURCE_CHANGED',
      `${word} was truncated: ${fileOffset(mark)} bytes were read, it has ${size}`,
      {
        hint: `if it was copied first, name the copy before it; ${RESET}`,
      },
    )
  }
  return new TidemarkError(
    'E_SOURCE_CHANGED',
    `the ${fileOffset(mark)} bytes of ${word} that were read are others now`,
    {
      hint: `a file may grow, what was read of it must stay; ${RESET}`,
    },
  )
}

function replacedError(mark: FileMark, moved: Sibling | null): TidemarkError {
  const word = wordFor(mark.name)
  if (moved) {
    const unread = moved.size - fileOffset(mark)
    return new TidemarkError('E_SOURCE_CHANGED', `${word} was rotated with ${unread} bytes unread`, {
      hint: `they are in ${moved.path}: name it before ${mark.name}`,
    })
  }
  return new TidemarkError('E_SOURCE_CHANGED', `${word} is another file than the one that was read, which is gone`, {
    hint: `name the earlier file before it, where it is now; ${RESET}`,
  })
}

/** A line that had no newline when it was taken may have got that, but nothing else. */
function startAt({ offset, line, compressed }: FileMark, operand: Operand): Start {
  if (offset === 0) return BEGINNING
  // what stands at the place is seen once the file is decompressed up to there
  if (compressed) return { offset, line, compressed }
  return withDescriptor(operand, (fd) => {
    const [before] = bytesAt(fd, offset - 1, 1)
    const behind = bytesAt(fd, offset, 2)
    if (before === NEWLINE || behind.length === 0 || isByteOrderMark(bytesAt(fd, 0, 3), offset)) return { offset, line }
    if (behind[0] === NEWLINE) return { offset: offset + 1, line }
    if (behind[0] === RETURN && behind[1] === NEWLINE) return { offset: offset + 2, line }
    throw grownLineError(wordFor(operand.name), line)
  })
}

/** Line `line - 1` of an input, which is called `word` in messages, was the last and goes on now. */
export function grownLineError(word: string, line: number): TidemarkError {
  return new TidemarkError('E_SOURCE_CHANGED', `line ${line - 1} of ${word} has grown since it was read`, {
    hint: `the file ended without a newline then; --at-eof suspend leaves such a line for the next run; ${RESET}`,
  })
}

/** A compressed file no longer goes on where it was read to. */
export function refuseContent(name: string, { offset, line }: Start, why: 'shorter' | 'grown-line'): TidemarkError {
  if (why === 'grown-line') return grownLineError(wordFor(name), line)
  return new TidemarkError('E_SOURCE_CHANGED', `${wordFor(name)} holds less than the ${offset} bytes that were read`, {
    hint: `it was compressed anew with other content; ${RESET}`,
  })
}

export const NEWLINE = 0x0a
export const RETURN = 0x0d

/** Is `offset` the place behind a byte order mark, with which `bytes` begin? */
const isByteOrderMark = (bytes: Buffer, offset: number): boolean =>
  offset === 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

export interface Sibling {
  readonly path: string
  readonly size: number
}

/** The file of a mark, under whatever name it has now in the folder where it was. */
export function findSibling(mark: FileMark): Sibling | null {
  if (mark.name === '-') return null
  const folder = dirname(mark.name)
  for (const name of namesIn(folder, basename(mark.name))) {
    const path = mark.name === basename(mark.name) ? name : join(folder, name)
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (stats?.isFile() && isSameFile({ device: `${stats.dev}`, inode: `${stats.ino}` }, mark))
      return isRead(path, mark) ? { path, size: Number(stats.size) } : null
  }
  return null
}

/** Inodes are given anew: only bytes tell. */
function isRead(path: string, mark: FileMark): boolean {
  return withDescriptor({ name: path, inherited: undefined, kind: 'file', size: 0 }, (fd) => fitOf(fd, mark)) === 'fits'
}

/** Its own name first, it is the most likely. */
function namesIn(folder: string, first: string): readonly string[] {
  try {
    return [first, ...readdirSync(folder).filter((name) => name !== first)]
  } catch {
    return []
  }
}

const sizeOf = (fd: number): number => fstatSync(fd).size

/** Where an inherited descriptor of a file stands; 0 where the system does not tell. */
export function standingOf(fd: number): number {
  try {
    return Number(/^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
