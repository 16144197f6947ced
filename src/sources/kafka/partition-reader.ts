import { recordSource } from '../../data/record-source.ts'
import { isCommitMarker, RecordCursor, readBatchHead } from '../../kafka/record-batch.ts'
import type { FetchedPartition } from '../../kafka/requests/fetch.ts'
import { metadataOf, roomFor, writeValue } from './record-text.ts'

const NEWLINE = 0x0a
/** Offsets without a record become empty lines up to so many; a wider gap ends the stretch. */
const MOST_GAP = 64

export interface PartitionOptions {
  readonly topic: string
  readonly partition: number
  /** Its number for the watermark. */
  readonly input: number
  /** Does every row get `_kafka`? */
  readonly hasMetadata: boolean
  /** Is a record without a value a row, or nothing? */
  readonly keepsTombstones: boolean
  /** Bytes that a value may have. */
  readonly limit: number
}

/** Rows of one partition as lines: line numbers are offsets, so a gap in them is empty lines. */
export interface Stretch {
  readonly to: number
  readonly firstOffset: number
  /** Behind the last line. */
  readonly lastLine: number
  /** Where to go on. */
  readonly next: number
  readonly tooLong: { readonly offset: number; readonly length: number; readonly head: Buffer } | null
}

const EMPTY_OBJECT = Buffer.from('{}')
const NOTHING = new RecordCursor()
NOTHING.bytes = EMPTY_OBJECT
NOTHING.valueLength = EMPTY_OBJECT.length

/** What was fetched of one partition and not read yet, and how far reading has come. */
export class PartitionReader {
  readonly options: PartitionOptions
  readonly source: string
  /** The next offset to hand out; -1: it is not known yet. */
  position = -1
  /** The next offset to fetch; negative: none is. */
  fetchAt = -1
  /** Behind what may be read now; -1: not known. */
  lastStable = -1
  /** Nothing from here on is read; Infinity: there is no end. */
  end = Infinity
  /** Bytes that wait. */
  queued = 0
  tombstones = 0
  /** Bytes that `fill` would have needed for a single row, where it had too few. */
  needed = 0
  /** When it was found to have nothing more, as `monotonicTime`; null: it may have something. */
  silentSince: number | null = null
  readonly #queue: FetchedPartition[] = []
  /** Where to go on after `pause`. */
  #pausedAt: number | null = null
  #at = 0
  #aborting = new Set<number>()
  #aborted: { readonly producer: number; readonly firstOffset: number }[] = []
  readonly #cursor = new RecordCursor()
  /** `#cursor` stands on a record that was not handed out. */
  #isPending = false
  /** Behind the batch that `#cursor` goes through. */
  #afterBatch = -1

  constructor(options: PartitionOptions) {
    this.options = options
    this.source = recordSource(options.topic, options.partition)
  }

  get hasData(): boolean {
    return this.#queue.length > 0
  }

  get hasEnded(): boolean {
    return this.position >= this.end
  }

  /** Takes what was fetched; where to fetch on follows from it. */
  take(fetched: FetchedPartition): void {
    this.lastStable = fetched.lastStable
    const { records } = fetched
    let next = this.fetchAt
    for (let at = 0; ; ) {
      const head = readBatchHead(records, at)
      if (head === null) break
      next = head.lastOffset + 1
      at = head.end
    }
    if (next === this.fetchAt) return
    this.fetchAt = next
    this.#queue.push(fetched)
    this.queued += records.length
  }

  /** No more is fetched for now; it counts as silent from the beginning. */
  pause(): void {
    this.#pausedAt ??= this.fetchAt
    this.fetchAt = -1
    this.silentSince ??= 0
  }

