/** Where a source stands, to go on from after a restart. Opaque to all but the source itself; JSON. */
export type SourceOffset = unknown

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
  open(): Promise<void>
  /** Appends up to `into.length - at` bytes at `at`. Never blocks the event loop on a pipe. One read at a time. */
  read(into: Buffer, at: number): ReadResult | Promise<ReadResult>
  close(): Promise<void>
}

/** Where a source of files stands. For live inputs `byte` only counts what was read. */
export interface FileOffset {
  /** Index of the operand being read. */
  readonly file: number
  /** Bytes of it that were handed out. */
  readonly byte: number
}

/** A source that can go on from where an earlier run stopped. */
export interface ResumableSource extends Source {
  /** Behind the last byte handed out by `read`. */
  readonly offset: FileOffset
  /**
   * Makes the next read begin at `offset`; after `open`, before the first read. Refuses live inputs: they cannot go
   * back or ahead.
   */
  seek(offset: FileOffset): Promise<void>
}
