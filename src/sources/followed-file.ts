import { closeSync, fstatSync, readSync, readvSync } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import { compressionOf, MAGIC_BYTES } from './compression/content-stream.ts'
import {
  type FileIdentity,
  type FileMark,
  type FilePrint,
  identityOf,
  isSameFile,
  markFile,
  TAIL_BYTES,
} from './file-mark.ts'
import { openToRead, wordFor } from './file-operand.ts'
import { ReadTrail } from './read-trail.ts'

/** Bytes a read takes at the most: what stays in the second-level cache while it is scanned. */
const CHUNK = 256 * 1024

/** A mark of a followed file: that of a file read once, and when it was last written to, in ns since 1970. */
export interface FollowedMark extends FileMark {
  readonly modified: string
}

/** One of the files that a followed name had in the course of time, open and read from `offset` on. */
export class FollowedFile {
  readonly identity: FileIdentity
  /** Where reading began. */
  readonly begin: { readonly offset: number; readonly line: number }
  /** It will not grow: a copy, or a file that has been followed by others under its name. */
  isFinal: boolean
  /** Its bytes are gone: nothing more is to be had of it. */
  isGone = false
  readonly #fd: number
  readonly #trail: ReadTrail
  readonly #seen = Buffer.alloc(TAIL_BYTES)
  #isTruncated = false

  /** Throws what the system says; E_FILE_READ where `path` is no regular file, or compressed. */
  constructor(path: string, begin = { offset: 0, line: 1 }, isFinal = false) {
    this.begin = begin
    this.isFinal = isFinal
    this.#fd = openToRead(path)
    try {
      if (!fstatSync(this.#fd).isFile()) throw notRegular(path)
      refuseCompressed(this.#fd, path)
      this.identity = identityOf(this.#fd)
      this.#trail = new ReadTrail(this.#fd, begin.offset)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  get size(): number {
    return fstatSync(this.#fd).size
  }

  /** ns since 1970. */
  get modified(): bigint {
    return fstatSync(this.#fd, { bigint: true }).mtimeNs
  }

  /** Of what was read. */
  get print(): FilePrint {
    return this.#trail.print
  }

  is(identity: FileIdentity): boolean {
    return isSameFile(this.identity, identity)
  }

  /** What was read of it is no longer there: it was cut short, and perhaps has grown again. Known since the last read. */
  get isTruncated(): boolean {
    return this.#isTruncated
  }

  /** 0: for now there is no more. */
  read(into: Buffer, at: number): number {
    if (this.isGone || this.#isTruncated) return 0
    const last = this.#trail.lastBytes()
    const seen = this.#seen.subarray(0, last.length)
    const room = into.subarray(at, at + Math.min(CHUNK, into.length - at))
    // in one call, so that what is new follows on what was read before
    const length = readvSync(this.#fd, [seen, room], this.#trail.offset - last.length) - last.length
    this.#isTruncated = length < 0 || !seen.equals(last)
    if (this.#isTruncated || length === 0) return 0
    this.#trail.took(room.subarray(0, length))
    return length
  }

  mark(name: string, place: { readonly offset: number; readonly line: number }): FollowedMark {
    // what was read may be gone by now, and must be known all the same
    const print = place.offset === this.#trail.offset ? this.#trail.print : {}
    return { ...markFile(this.#fd, name, place), ...print, modified: `${this.modified}` }
  }

  close(): void {
    closeSync(this.#fd)
  }
}

export const notRegular = (name: string): TidemarkError =>
  new TidemarkError('E_FILE_READ', `cannot follow ${wordFor(name)}: it is no regular file`, {
    hint: 'pipes and devices are followed by being read: leave out --follow',
  })

/** What is written to a compressed file cannot be unpacked before the compressor lets go of it. */
function refuseCompressed(fd: number, name: string): void {
  const head = Buffer.alloc(MAGIC_BYTES)
  const compression = compressionOf(head.subarray(0, readSync(fd, head, 0, MAGIC_BYTES, 0)))
  if (compression === null || compression === 'unknown') return
  throw new TidemarkError('E_FILE_READ', `cannot follow ${wordFor(name)}: it holds ${compression} data`, {
    hint: 'leave out --follow: compressed files are read to their end',
  })
}
