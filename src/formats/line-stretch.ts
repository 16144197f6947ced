const NEWLINE = 0x0a

/** As `ReadResult` of sources/source.ts, which stands above this room. */
export type ByteRead = { readonly kind: 'bytes'; readonly length: number } | { readonly kind: 'end-of-file' | 'end' }

/** What lines are read from: as much of a `Source` as that takes. */
export interface ByteSource {
  readonly current: string
  /** Appends up to `into.length - at` bytes at `at`. `from`: where the first line that is not given out begins. */
  read(into: Buffer, at: number, from: number): ByteRead | Promise<ByteRead>
  /** Where the first byte of the current file that is handed out stands. */
  readonly begin: { readonly offset: number; readonly line: number }
  /** All lines of a file are given out, up to `place`. */
  endFile(place: LinePosition): void
  /** What a later run needs to go on at `place`, as JSON. */
  mark(place: LinePosition): unknown
  /** Goes on where a `mark` was made, before the first read. Returns the place of the first byte to come. */
  resume(mark: unknown): Promise<LinePosition>
}

/** Says where records end, in formats whose records are not lines. Sees every byte of a file once, in order. */
export interface RecordCutter {
  /** A record begins with the next byte. */
  reset(): void
  /** The place behind the last newline within [from, to) that ends a record; -1: there is none. */
  lastEnd(buffer: Buffer, from: number, to: number): number
}

/** Whole lines, valid until the next call of `next`. */
export interface Lines {
  readonly buffer: Buffer
  /**
   * The lines are bytes [from, to); each ends with a newline, the last one's may be ours. Empty where only `tooLong` is
   * told.
   */
  readonly from: number
  readonly to: number
  /** 1-based number, in its file, of the line at `from`. */
  readonly firstLine: number
  /** Offset of buffer[0] in the file: the byte of a row is `base` plus where it begins in the buffer. */
  readonly base: number
  /** The file as the user named it; `-` is standard input. */
  readonly file: string
  /** Which of several partitions of the input they come from, by its number; absent: it has none. */
  readonly partition?: number
  /** A line over the limit, which was skipped. It stands alone: then there are no lines beside it. */
  readonly tooLong: TooLongLine | null
}

export interface TooLongLine {
  readonly code: 'E_ROW_TOO_LONG'
  readonly reason: string
  readonly line: number
  /** Offset of the line's first byte in its file. */
  readonly offset: number
  /** Bytes of the line without its newline. */
  readonly length: number
  /** Its first 200 bytes (or as many as the limit allows), a few less where a character would be cut. A copy. */
  readonly head: Buffer
}

/** Where reading stands: the byte `offset` and 1-based `line` to go on with in file number `file` of the source, from 0. */
export interface LinePosition {
  readonly file: number
  readonly offset: number
  readonly line: number
}

/** What hands out rows as stretches of lines, and can go on where it stood: files, and logs of records. Places are its own. */
export interface RowReader {
  /** See `LineReader.next`. */
  next(nextLine?: number): Lines | null | Promise<Lines | null>
  /** Where to go on behind all that was given out. */
  position(): unknown
  /** Where to go on at byte `at`, in line `line`, of the lines given out last. */
  positionAt(at: number, line: number): unknown
  /** A place as JSON. */
  mark(position: unknown): unknown
  /** Goes on where a `mark` was made, before the first `next`. */
  resume(mark: unknown): Promise<void>
  /** Every line is a place to go on at, and other lines may come first when it is read again: so none must be passed over. */
  readonly isExact?: boolean
  /** A checkpoint with this mark is safe. */
  checkpointed?(mark: unknown): void
}

/** Newlines in [from, to). */
export function newlinesIn(buffer: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = buffer.indexOf(NEWLINE, from); at >= 0 && at < to; at = buffer.indexOf(NEWLINE, at + 1)) count += 1
  return count
}

/** The end of the last whole UTF-8 character of [from, to). */
export function wholeCharacters(buffer: Buffer, from: number, to: number): number {
  let end = to
  while (end > from && to - end < 4 && (buffer[end]! & 0xc0) === 0x80) end -= 1
  return end
}
