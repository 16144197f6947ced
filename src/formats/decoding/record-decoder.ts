import type { OutputBuffer } from '../output-buffer.ts'
import type { BadLine } from '../scanner.ts'

/** What is wrong with a record; `at` is a byte of it. */
export type RecordFault = Pick<BadLine, 'code' | 'reason' | 'at'>

/** Takes the rows of one record as JSON: write an object to `json`, then call `endRow`. */
export interface DecodedRows {
  readonly json: OutputBuffer
  /** `kind`: a `RowKind`; it counts for decoders that have kinds only. */
  endRow(kind: number): void
}

/** Turns records of another format into rows of JSON. */
export interface RecordDecoder {
  /** Does it give rows that take others back? */
  readonly hasKinds: boolean
  /** Rows that one record gives at the most. */
  readonly mostRows: number
  /** A file begins. */
  beginFile(): void
  /** Where the record ends that begins at `from`: behind its newline. There is a newline before `to`. */
  recordEnd(buffer: Buffer, from: number, to: number): number
  /** Bytes [start, end), no newline at the end; not blank. Gives rows, or says why not. Throws what makes the whole file unreadable. */
  decode(buffer: Buffer, start: number, end: number, rows: DecodedRows): RecordFault | null
  /** For checkpoints within a file, as JSON. */
  save?(): unknown
  restore?(saved: unknown): void
}

const NEWLINE = 0x0a

export const lineEnd = (buffer: Buffer, from: number): number => buffer.indexOf(NEWLINE, from) + 1
