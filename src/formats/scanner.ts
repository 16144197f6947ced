import type { Batch } from '../data/batch.ts'
import type { Encoding } from '../data/column.ts'

/** One field that the plan asks of the scanner. */
export interface ScanField {
  /** Member names from the row's top down; never empty. */
  readonly path: readonly string[]
  /**
   * `span` for what is only printed or nearly unique (timestamps), `interned` for keys and comparisons, `plain` for
   * computing.
   */
  readonly encoding: Encoding
  /** Do fractions keep all their digits? Default: no, they are doubles. */
  readonly keepsDigits?: boolean
}

/** Why a line is not a row. Offsets are into the buffer that was scanned; the line's newline is not part of it. */
export interface BadLine {
  readonly code: 'E_ROW_JSON' | 'E_ROW_OBJECT' | 'E_ROW_UTF8' | 'E_ROW_FIELDS' | 'E_ROW_CHANGE'
  readonly reason: string
  readonly start: number
  readonly end: number
  /** Offset of the byte that is wrong, within [start, end]. */
  readonly at: number
  /** Number of its line. Absent: the one before the line to go on with. */
  readonly line?: number
}

/**
 * Lines of JSON objects into columns: only the fields asked for, in their order, but every line is validated whole (RFC
 * 8259, UTF-8). Duplicate members: the last wins. Lone surrogates become U+FFFD. Integers beyond 2^53 stay exact.
 * Missing members are Tag.Missing.
 */
export interface Scanner {
  readonly name: 'reference' | 'kernel'
  /**
   * A buffer of at least `size` bytes that `scan` can read without a copy; contents of the last one are kept up to
   * `keep` bytes.
   */
  inputBuffer(size: number, keep: number): Buffer
  /** An empty batch with one column per field, and raw lines. */
  createBatch(): Batch
  /**
   * Scans whole lines of `buffer` from `from` (each ends with a newline before `to`) and appends rows to the batch
   * until it is full, `to` is reached, or a bad line is met. Blank lines are skipped. Sets raw.starts/ends (the whole
   * line with its white space, without the newline) and raw.lines; `firstLine` is the 1-based number of the line at
   * `from`.
   */
  scan(buffer: Buffer, from: number, to: number, batch: Batch, firstLine: number): ScanResult
  /**
   * The rows scanned so far are done with: interned texts may be dropped, and then the dictionary's generation grows.
   */
  endRound(): void
  /** Gives its memory back: nothing that it made or filled is read from now on. */
  close(): void
  /** What it knows of the file at hand, as JSON, to go on in the middle of it. */
  save?(): unknown
  restore?(saved: unknown): void
}

export interface ScanResult {
  /** Where to go on: behind the last line taken, or behind the bad line. */
  readonly next: number
  /** Number of the line at `next`. */
  readonly nextLine: number
  readonly bad: BadLine | null
  /** The batch has no room for what comes next, though it may not be full. */
  readonly isFull?: boolean
}
