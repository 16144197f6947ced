import { crc32 } from 'node:zlib'
import { assert } from '../base/assert.ts'
import { TidemarkError } from '../base/errors.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import { isFinal } from '../time/watermark.ts'
import { TO_PARTS } from './delivery.ts'
import { type Disk, SYSTEM_DISK } from './disk.ts'
import { writeError, writeErrorOfState } from './file-descriptor.ts'
import { ofThisSink } from './left-behind.ts'
import { hiddenName, PartHeir } from './part-heir.ts'
import { PartPublisher } from './part-publisher.ts'
import { PartWriter } from './part-writer.ts'
import type { EpochSink, Guarantee, LastCommit } from './sink.ts'

/** Bytes that may wait before the caller has to drain. */
const DRAIN_ABOVE = 1 << 20
/** More parts are never open: the one that was written to least lately ends. So memory has a bound whatever the values are. */
const MOST_OPEN = 1000

/** A part that takes rows. */
interface Part {
  /** Where it becomes visible. */
  readonly path: string
  /** Where it grows. */
  readonly hidden: string
  /** When the watermark passes this event time (exclusive) it ends; Infinity: never. */
  readonly end: number
  /** Bytes given to it. */
  length: number
  /** Those on their way. */
  readonly buffer: OutputBuffer
}

type SavedPart = Pick<Part, 'path' | 'hidden' | 'length'> & { readonly end: number | null }

/** What an epoch holds of the parts. */
interface PartsCommittable {
  /** The least lately written first. */
  readonly open: readonly SavedPart[]
  /** Parts that ended in this epoch, in that order. */
  readonly ended: readonly Pick<Part, 'path' | 'hidden'>[]
  /** The number of the next part. */
  readonly next: number
}

export interface PartsOptions {
  /** As the user wrote it, with its placeholders. */
  readonly name: string
  /** The folder that must be there; others are made below it. */
  readonly folder: string
  /** A part ends with the row that brings it to so many bytes; null: size ends none. */
  readonly size: number | null
  /** Parts that are there already are kept, and new ones get the next number. Always so in a job with state. */
  readonly append: boolean
  /** `--allow-rewind`: go on where a later run of this job has gone on with the parts; rows may come again. Default: no. */
  readonly allowRewind?: boolean
  /** With state: the incarnation, and parts become visible with the checkpoint of the epoch in which they ended. null: as soon as they end. */
  readonly incarnation: string | null
  readonly disk?: Disk
}

/**
 * Many files that each become visible, under their own name, when they are complete. Until then they grow under a hidden name in the same folder. Where a part
 * ends depends on the rows alone: on its size, on the watermark, on the end of the input, never on checkpoints or on the clock. The next part of the same path
 * gets a number.
 */
export class PartsSink implements EpochSink {
  readonly name: string
  readonly guarantee: Guarantee = TO_PARTS
  readonly #options: PartsOptions
  readonly #disk: Disk
  readonly #id: string
  readonly #heir: PartHeir
  readonly #writer: PartWriter
  readonly #publisher: PartPublisher
  /** By path; the least lately written first. */
  readonly #open = new Map<string, Part>()
  #ended: Pick<Part, 'path' | 'hidden'>[] = []
  #next = 1
  #staged = 0
  #last: Part | null = null
  #earliestEnd = Infinity
  /** All that was asked of the disk, one after the other. */
  #work: Promise<void> = Promise.resolve()
  #error: Error | null = null

  constructor(options: PartsOptions) {
    const { name, folder, append, incarnation, disk = SYSTEM_DISK } = options
    this.name = name
    this.#options = options
    this.#disk = disk
    this.#id = crc32(`${incarnation ?? process.pid}\0${name}`)
      .toString(16)
      .padStart(8, '0')
    this.#heir = new PartHeir(disk, this.#id, options.allowRewind ?? false)
    this.#writer = new PartWriter(disk, folder)
    this.#publisher = new PartPublisher(disk, incarnation !== null || append ? 'number' : 'replace')
  }

  /** Throws E_OUTPUT where the folder is missing. */
  async open(): Promise<void> {
    const { folder } = this.#options
    const facts = await this.#disk.facts(folder)
    if (facts !== null && !facts.isRegular) return
    const what = facts === null ? `there is no directory ${folder}` : `${folder} is a file`
    const hint =
      facts === null ? `make it first: mkdir -p ${folder}` : 'the folder before the first placeholder must be one'
    throw new TidemarkError('E_OUTPUT', `cannot write to ${this.name}: ${what}`, { hint })
  }

  /** Finishes what the last epoch had ended, and cuts what grows to where the epoch left it. Throws E_OUTPUT_CHANGED; see `PartHeir`. */
  async recover(before: LastCommit | null): Promise<void> {
    const last = ofThisSink(before, 'parts')
    if (last === null) return
    try {
      await this.#goOn(last.committable as PartsCommittable)
    } catch (error) {
      throw this.#failure(error as NodeJS.ErrnoException)
    }
  }

