import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { assert } from '../base/assert.ts'
import { TidemarkError } from '../base/errors.ts'
import type { ByteWriter } from './byte-writer.ts'
import type { Disk, DiskFile } from './disk.ts'
import { FileDescriptorSink, goOnHint, systemReason } from './file-descriptor.ts'

/** How many bytes are read from a segment at a time. */
const PIECE_BYTES = 1 << 20
const NEWLINE = 0x0a
/** Longer names of sinks are cut, and told apart by a checksum: a file system takes 255 bytes. */
const MOST_NAME = 120

/** A segment that is safe from a crash of the machine; part of a committable, so plain JSON. */
export interface SealedSegment {
  /** Of the file in the folder of segments. */
  readonly name: string
  /** Bytes. */
  readonly length: number
  readonly rows: number
  /** CRC-32 of all bytes. */
  readonly checksum: number
}

export interface SegmentsOptions {
  readonly disk: Disk
  /** `segments` in the state directory; there already. */
  readonly folder: string
  /** Whose rows they are. */
  readonly sink: string
}

/**
 * The rows of a sink that are not committed yet, in a file for each epoch. Nothing else may see them before the epoch is decided: the target of the sink
 * holds committed rows only, so that after a crash there is nothing in it to tell from what others wrote there, and nothing to take back.
 */
export class Segments {
  readonly #options: SegmentsOptions
  readonly #prefix: string
  #number = 1
  /** The last one that this process has sealed: it need not be read once more to be trusted. */
  #sealedHere = ''
  #current: SegmentFile
  /** Opened ahead, so that a barrier need not wait. */
  #spare: SegmentFile

  constructor(options: SegmentsOptions) {
    this.#options = options
    this.#prefix = prefixOf(options.sink)
    this.#current = this.#newFile()
    this.#spare = this.#newFile()
  }

  async open(): Promise<void> {
    await this.#current.open()
    await this.#spare.open()
  }

  /**
   * Removes what a crash left behind. Call when the last epoch is committed, before the first `write`. `last`: the name of the last segment, whose number is
   * not used again even if its file is gone.
   */
  async sweep(last: string | null): Promise<void> {
    const { disk, folder } = this.#options
    const left = (await disk.list(folder)).filter((name) => this.#numberOf(name) > 0)
    for (const name of last === null ? left : [...left, last])
      this.#number = Math.max(this.#number, this.#numberOf(name) + 1)
    for (const name of left) await disk.remove(join(folder, name))
  }

  /** 0: the file is none of this sink's. */
  #numberOf(name: string): number {
    const number = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : ''
    return /^\d+$/.test(number) ? Number(number) : 0
  }

  write(bytes: Buffer): void {
    this.#current.add(bytes)
  }

  get needsDrain(): boolean {
    return this.#current.needsDrain
  }

  drain(): Promise<void> {
    return this.#current.drain()
  }

  /** Ends the segment: what is written after the call goes to the next. Resolves when it is safe from a crash of the machine; null: it has no row. */
  async seal(): Promise<SealedSegment | null> {
    const sealed = this.#current
    if (sealed.length === 0) return null
    const { disk, folder } = this.#options
    this.#current = this.#spare
    this.#spare = this.#newFile()
    await this.#spare.open()
    try {
      await sealed.sync()
      await disk.syncFolder(folder)
    } catch (error) {
      throw segmentWriteError(folder, error as NodeJS.ErrnoException)
    }
    const { fileName, length, rows, checksum } = sealed
    this.#sealedHere = fileName
    return { name: fileName, length, rows, checksum }
  }

  /** Is the file of a sealed segment there? */
  async has(segment: SealedSegment): Promise<boolean> {
    const { disk, folder } = this.#options
    return (await disk.facts(join(folder, segment.name))) !== null
  }

  /** Bytes [at, at + length) of a sealed segment. */
  async read(segment: SealedSegment, at: number, length: number): Promise<Buffer> {
    return await this.#withFile(segment, (file) => file.read(at, length))
  }

