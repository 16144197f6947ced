import { dirname, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { assert } from '../base/assert.ts'
import { TidemarkError } from '../base/errors.ts'
import { isStream, TO_FILE } from './delivery.ts'
import { type Disk, type DiskFile, type FileFacts, SYSTEM_DISK } from './disk.ts'
import { FileSink, outputError } from './file.ts'
import { writeErrorOfState } from './file-descriptor.ts'
import { type ChangedWhile, changedError, endingAt, type FilePlace, holds, TAIL_BYTES } from './file-place.ts'
import { isOfOtherFile, ofThisSink, refuseUnsettled } from './left-behind.ts'
import { type SealedSegment, Segments } from './segments.ts'
import type { ByteSink, EpochSink, Guarantee, LastCommit } from './sink.ts'

/** Read and compared at a time. */
const PIECE_BYTES = 1 << 16
const NEWLINE = 0x0a

/** The rows of an epoch, and CRC-32 of their last bytes. */
type FileSegment = SealedSegment & { readonly tail: number }

/** A place in the file behind which an epoch may begin: what stands before it, and how the file ends with the epoch. */
interface Start {
  readonly length: number
  readonly tail: number
  readonly tailAfter: number
}

/** The file before an epoch, the rows of the epoch, and how the file ends with them. */
interface FileCommittable extends FilePlace {
  /** null: the epoch has no row for the file. */
  readonly segment: FileSegment | null
  /** CRC-32 of the last bytes once the segment is appended. */
  readonly tailAfter: number
  /** Absolute. Earlier releases did not note it. */
  readonly path?: string
}

export interface EpochFileOptions {
  /** Go on behind what the file holds at the first start; begin anew where it was moved away or emptied. */
  readonly append: boolean
  /** `--allow-rewind`: go on behind rows of a later run of this job, or of its state before a reset; they may come again. Default: no. */
  readonly allowRewind?: boolean
  /** The folder of segments of the state directory; there already. */
  readonly segments: string
  readonly disk?: Disk
  /** Ends the wait for the reader of a named pipe. */
  readonly signal?: AbortSignal
}

/** The sink of a path in a job with state: exactly once for a regular file, at least once for whatever else the path names. Opens nothing. */
export function openEpochSink(path: string, options: EpochFileOptions): ByteSink {
  if (isStream(path)) return new FileSink(path, { ...options, append: true })
  return new EpochFileSink(path, options)
}

/**
 * A regular file that takes every row exactly once (DESIGN 4.13).
 *
 * The rule: the file holds committed rows only. Rows of an epoch that is not decided wait in a segment beside the state; `commit` appends the segment, and only
 * then is it removed. So after a crash whatever stands behind the committed length is either a beginning of that segment, and is completed, or was
 * written by somebody else, and is refused. Nothing is ever cut but zeros that a crash of the machine left in the place of our own bytes. Readers never see a row
 * that is not final, or one twice; they see it when its checkpoint is done.
 *
 * The file is opened for each commit by its name: a file that was moved away or replaced is noticed at the next one. Links are followed.
 */
export class EpochFileSink implements EpochSink {
  readonly name: string
  readonly guarantee: Guarantee = TO_FILE
  readonly #append: boolean
  readonly #allowRewind: boolean
  readonly #disk: Disk
  readonly #segments: Segments
  #place: FilePlace | null = null
  /** The last bytes of the file as of `#place`. */
  #ending = Buffer.alloc(0)

  constructor(name: string, { append, allowRewind = false, segments, disk = SYSTEM_DISK }: EpochFileOptions) {
    this.name = name
    this.#append = append
    this.#allowRewind = allowRewind
    this.#disk = disk
    this.#segments = new Segments({ disk, folder: segments, sink: name })
  }

  /** Changes nothing: what is there is for `recover` to judge. Throws E_OUTPUT where the file cannot be written or its folder is missing. */
  async open(): Promise<void> {
    try {
      if ((await this.#disk.facts(this.name)) !== null) {
        await (await this.#disk.open(this.name, { create: false })).close()
      } else if ((await this.#disk.facts(dirname(this.name))) === null) {
        throw Object.assign(new Error('no such file or directory'), { code: 'ENOENT' })
      }
    } catch (error) {
      throw outputError(this.name, error as NodeJS.ErrnoException)
    }
    await this.#segments.open()
  }

  /** Throws E_OUTPUT for a file that holds something at the first start, E_OUTPUT_CHANGED for one that is not as it was left. */
  async recover(before: LastCommit | null): Promise<void> {
    const last = await this.#ofThisFile(ofThisSink(before, 'file'))
    if (last !== null) {
      const committable = last.committable as FileCommittable
      await this.#finish(committable, 'since the last run', last.isConfirmed)
      return await this.#segments.sweep(committable.segment?.name ?? null)
    }
    await this.#withFile(true, async (file, facts) => {
      if (facts.length > 0 && !this.#append && !this.#allowRewind) {
        throw new TidemarkError('E_OUTPUT', `${this.name} holds ${facts.length} bytes that are not of this state`, {
          hint: '--append writes behind them; or name another file',
        })
      }
      await this.#settle(file, facts)
    })
    await this.#segments.sweep(null)
  }

  write(bytes: Buffer): void {
    this.#segments.write(bytes)
  }

  get needsDrain(): boolean {
    return this.#segments.needsDrain
  }

  drain(): Promise<void> {
    return this.#segments.drain()
  }

  async prepare(_epoch: number): Promise<FileCommittable> {
    const sealing = this.#segments.seal()
    const place = this.#place && { ...this.#place, path: resolve(this.name) }
    assert(place !== null, `sink ${this.name} was not recovered`)
    const segment = await sealing
    if (segment === null) return { ...place, segment: null, tailAfter: place.tail }
    const end = Math.max(0, segment.length - TAIL_BYTES)
    const tail = await this.#segments.read(segment, end, segment.length - end)
    const ending = Buffer.concat([this.#ending, tail]).subarray(-TAIL_BYTES)
    return { ...place, segment: { ...segment, tail: crc32(tail) }, tailAfter: crc32(ending) }
  }

  async commit(_epoch: number, committable: unknown): Promise<void> {
    if ((committable as FileCommittable).segment === null) return
    await this.#finish(committable as FileCommittable, 'while this job was running', false)
  }

  close(): Promise<void> {
    return this.#segments.close()
  }

  /** null: the rows before are in another file, and this one is new to the job. */
  async #ofThisFile(last: LastCommit | null): Promise<LastCommit | null> {
    if (last === null || !isOfOtherFile(last, resolve(this.name))) return last
    const { segment, length, tail, tailAfter } = last.committable as FileCommittable
    const end = length + (segment?.length ?? 0)
    const isMoved = await this.#withFile(
      false,
      async (file, facts) =>
        (await holds(file, facts, end, tailAfter)) || (!last.isConfirmed && (await holds(file, facts, length, tail))),
    )
    if (isMoved) return last
    refuseUnsettled(last)
    return null
  }

  /** Brings the file to the end of the epoch, wherever an earlier try stopped. */
  async #finish(committable: FileCommittable, when: ChangedWhile, isConfirmed: boolean): Promise<void> {
    const { segment, length } = committable
    const isThere = segment !== null && (await this.#segments.has(segment))
    const starts = isThere || segment === null ? this.#startsOf(committable) : this.#endsOf(committable, segment)
    const wasEmpty = (isThere ? length : length + (segment?.length ?? 0)) === 0
    const isDone = await this.#withFile(wasEmpty || this.#append, async (file, facts) => {
      for (const start of starts) {
        if (!(await this.#finishFrom(file, facts, isThere ? segment : null, start))) continue
        // not what it holds by now: what somebody else has written since is noticed at the next commit
        await this.#settle(file, { ...facts, length: start.length + (isThere && segment ? segment.length : 0) })
        return true
      }
      // the rows of the epoch are neither here nor there
      if (segment && !isThere && !isConfirmed && facts.length === length) throw this.#segments.missing(segment)
      return false
    })
    const mayRewind = this.#allowRewind && when === 'since the last run'
    if (!isDone && !(mayRewind && (await this.#rewind(committable, isThere))))
      throw await this.#changed(committable, when, isThere)
    if (isThere) await this.#segments.remove(segment)
  }

  /** Goes on behind rows that came after this epoch. False: there are none, or the file is not what this epoch left. */
  async #rewind({ segment, length, tail, tailAfter }: FileCommittable, isThere: boolean): Promise<boolean> {
    return await this.#withFile(false, async (file, facts) => {
      // a half line is foreign, or what a crash has left here: rows behind it could not be read
      if (!(await endsLine(file, facts))) return false
      const hasAll = await holds(file, facts, length + (segment?.length ?? 0), tailAfter)
      if (!hasAll) {
        if (!isThere || segment === null || !(await holds(file, facts, length, tail))) return false
        await this.#segments.pour(segment, 0, (piece) => file.write(piece))
        await file.sync()
      }
      await this.#settle(file, await file.facts())
      return true
    })
  }

  /** Where the segment may stand: behind what the file held, or in a file begun anew. */
  #startsOf({ segment, length, tail, tailAfter }: FileCommittable): readonly Start[] {
    const anew: Start = { length: 0, tail: 0, tailAfter: segment?.tail ?? 0 }
    return [{ length, tail, tailAfter }, ...(this.#append ? [anew] : [])]
  }

  /** The same once the segment is gone, which means that its commit came through. */
  #endsOf({ length, tailAfter }: FileCommittable, segment: FileSegment): readonly Start[] {
    const end = { length: length + segment.length, tail: tailAfter, tailAfter }
    if (!this.#append) return [end]
    return [
      end,
      { length: segment.length, tail: segment.tail, tailAfter: segment.tail },
      { length: 0, tail: 0, tailAfter: 0 },
    ]
  }

  /** False: what stands behind the start is not of this epoch. */
  async #finishFrom(
    file: DiskFile,
    facts: FileFacts,
    segment: SealedSegment | null,
    { length, tail, tailAfter }: Start,
  ): Promise<boolean> {
    const end = length + (segment?.length ?? 0)
    if (facts.length === end && (await holds(file, facts, end, tailAfter))) return true
    if (segment === null || !(await holds(file, facts, length, tail))) return false
    const done = await this.#matching(file, facts.length, segment, length)
    if (done === null) return false
    if (length + done < facts.length) await file.truncate(length + done)
    await this.#segments.pour(segment, done, (piece) => file.write(piece))
    await file.sync()
    // somebody may have written at the same time: then both are in the file, and it is for people to sort out
    return (await file.facts()).length === end
  }

  /** How many bytes of the segment the file has behind `from` already; null: there is something else. */
  async #matching(file: DiskFile, length: number, segment: SealedSegment, from: number): Promise<number | null> {
    for (let at = from; at < length; at += PIECE_BYTES) {
      const found = await file.read(at, Math.min(PIECE_BYTES, length - at))
      const wanted = await this.#segments.read(segment, at - from, found.length)
      if (found.equals(wanted)) continue
      let same = 0
      while (same < wanted.length && found[same] === wanted[same]) same += 1
      return (await isZero(file, at + same, length)) ? at - from + same : null
    }
    return Math.max(0, length - from)
  }

  async #changed(place: FileCommittable, when: ChangedWhile, isPending: boolean): Promise<TidemarkError> {
    const { segment, length, tailAfter } = place
    const end = { ...place, length: length + (segment?.length ?? 0), tail: tailAfter }
    return await changedError({ disk: this.#disk, path: this.name, places: isPending ? [end, place] : [end], when })
  }

  /** From here on the file is as it is now. */
  async #settle(file: DiskFile, { device, inode, length }: FileFacts): Promise<void> {
    this.#ending = Buffer.from(await endingAt(file, length))
    this.#place = { device, inode, length, tail: crc32(this.#ending) }
  }

  /** False as well where there is no file and none may be made. */
  async #withFile<T>(create: boolean, use: (file: DiskFile, facts: FileFacts) => Promise<T>): Promise<T | false> {
    const isNew = (await this.#disk.facts(this.name)) === null
    if (isNew && !create) return false
    let file: DiskFile
    try {
      file = await this.#disk.open(this.name, { create })
    } catch (error) {
      throw outputError(this.name, error as NodeJS.ErrnoException)
    }
    try {
      if (isNew) await this.#disk.syncFolder(dirname(await this.#disk.resolve(this.name)))
      return await use(file, await file.facts())
    } catch (error) {
      throw writeErrorOfState(this.name, error as NodeJS.ErrnoException)
    } finally {
      await file.close()
    }
  }
}

const endsLine = async (file: DiskFile, { length }: FileFacts): Promise<boolean> =>
  length === 0 || (await file.read(length - 1, 1))[0] === NEWLINE

async function isZero(file: DiskFile, from: number, to: number): Promise<boolean> {
  for (let at = from; at < to; at += PIECE_BYTES) {
    const bytes = await file.read(at, Math.min(PIECE_BYTES, to - at))
    if (bytes.some((byte) => byte !== 0)) return false
  }
  return true
}
