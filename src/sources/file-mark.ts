import { fstatSync, readSync } from 'node:fs'
import type { CompressedPlace } from './compression/content-stream.ts'

/** Of a file that was read, so much of its beginning and of what stands before the place is checked. */
export const HEAD_BYTES = 1024
export const TAIL_BYTES = 256

/** What the system knows a file by, whatever its name. Decimal: inodes may be beyond 2^53. */
export interface FileIdentity {
  readonly device: string
  readonly inode: string
}

/** What a file that was read is known by, whatever its name and inode: the bytes that were read. */
export interface FilePrint {
  /** Bytes that were read; of a compressed file: of what it decompresses to. */
  readonly offset: number
  /** CRC-32 of its first bytes, 1,024 at the most, none behind `offset`. */
  readonly head: number
  /** CRC-32 of the last bytes before `offset`, 256 at the most. */
  readonly tail: number
  /** Of a compressed file only; head and tail are of the file itself, as far as it was read. */
  readonly compressed?: CompressedPlace
}

/** How far one file was read, so that a later run can tell whether it is still that file, as JSON. */
export interface FileMark extends FileIdentity, FilePrint {
  readonly kind: 'file'
  /** As the user named it. */
  readonly name: string
  /** 1-based number of the line at `offset`. */
  readonly line: number
  /** Bytes it had at that moment. */
  readonly size: number
}

/** A pipe, terminal or device: it cannot be told from another, and cannot be read again. */
export interface StreamMark {
  readonly kind: 'stream'
  readonly name: string
}

/** A stream that comes again from its beginning (`--replay`). */
export interface ReplayMark {
  readonly kind: 'replayed'
  readonly name: string
  /** Bytes that were read; of compressed data: of what they decompress to. */
  readonly offset: number
  /** 1-based number of the line at `offset`. */
  readonly line: number
  /** CRC-32 of the bytes before `offset`. */
  readonly crc: number
}

export type OperandMark = FileMark | StreamMark | ReplayMark

export function identityOf(fd: number): FileIdentity {
  const { dev, ino } = fstatSync(fd, { bigint: true })
  return { device: `${dev}`, inode: `${ino}` }
}

export const isSameFile = (a: FileIdentity, b: FileIdentity): boolean => a.device === b.device && a.inode === b.inode

/** How far a file was read. */
export interface ReadPlace {
  readonly offset: number
  readonly line: number
  readonly compressed?: CompressedPlace | undefined
}

/** The mark of an open file that was read up to a place. */
export function markFile(fd: number, name: string, { offset, line, compressed }: ReadPlace): FileMark {
  const { size } = fstatSync(fd)
  const mark = { kind: 'file' as const, name, ...identityOf(fd), offset, line, size }
  if (!compressed) return { ...mark, ...fingerprint(fd, offset) }
  return { ...mark, ...fingerprint(fd, fileOffset({ offset, compressed })), compressed }
}

/** How far the file itself was read. */
export const fileOffset = ({ offset, compressed }: Pick<FileMark, 'offset' | 'compressed'>): number =>
  compressed ? compressed.begin + compressed.read : offset

/** How a file looks to a mark: `fits`: it is that file, or a copy of it, and as long at least. */
export type Fit = 'fits' | 'shorter' | 'other'

export function fitOf(fd: number, mark: FilePrint): Fit {
  const { head, tail } = mark
  const offset = fileOffset(mark)
  if (fstatSync(fd).size < offset) return 'shorter'
  const found = fingerprint(fd, offset)
  return found.head === head && found.tail === tail ? 'fits' : 'other'
}

/** `length` bytes from `offset` on, fewer where the file ends. */
export function bytesAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, offset + filled)
    if (read === 0) break
    filled += read
  }
  return bytes.subarray(0, filled)
}

/** CRC-32 of the first and of the last bytes before `offset`, as many as a print takes. */
export function fingerprint(fd: number, offset: number): { readonly head: number; readonly tail: number } {
  const tailBytes = Math.min(TAIL_BYTES, offset)
  return {
    head: checksum(bytesAt(fd, 0, Math.min(HEAD_BYTES, offset))),
    tail: checksum(bytesAt(fd, offset - tailBytes, tailBytes)),
  }
}

/** CRC-32 of `bytes`, going on from that of what stood before them. (node:zlib costs 2 ms of a start: it is loaded when asked for.) */
export const checksum = (bytes: Buffer, before = 0): number =>
  process.getBuiltinModule('node:zlib').crc32(bytes, before)