  async #goOn({ open, ended, next }: PartsCommittable): Promise<void> {
    await this.#publisher.publish(ended)
    this.#next = next
    for (const part of open) {
      const { path, end, length } = part
      const inherited = await this.#heir.inherit(part)
      if (inherited !== null) await this.#writer.cut(inherited, length)
      this.#add({
        path,
        hidden: inherited ?? hiddenName(path, this.#id, this.#next++),
        length: inherited === null ? 0 : length,
        end: end ?? Infinity,
        buffer: new OutputBuffer(),
      })
    }
  }

  /** Parts whose time has passed end. Call before each row, with the watermark before it. */
  advance(watermark: number): void {
    if (!isFinal(this.#earliestEnd, watermark)) return
    for (const part of [...this.#open.values()]) if (isFinal(part.end, watermark)) this.#finish(part)
    this.#earliestEnd = Infinity
    for (const { end } of this.#open.values()) this.#earliestEnd = Math.min(this.#earliestEnd, end)
  }

  /** Adds a row, which is copied. `end`: see `Part`; of rows of one part the first counts. */
  writeRow(path: string, end: number, bytes: Buffer): void {
    if (this.#error) return
    const part = this.#partOf(path, end)
    if (part.buffer.length === 0) this.#writer.dirty.add(part)
    part.buffer.range(bytes, 0, bytes.length)
    part.length += bytes.length
    this.#staged += bytes.length
    const { size } = this.#options
    if (size !== null && part.length >= size) this.#finish(part)
  }

  /** Rows come by `writeRow`. */
  write(_bytes: Buffer): void {
    assert(false, `${this.name} takes rows one by one`)
  }

  get needsDrain(): boolean {
    return this.#error !== null || this.#staged > DRAIN_ABOVE
  }

  async drain(): Promise<void> {
    this.#flush()
    await this.#work
    if (this.#error) throw this.#error
  }

  /** No more rows will come: every part is complete. */
  end(): void {
    for (const part of [...this.#open.values()]) this.#finish(part)
  }

  async prepare(_epoch: number): Promise<PartsCommittable> {
    this.#flush()
    const open = [...this.#open.values()].map(({ path, hidden, length, end }) => ({
      path,
      hidden,
      length,
      end: end === Infinity ? null : end,
    }))
    const committable = { open, ended: this.#ended, next: this.#next }
    this.#ended = []
    this.#ask(() => this.#writer.sync())
    await this.#settled()
    return committable
  }

  async commit(_epoch: number, committable: unknown): Promise<void> {
    const { ended } = committable as PartsCommittable
    this.#ask(async () => {
      for (const { hidden } of ended) await this.#writer.forget(hidden)
      await this.#publisher.publish(ended)
    })
    await this.#settled()
  }

  /** Without state everything becomes visible now; with it, what is not committed stays hidden. */
  async close(): Promise<void> {
    if (this.#options.incarnation === null) this.end()
    this.#flush()
    this.#ask(() => this.#writer.close())
    await this.#settled()
  }

  #partOf(path: string, end: number): Part {
    if (this.#last?.path === path && this.#open.has(path)) return this.#last
    const known = this.#open.get(path)
    if (known) this.#open.delete(path)
    const hidden = known?.hidden ?? hiddenName(path, this.#id, this.#next++)
    const part = known ?? { path, hidden, end, length: 0, buffer: new OutputBuffer() }
    this.#add(part)
    if (this.#open.size > MOST_OPEN) this.#finish(this.#open.values().next().value!)
    return part
  }

  #add(part: Part): void {
    this.#open.set(part.path, part)
    this.#last = part
    this.#earliestEnd = Math.min(this.#earliestEnd, part.end)
  }

  #finish(part: Part): void {
    this.#open.delete(part.path)
    const { path, hidden } = part
    if (this.#options.incarnation !== null) {
      this.#ended.push({ path, hidden })
      return
    }
    this.#flush()
    this.#ask(async () => {
      await this.#writer.forget(hidden)
      await this.#publisher.publish([{ path, hidden }])
    })
  }

  /** Takes what is staged on its way. */
  #flush(): void {
    if (this.#staged === 0) return
    this.#staged = 0
    const pieces = [...this.#writer.dirty].map(({ hidden, buffer }) => ({ hidden, bytes: buffer.take() }))
    this.#writer.dirty.clear()
    this.#ask(async () => {
      for (const { hidden, bytes } of pieces) await this.#writer.append(hidden, bytes)
    })
  }

  /** After the first error nothing more is done. */
  #ask(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#error) return
      try {
        await work()
      } catch (error) {
        this.#error = this.#failure(error as NodeJS.ErrnoException)
      }
    })
  }

  #failure(cause: NodeJS.ErrnoException): Error {
    if (cause instanceof TidemarkError) return cause
    return this.#options.incarnation === null ? writeError(this.name, cause) : writeErrorOfState(this.name, cause)
  }

  async #settled(): Promise<void> {
    await this.#work
    if (this.#error) throw this.#error
  }
}