  /** All bytes from `from` on, in pieces. Throws E_STATE_DAMAGED, before the first piece is given, if the file of an earlier process is not what was sealed. */
  async pour(segment: SealedSegment, from: number, take: (piece: Buffer) => Promise<void>): Promise<void> {
    await this.#withFile(segment, async (file) => {
      if (segment.name !== this.#sealedHere) await this.#check(segment, file)
      for (let at = from; at < segment.length; at += PIECE_BYTES) {
        await take(await file.read(at, Math.min(PIECE_BYTES, segment.length - at)))
      }
    })
  }

  /** The file of a sealed segment is gone: E_STATE_DAMAGED. */
  missing(segment: SealedSegment): TidemarkError {
    return segmentError(this.#options, segment, 'is gone')
  }

  remove(segment: SealedSegment): Promise<void> {
    const { disk, folder } = this.#options
    return disk.remove(join(folder, segment.name))
  }

  /** Rows that were not sealed go: the next run makes them again. */
  async close(): Promise<void> {
    const { disk, folder } = this.#options
    const { length, fileName } = this.#current
    await this.#current.close()
    await this.#spare.close()
    if (length > 0) await disk.remove(join(folder, fileName))
  }

  async #check(segment: SealedSegment, file: DiskFile): Promise<void> {
    const { length } = await file.facts()
    let checksum = 0
    for (let at = 0; at < length && length === segment.length; at += PIECE_BYTES)
      checksum = crc32(await file.read(at, PIECE_BYTES), checksum)
    if (length === segment.length && checksum === segment.checksum) return
    throw segmentError(this.#options, segment, 'is not what was written')
  }

  async #withFile<T>(segment: SealedSegment, use: (file: DiskFile) => Promise<T>): Promise<T> {
    if (!(await this.has(segment))) throw this.missing(segment)
    const { disk, folder } = this.#options
    const file = await disk.open(join(folder, segment.name), { create: false })
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  }

  #newFile(): SegmentFile {
    return new SegmentFile(this.#options, () => `${this.#prefix}${this.#number++}`)
  }
}

function segmentError({ folder, sink }: SegmentsOptions, { name, rows }: SealedSegment, what: string): TidemarkError {
  return new TidemarkError(
    'E_STATE_DAMAGED',
    `${join(folder, name)} ${what}; it held ${rows === 1 ? '1 row' : `${rows} rows`} for ${sink}`,
    {
      hint: 'put it back from a copy of the state directory; without it these rows are lost: tidemark state reset',
    },
  )
}

/** The folder of segments is in the state directory. */
function segmentWriteError(folder: string, cause: NodeJS.ErrnoException): Error {
  if (cause instanceof TidemarkError) return cause
  const message = `state '${dirname(folder)}' cannot be written: ${systemReason(cause)}`
  return new TidemarkError('E_STATE_WRITE', message, { hint: goOnHint(cause), cause })
}

/** Bytes of one epoch. The file is made with the first of them. */
class SegmentFile extends FileDescriptorSink {
  length = 0
  rows = 0
  checksum = 0
  readonly #options: SegmentsOptions
  readonly #makeName: () => string
  #fileName = ''
  #file: DiskFile | null = null

  constructor(options: SegmentsOptions, makeName: () => string) {
    super()
    this.#options = options
    this.#makeName = makeName
  }

  get fileName(): string {
    return this.#fileName
  }

  get name(): string {
    return join(this.#options.folder, this.#fileName)
  }

  protected override failure(cause: NodeJS.ErrnoException): Error {
    return segmentWriteError(this.#options.folder, cause)
  }

  protected override async openWriter(): Promise<ByteWriter> {
    return {
      write: async (bytes) => {
        this.#file ??= await this.#options.disk.open(this.name, { create: true })
        await this.#file.write(bytes)
      },
      close: async () => {
        await this.#file?.close()
      },
    }
  }

  add(bytes: Buffer): void {
    if (this.length === 0) this.#fileName = this.#makeName()
    this.length += bytes.length
    this.checksum = crc32(bytes, this.checksum)
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.rows += 1
    this.write(bytes)
  }

  /** Waits for all bytes, makes them safe, and closes the file. */
  async sync(): Promise<void> {
    await this.drain()
    assert(this.#file !== null, 'a segment that was written has its file')
    await this.#file.sync()
    await this.close()
  }
}

function prefixOf(sink: string): string {
  const name = encodeURIComponent(sink)
  if (name.length <= MOST_NAME) return `${name}-`
  return `${name.slice(0, MOST_NAME - 9)}~${crc32(sink).toString(16).padStart(8, '0')}-`
}
