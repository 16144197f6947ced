import type { LineBuffer, Lines, RowReader } from '../../formats/lines.ts'
import { monotonicTime } from '../../time/clock.ts'
import type { PartitionedWatermark } from '../../time/partitioned-watermark.ts'
import type { PartitionReader, Stretch } from './partition-reader.ts'

/** Bytes of one stretch of lines, unless a single row needs more. */
const STRETCH_BYTES = 640 * 1024
/** How often the clock is asked for partitions that have become idle, ms. */
const IDLE_LOOK_MS = 20

export interface KafkaReaderOptions {
  readonly buffer: LineBuffer
  readonly watermark: PartitionedWatermark
  /** ms; null: a silent partition holds the others back. */
  readonly idleTimeout: number | null
  /** What feeds the partitions. */
  readonly feed: Feed
}

/** Where the bytes of partitions come from, seen from the reader. */
export interface Feed {
  readonly partitions: readonly PartitionReader[]
  readonly hasClosed: boolean
  /** All partitions are read up to their ends, and none will be added. */
  readonly hasEnded: boolean
  /** Throws what went wrong. */
  check(): void
  /** Something was read: there may be room for more. */
  pump(): void
  /** Resolves when there may be news. */
  news(): Promise<void>
  /** Before the first read. */
  begin(offsets: ReadonlyMap<string, number>, facts: unknown): Promise<void>
  /** What a later run has to know besides the offsets, as JSON. */
  facts(): unknown
  checkpointed(offsets: Readonly<Record<string, number>>): void
}

/** A place in one partition, all others being read as far as they were handed out. */
interface KafkaPlace {
  readonly name: string | null
  readonly offset: number
}

interface KafkaMark {
  /** By `topic/partition`: the next row to read. */
  readonly offsets: Readonly<Record<string, number>>
  readonly facts: unknown
}

const nameOf = ({ options: { topic, partition } }: PartitionReader): string => `${topic}/${partition}`

/** Hands out rows of partitions as lines, a stretch of one partition at a time: of that which is furthest behind, so that none runs ahead. */
export class KafkaReader implements RowReader {
  readonly isExact = true
  readonly #options: KafkaReaderOptions
  #buffer: Buffer
  #given: { readonly from: PartitionReader; readonly stretch: Stretch } | null = null
  #resumed: KafkaMark | null = null
  #hasBegun = false
  #lookedAt = 0

  constructor(options: KafkaReaderOptions) {
    this.#options = options
    this.#buffer = options.buffer.inputBuffer(STRETCH_BYTES, 0)
    const { watermark, idleTimeout } = options
    if (idleTimeout !== null) watermark.beforeAsked = () => this.#look(idleTimeout)
  }

  next(): Lines | null | Promise<Lines | null> {
    if (!this.#hasBegun) return this.#begin()
    this.#given = null
    const { feed } = this.#options
    const lines = this.#take()
    feed.pump()
    if (lines !== undefined) return lines
    return this.#later()
  }

  position(): KafkaPlace {
    const given = this.#given
    return given ? { name: nameOf(given.from), offset: given.stretch.next } : { name: null, offset: 0 }
  }

  positionAt(_at: number, line: number): KafkaPlace {
    const { from, stretch } = this.#given!
    return { name: nameOf(from), offset: line >= stretch.lastLine ? stretch.next : line }
  }

  mark(position: unknown): KafkaMark {
    const { name, offset } = position as KafkaPlace
    const { feed } = this.#options
    if (!this.#hasBegun) return this.#resumed ?? { offsets: {}, facts: null }
    const offsets: Record<string, number> = {}
    for (const partition of feed.partitions) {
      if (partition.position >= 0) offsets[nameOf(partition)] = partition.position
    }
    if (name !== null) offsets[name] = offset
    return { offsets, facts: feed.facts() }
  }

  async resume(mark: unknown): Promise<void> {
    this.#resumed = mark as KafkaMark
  }

  checkpointed(mark: unknown): void {
    this.#options.feed.checkpointed((mark as KafkaMark).offsets)
  }

  async #begin(): Promise<Lines | null> {
    const { offsets, facts } = this.#resumed ?? { offsets: {}, facts: null }
    await this.#options.feed.begin(new Map(Object.entries(offsets)), facts)
    this.#hasBegun = true
    return this.next()
  }

  /** Lines that are at hand; null: the end; undefined: there is nothing now. */
  #take(): Lines | null | undefined {
    const { feed } = this.#options
    feed.check()
    for (;;) {
      const from = this.#furthestBehind()
      if (from === null) break
      const stretch = from.fill(this.#buffer)
      if (stretch !== null) return this.#give(from, stretch)
      if (from.needed > 0) this.#buffer = this.#options.buffer.inputBuffer(from.needed, 0)
    }
    return feed.hasEnded || feed.hasClosed ? null : undefined
  }

  #furthestBehind(): PartitionReader | null {
    const { feed, watermark } = this.#options
    let least: PartitionReader | null = null
    for (const partition of feed.partitions) {
      if (!partition.hasData) {
        if (partition.hasEnded) watermark.setOut(partition.options.input, true)
        continue
      }
      if (least === null || watermark.of(partition.options.input) < watermark.of(least.options.input)) least = partition
    }
    return least
  }

  #give(from: PartitionReader, stretch: Stretch): Lines {
    this.#given = { from, stretch }
    const { firstOffset, to, tooLong } = stretch
    return {
      buffer: this.#buffer,
      from: 0,
      to,
      firstLine: firstOffset,
      base: 0,
      file: from.source,
      partition: from.options.input,
      tooLong: tooLong && {
        code: 'E_ROW_TOO_LONG',
        reason: `a record of ${tooLong.length} bytes, the limit is ${from.options.limit}`,
        line: tooLong.offset,
        ...tooLong,
      },
    }
  }

  async #later(): Promise<Lines | null> {
    const { feed } = this.#options
    for (;;) {
      await feed.news()
      const lines = this.#take()
      feed.pump()
      if (lines !== undefined) return lines
    }
  }

  /** Partitions that have been silent for long hold nothing back. */
  #look(timeout: number): void {
    const now = monotonicTime()
    if (now - this.#lookedAt < IDLE_LOOK_MS) return
    this.#lookedAt = now
    const { feed, watermark } = this.#options
    for (const { silentSince, hasData, options } of feed.partitions) {
      if (silentSince !== null && !hasData && now - silentSince >= timeout) watermark.setOut(options.input, true)
    }
  }
}
