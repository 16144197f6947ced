import type { LineBuffer, RowReader } from '../formats/lines.ts'
import type { PartitionedWatermark } from '../time/partitioned-watermark.ts'

/** A stretch of bytes that a read appended, or why there is none. */
export type ReadResult =
  | { readonly kind: 'bytes'; readonly length: number }
  /** One file of several has ended; the next read begins the next one. An unterminated line ends here. */
  | { readonly kind: 'end-of-file' }
  | { readonly kind: 'end' }

/** Bytes from somewhere, asked for one read at a time; nothing is buffered beyond the read under way. */
export interface Source {
  /** As the user named it; `-` is standard input. Changes from file to file where one source reads several. */
  readonly current: string
  /** Ends by itself (regular files), or live (pipes, sockets, terminals). */
  readonly isBounded: boolean
  /** Total bytes if known, for progress. */
  readonly totalBytes: number | undefined
  /** How many of them were read; of compressed files as they are stored. Absent: not known. */
  readonly bytesRead?: number
  open(): Promise<void>
  /**
   * Appends up to `into.length - at` bytes at `at`. Never blocks the event loop on a pipe. One read at a time. From now on no place in the file is asked for
   * but byte `from` and those that have `at` bytes behind them at the most, of what was read so far.
   */
  read(into: Buffer, at: number, from?: number): ReadResult | Promise<ReadResult>
  close(): Promise<void>
  /** Where in the current file the first byte handed out stands: behind what an earlier run has read. */
  readonly begin: { readonly offset: number; readonly line: number }
  /** The reader is through with a file, as far as it takes it; comes before the first read of the next one. */
  endFile(place: FilePlace): void
  /**
   * All that a later run needs to go on at `place`, as JSON. Places are in the current file, or in the one before it as
   * long as nothing was read of the current one.
   */
  mark(place: FilePlace): unknown
  /**
   * Goes on where a `mark` was made: after `open`, before the first read. Returns the place of the first byte to come.
   * Throws TidemarkError where that cannot be.
   */
  resume(mark: unknown): Promise<FilePlace>
}

/** What a job hands over when it begins to read a `RecordSource`. */
export interface RecordReading {
  readonly buffer: LineBuffer
  readonly watermark: PartitionedWatermark
  /** ms; null: a silent partition holds the others back. */
  readonly idleTimeout: number | null
  /** Bytes that a value may have. */
  readonly limit: number
  /** Does a step name what stands beside the values of records? */
  readonly wantsMetadata: boolean
}

/** Records of the partitions of a log. */
export interface RecordSource {
  readonly kind: 'records'
  readonly isBounded: boolean
  /** Not known. */
  readonly totalBytes: undefined
  open(): Promise<void>
  /** Call once, after `open`. */
  reader(reading: RecordReading): RowReader
  close(): Promise<void>
}

export type AnySource = Source | RecordSource

export const isRecordSource = (source: AnySource): source is RecordSource => 'kind' in source

/** A place in the files of a source: byte `offset`, where 1-based line `line` begins, of file number `file` in the order of reading. */
export interface FilePlace {
  readonly file: number
  readonly offset: number
  readonly line: number
}