  resume(): void {
    if (this.#pausedAt === null) return
    this.fetchAt = this.#pausedAt
    this.#pausedAt = null
    this.silentSince = null
  }

  /** Begins anew at an offset. */
  seek(offset: number): void {
    this.position = offset
    this.fetchAt = offset
    this.#pausedAt = null
    this.silentSince = null
    this.#queue.length = 0
    this.queued = 0
    this.#at = 0
    this.#isPending = false
    this.#cursor.clear()
    this.#afterBatch = -1
  }

  /** Fills `into` with rows. null: what waited has no row; the position has moved on all the same. */
  fill(into: Buffer): Stretch | null {
    const { limit } = this.options
    this.needed = 0
    let to = 0
    let firstOffset = -1
    let line = -1
    while (this.#ahead()) {
      const cursor = this.#cursor
      const { offset } = cursor
      if (offset >= this.end) {
        this.seek(this.end)
        break
      }
      if (firstOffset < 0) firstOffset = offset
      if (offset < this.position) {
        this.#isPending = false
        if (firstOffset === offset) firstOffset = -1
        continue
      }
      if (line >= 0 && offset - line > MOST_GAP) break
      const isRow = cursor.valueLength > 0
      if (isRow && cursor.valueLength > limit) {
        if (line >= 0) break
        return this.#tooLong(offset)
      }
      const metadata = this.options.hasMetadata ? metadataOf(cursor, this.options.topic, this.options.partition) : null
      const gap = line < 0 ? 0 : offset - line
      const room = gap + roomFor(Math.max(cursor.valueLength, EMPTY_OBJECT.length), metadata)
      if (to + room > into.length) {
        if (line < 0) this.needed = room
        break
      }
      for (let i = 0; i < gap; i += 1) into[to++] = NEWLINE
      if (isRow) to = writeValue(cursor, metadata, into, to)
      else to = this.#tombstone(metadata, into, to)
      line = offset + 1
      this.position = line
      this.#isPending = false
    }
    return firstOffset < 0 || line < 0 ? null : { to, firstOffset, lastLine: line, next: this.position, tooLong: null }
  }

  #tombstone(metadata: Buffer | null, into: Buffer, to: number): number {
    this.tombstones += 1
    if (this.options.keepsTombstones) return writeValue(NOTHING, metadata, into, to)
    into[to] = NEWLINE
    return to + 1
  }

  #tooLong(offset: number): Stretch {
    const { bytes, valueAt, valueLength } = this.#cursor
    const head = Buffer.from(bytes.subarray(valueAt, valueAt + 200))
    this.#isPending = false
    this.position = offset + 1
    return {
      to: 0,
      firstOffset: offset,
      lastLine: offset + 1,
      next: offset + 1,
      tooLong: { offset, length: valueLength, head },
    }
  }

  /** On to the next record that counts; false: nothing waits any more. */
  #ahead(): boolean {
    if (this.#isPending) return true
    for (;;) {
      if (this.#cursor.next()) {
        this.#isPending = true
        return true
      }
      // behind the last record of a batch there may be offsets that compaction has emptied
      this.position = Math.max(this.position, this.#afterBatch)
      const fetched = this.#queue[0]
      if (fetched === undefined) return false
      if (this.#at === 0) this.#aborted = [...fetched.aborted].sort((a, b) => a.firstOffset - b.firstOffset)
      const head = readBatchHead(fetched.records, this.#at)
      if (head === null) {
        this.#queue.shift()
        this.queued -= fetched.records.length
        this.#at = 0
        this.#aborting.clear()
        this.#cursor.clear()
        this.#afterBatch = -1
        continue
      }
      this.#at = head.end
      this.#afterBatch = head.lastOffset + 1
      if (this.#isSkipped(fetched.records, head)) this.#cursor.clear()
      else this.#cursor.begin(fetched.records, head)
    }
  }

  /** Is the batch the end of a transaction, or a part of one that was aborted? */
  #isSkipped(records: Buffer, head: NonNullable<ReturnType<typeof readBatchHead>>): boolean {
    for (
      let next = this.#aborted[0];
      next !== undefined && next.firstOffset <= head.lastOffset;
      next = this.#aborted[0]
    ) {
      this.#aborting.add(next.producer)
      this.#aborted.shift()
    }
    if (head.isControl) {
      if (!isCommitMarker(records, head)) this.#aborting.delete(head.producer)
      return true
    }
    return head.lastOffset < this.position || (head.isTransactional && this.#aborting.has(head.producer))
  }
}
